import {
  type Decimal,
  type Denial,
  formatDecimal,
  ONE,
  roundDownToIncrement,
  roundUpToIncrement,
  ZERO,
} from '@tidegate/trading-model'
import type { RuleContext, ValuedOrder } from '../context.js'
import { cureBaseSize, cureValue } from '../cures.js'
import { deny, notValued, pass, type Rule } from './rule.js'

const name = 'price-collar'

interface Collar {
  readonly bound: Decimal
  readonly reference: string
}

/**
 * The worst price is within `policy.price_collar_pct` of the market on the side that hurts: not too high for a buy, not too low for
 * a sell. The other side is free: a bid far below the market harms nobody.
 *
 * - LIMIT: the limit price, against mid and against the last trade.
 * - TWAP, SCALED: the limit price and the worst order of the ladder, the same way.
 * - MARKET: the deepest level the order reaches in the book, against mid and last trade.
 * - STOP_LIMIT: the limit price against the stop price, because that is where the market stands when the order wakes. A protective
 *   stop far from today's price is no typing error.
 * - BRACKET: as a STOP_LIMIT with the limit where the venue puts it, 5 % beyond the stop.
 */
export const priceCollar: Rule = (context) => {
  const { order, terms } = context
  if (!order) return notValued(name)
  const { worstPrice } = order.numbers
  const { bound, reference } = collarOf(context, order)
  const hurts = terms.side === 'BUY' ? worstPrice.gt(bound) : worstPrice.lt(bound)
  const figures = { limit: formatDecimal(bound), actual: formatDecimal(worstPrice), unit: order.product.quoteCurrency }
  if (!hurts) return pass(name, figures)
  return deny(name, refusal(context, order, { bound, reference }, figures))
}

function collarOf({ policy, snapshot, terms }: RuleContext, { numbers }: ValuedOrder): Collar {
  const pct = policy.priceCollarPct.div(100)
  const factor = terms.side === 'BUY' ? ONE.plus(pct) : ONE.minus(pct)
  if ('stopPrice' in terms) return { bound: terms.stopPrice.mul(factor), reference: 'the stop price' }
  const last = snapshot.market?.value.lastTrade ?? numbers.mid
  const isMidTighter = terms.side === 'BUY' ? numbers.mid.lte(last) : numbers.mid.gte(last)
  return isMidTighter
    ? { bound: numbers.mid.mul(factor), reference: `mid ${formatDecimal(numbers.mid)}` }
    : { bound: last.mul(factor), reference: `the last trade ${formatDecimal(last)}` }
}

function refusal(
  context: RuleContext,
  order: ValuedOrder,
  { bound, reference }: Collar,
  figures: Pick<Denial, 'limit' | 'actual' | 'unit'>,
): Denial {
  const { terms, policy } = context
  const { product, numbers } = order
  const side = terms.side === 'BUY' ? 'above' : 'below'
  const pct = formatDecimal(policy.priceCollarPct)
  if (terms.orderType === 'MARKET') {
    const cure = cureMarket(context, bound)
    return {
      code: 'RISK_PRICE_COLLAR',
      ...figures,
      message: `The order would reach ${formatDecimal(numbers.worstPrice)} in the book, more than ${pct} % ${side} ${reference}; the bound is ${figures.limit} ${figures.unit}.`,
      cure: cure ?? 'send a LIMIT order',
    }
  }
  if (terms.orderType === 'BRACKET') {
    return {
      code: 'RISK_PRICE_COLLAR',
      ...figures,
      message: `A triggered bracket leaves at ${figures.actual}, 5 % ${side} its stop; the policy allows ${pct} %, which is ${figures.limit} ${figures.unit}.`,
      cure: 'send a STOP_LIMIT with a nearer limit_price',
    }
  }
  const field = terms.orderType === 'SCALED' ? (terms.side === 'BUY' ? 'max_price' : 'min_price') : 'limit_price'
  const nearest =
    terms.side === 'BUY'
      ? roundDownToIncrement(bound, product.priceIncrement)
      : roundUpToIncrement(bound, product.priceIncrement)
  return {
    code: 'RISK_PRICE_COLLAR',
    ...figures,
    message: `${field} ${formatDecimal(terms.limitPrice)} is more than ${pct} % ${side} ${reference}; the bound is ${figures.limit} ${figures.unit}.`,
    cure: `set ${field} to ${formatDecimal(nearest)}`,
  }
}

/** What the levels within the bound take. */
function cureMarket(context: RuleContext, bound: Decimal): string | undefined {
  const { terms, snapshot } = context
  const market = snapshot.market?.value
  if (!market) return undefined
  const levels =
    terms.side === 'BUY'
      ? market.asks.filter((level) => level.price.lte(bound))
      : market.bids.filter((level) => level.price.gte(bound))
  if (terms.size.kind === 'base') {
    return cureBaseSize(
      context,
      levels.reduce((sum, level) => sum.plus(level.size), ZERO),
    )
  }
  return cureValue(
    context,
    levels.reduce((sum, level) => sum.plus(level.size.mul(level.price)), ZERO),
    context.order?.numbers.worstPrice ?? ONE,
  )
}
