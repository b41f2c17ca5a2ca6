import { formatDecimal } from '@tidegate/trading-model'
import { cureBuyTotal, cureValue } from '../cures.js'
import { say } from '../text.js'
import { deny, notValued, pass, type Rule } from './rule.js'

const name = 'max-order-value'

/** One order costs at most `safety.max_order_value_usd`, fee included; a sell counts with what it gives away, at mid or better. */
export const maxOrderValue: Rule = (context) => {
  const { order, policy, terms } = context
  if (!order) return notValued(name)
  const { worstValueUsd, usdPerQuote, product, numbers } = order
  if (!worstValueUsd || !usdPerQuote) {
    return deny(name, {
      code: 'RISK_STALE_DATA',
      limit: 'a USD price',
      actual: 'none',
      unit: 'state',
      message: `There is no USD price for ${product.quoteCurrency}, so the value of this order is unknown.`,
      cure: 'wait for a price, or trade a product quoted in USD or USDC',
    })
  }
  const limit = policy.maxOrderValueUsd
  const figures = { limit: formatDecimal(limit), actual: formatDecimal(worstValueUsd), unit: 'USD' }
  if (worstValueUsd.lte(limit)) return pass(name, figures)
  const maxQuote = limit.div(usdPerQuote)
  const cure =
    terms.side === 'BUY'
      ? cureBuyTotal(context, maxQuote)
      : cureValue(context, maxQuote, numbers.worstValue.div(numbers.baseSize))
  return deny(name, {
    code: 'RISK_MAX_ORDER_VALUE',
    ...figures,
    message: `The order is worth ${say(worstValueUsd)} USD at its worst price${terms.side === 'BUY' ? ', fee included' : ''}; one order may be worth ${say(limit)} USD.`,
    ...(cure ? { cure } : {}),
  })
}
