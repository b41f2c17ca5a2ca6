import { deny, notApplicable, notValued, pass, type Rule } from './rule.js'

const name = 'open-orders'

/**
 * At most `policy.max_open_orders` orders that add exposure are open at once, this one, waiting ones and those from outside included.
 * Exits always find room.
 */
export const openOrders: Rule = ({ order, policy, reducesExposure, snapshot }) => {
  if (policy.maxOpenOrders === undefined) return notApplicable(name, 'no limit')
  if (reducesExposure) return notApplicable(name, 'reduces')
  if (!order) return notValued(name)
  if (snapshot.recent === 'unrecorded') return notApplicable(name, 'not recorded')
  const claim = order.counts.openOrders
  if (!claim) return notValued(name)
  const outside = BigInt(policy.maxOpenOrders) - claim.cap
  const open = claim.used + outside
  const figures = {
    limit: String(policy.maxOpenOrders),
    actual: (open + claim.amount).toString(),
    unit: 'orders',
  }
  if (claim.used + claim.amount <= claim.cap) return pass(name, figures)
  return deny(name, {
    code: 'RISK_OPEN_ORDERS',
    ...figures,
    message: `Open now are ${open.toString()} orders that add exposure, ${outside.toString()} of them from outside; at most ${policy.maxOpenOrders} may be open.`,
    cure: 'cancel an open order first',
  })
}
