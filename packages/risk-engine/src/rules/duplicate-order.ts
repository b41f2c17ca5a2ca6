import { needFact } from './facts.js'
import { deny, notApplicable, pass, type Rule } from './rule.js'

const name = 'duplicate-order'

/**
 * The same terms from the same agent are one order within `policy.duplicate_order_window_ms`, even under different keys: that is how a
 * loop looks that mints a new key for every try. Orders that came to nothing do not count. Exits count, too: selling twice by mistake
 * is no exit.
 */
export const duplicateOrder: Rule = (context) => {
  const windowMs = context.policy.duplicateOrderWindowMs
  if (windowMs === undefined) return notApplicable(name, 'no limit')
  if (context.isChange) return notApplicable(name, 'a change')
  const known = needFact(name, context, 'the orders of the last moments', ({ sameOrders }) => sameOrders)
  if (!known.ok) return context.reducesExposure ? notApplicable(name, 'reduces') : known.result
  const ages = known.fact.map(({ ageMs }) => ageMs)
  if (ages.length === 0) return pass(name, { limit: String(windowMs), actual: 'none', unit: 'ms' })
  const ageMs = Math.min(...ages)
  const figures = { limit: String(windowMs), actual: String(ageMs), unit: 'ms' }
  if (ageMs >= windowMs) return pass(name, figures)
  const same = known.fact.find((order) => order.ageMs === ageMs)
  return deny(name, {
    code: 'RISK_DUPLICATE_ORDER',
    ...figures,
    message: `The same order was placed ${ageMs} ms ago (intent ${same?.intentId ?? ''}); within ${windowMs} ms it is taken for a repeat, whatever its key.`,
    cure: `if it is wanted twice, wait ${Math.ceil((windowMs - ageMs) / 1000)} s and place it again`,
  })
}
