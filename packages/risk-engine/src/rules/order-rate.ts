import { deny, pass, type Rule } from './rule.js'

const name = 'order-rate'
const windowMs = 60_000

/** At most `policy.max_orders_per_minute` in any 60 s, in each scope that the usage counts. Refused orders count, cancels do not. */
export const orderRate: Rule = ({ policy, snapshot }) => {
  const cap = policy.maxOrdersPerMinute
  const busiest = snapshot.usage.recent.reduce((a, b) => (b.count > a.count ? b : a), { scope: 'account', count: 0 })
  const figures = { limit: String(cap), actual: String(busiest.count + 1), unit: 'orders/min' }
  const over = snapshot.usage.recent.filter(({ count }) => count + 1 > cap)
  if (over.length === 0) return pass(name, figures)
  const freeAtMs = Math.max(...over.map(({ oldestAtMs }) => (oldestAtMs ?? snapshot.nowMs) + windowMs))
  const waitS = Math.max(1, Math.ceil((freeAtMs - snapshot.nowMs) / 1000))
  return deny(name, {
    code: 'RISK_ORDER_RATE',
    ...figures,
    message: `Order rate limit exceeded: ${over.map(({ scope, count }) => `${scope} has ${count}`).join(', ')} in the last 60 s, and at most ${cap} are allowed.`,
    cure: `wait ${waitS} s and try again`,
  })
}
