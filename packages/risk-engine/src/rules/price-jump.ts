import { type Decimal, formatDecimal } from '@tidegate/trading-model'
import { DEFAULT_SPANS } from '../policy-fields.js'
import { say } from '../text.js'
import { needFact } from './facts.js'
import { deny, notApplicable, notValued, pass, type Rule } from './rule.js'

const name = 'price-jump'

/**
 * Mid is within `policy.max_price_jump_pct` of every price of the book remembered from `policy.price_jump_window_ms`. A price that jumps
 * is a bad tick or a moment to wait.
 */
export const priceJump: Rule = (context) => {
  const { policy, reducesExposure, order } = context
  const limit = policy.maxPriceJumpPct
  if (limit === undefined) return notApplicable(name, 'no limit')
  if (reducesExposure) return notApplicable(name, 'reduces')
  if (!order) return notValued(name)
  const windowMs = policy.priceJumpWindowMs ?? DEFAULT_SPANS.priceJumpWindowMs
  const known = needFact(name, context, 'a remembered price of the book', ({ marks }) => {
    const recent = marks.filter(({ ageMs }) => ageMs <= windowMs)
    return recent.length > 0 ? recent : undefined
  })
  if (!known.ok) return known.result
  const { mid } = order.numbers
  const prices = known.fact.flatMap(({ low, high }) => [low, high])
  if (!prices.every((price) => price.isFinite() && price.gt(0))) return notValued(name)
  const moved = (price: Decimal): Decimal => mid.minus(price).abs().div(price).mul(100)
  const from = prices.reduce((a, b) => (moved(b).gt(moved(a)) ? b : a))
  const figures = { limit: formatDecimal(limit), actual: say(moved(from)), unit: '%' }
  if (mid.minus(from).abs().mul(100).lte(from.mul(limit))) return pass(name, figures)
  return deny(name, {
    code: 'RISK_PRICE_JUMP',
    ...figures,
    message: `The price went from ${formatDecimal(from)} to ${formatDecimal(mid)} within ${Math.ceil(windowMs / 1000)} s, ${say(moved(from))} %; more than ${formatDecimal(limit)} % is not taken for real.`,
    cure: `wait until prices of the last ${Math.ceil(windowMs / 1000)} s agree`,
  })
}
