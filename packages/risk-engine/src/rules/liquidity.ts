import { formatDecimal, ZERO } from '@tidegate/trading-model'
import type { RuleContext } from '../context.js'
import { cureBaseSize, cureValue } from '../cures.js'
import { saySize } from '../text.js'
import { deny, notApplicable, notValued, pass, type Rule } from './rule.js'

const name = 'liquidity'

/** The book, as deep as it is shown, takes the whole market order. What lies below the shown levels is unknown and counts for nothing. */
export const liquidity: Rule = (context) => {
  const { order, terms } = context
  if (terms.orderType !== 'MARKET') return notApplicable(name, 'has a limit')
  if (!order) return notValued(name)
  const { shown, wanted, unit, cure } = depth(context)
  const figures = { limit: shown, actual: wanted, unit }
  if (order.numbers.isCovered) return pass(name, figures)
  return deny(name, {
    code: 'RISK_NO_LIQUIDITY',
    ...figures,
    message: `The book shows ${shown} ${unit} on the side this market order needs, and the order wants ${wanted} ${unit}.`,
    cure: cure ?? 'send a LIMIT order',
  })
}

interface Depth {
  readonly shown: string
  readonly wanted: string
  readonly unit: string
  readonly cure: string | undefined
}

function depth(context: RuleContext): Depth {
  const { terms, snapshot, order } = context
  const market = snapshot.market?.value
  const levels = (terms.side === 'BUY' ? market?.asks : market?.bids) ?? []
  if (terms.size.kind === 'base') {
    const base = levels.reduce((sum, level) => sum.plus(level.size), ZERO)
    return {
      shown: formatDecimal(base),
      wanted: formatDecimal(terms.size.baseSize),
      unit: order?.product.baseCurrency ?? '',
      cure: cureBaseSize(context, base),
    }
  }
  const value = levels.reduce((sum, level) => sum.plus(level.size.mul(level.price)), ZERO)
  return {
    shown: saySize(value),
    wanted: saySize(terms.side === 'BUY' ? (order?.numbers.notional ?? ZERO) : terms.size.quoteSize),
    unit: order?.product.quoteCurrency ?? '',
    cure: cureValue(context, value, order?.numbers.worstPrice ?? value),
  }
}
