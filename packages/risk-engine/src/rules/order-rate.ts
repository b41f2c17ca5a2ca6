import type { Policy } from '../policy.js'
import { deny, pass, type Rule } from './rule.js'

const name = 'order-rate'
const windowMs = 60_000

/**
 * At most `policy.max_orders_per_minute` orders in any 60 s for the account and for each agent, fewer for an agent or a book where the
 * policy says so; each scope that the usage counts by its own limit. Refused orders count, cancels do not.
 */
export const orderRate: Rule = ({ policy, snapshot }) => {
  const rates = snapshot.usage.recent.map((rate) => ({ ...rate, cap: rateCap(policy, rate.scope) }))
  const start = { scope: 'account', count: 0, cap: policy.maxOrdersPerMinute }
  const tightest = rates.reduce((a, b) => (b.cap - b.count < a.cap - a.count ? b : a), start)
  const figures = { limit: String(tightest.cap), actual: String(tightest.count + 1), unit: 'orders/min' }
  const over = rates.filter(({ count, cap }) => count + 1 > cap)
  if (over.length === 0) return pass(name, figures)
  const freeAtMs = Math.max(...over.map(({ oldestAtMs }) => (oldestAtMs ?? snapshot.nowMs) + windowMs))
  const waitS = Math.max(1, Math.ceil((freeAtMs - snapshot.nowMs) / 1000))
  return deny(name, {
    code: 'RISK_ORDER_RATE',
    ...figures,
    message: `Order rate limit exceeded: ${over.map(({ scope, count, cap }) => `${scope} has ${count} of ${cap}`).join(', ')} in the last 60 s.`,
    cure: `wait ${waitS} s and try again`,
  })
}

/** Orders per minute that a scope may have: `account`, `agent:NAME` or `product:BOOK`. */
export function rateCap(policy: Policy, scope: string): number {
  if (scope.startsWith('agent:'))
    return Math.min(policy.maxOrdersPerMinutePerAgent ?? Infinity, policy.maxOrdersPerMinute)
  if (scope.startsWith('product:')) return policy.maxOrdersPerMinutePerProduct ?? Infinity
  return policy.maxOrdersPerMinute
}
