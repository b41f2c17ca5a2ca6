import type { Denial } from '@tidegate/trading-model'
import type { Claim } from '../claims.js'
import type { RuleContext } from '../context.js'
import { deny, notApplicable, notValued, pass, type Rule } from './rule.js'

const name = 'open-orders'

/**
 * At most `policy.max_open_orders` orders that add exposure are open at once, this one, waiting ones and those from outside included,
 * and of one agent at most `policy.max_open_orders_per_agent`. Exits always find room.
 */
export const openOrders: Rule = (context) => {
  const { order, policy, reducesExposure, snapshot } = context
  if (policy.maxOpenOrders === undefined && policy.maxOpenOrdersPerAgent === undefined)
    return notApplicable(name, 'no limit')
  if (reducesExposure) return notApplicable(name, 'reduces')
  if (!order) return notValued(name)
  if (snapshot.recent === 'unrecorded') return notApplicable(name, 'not recorded')
  const claims = order.counts.openOrders
  const [tightest] = [...claims].sort((a, b) => (a.cap - a.used < b.cap - b.used ? -1 : 1))
  if (!tightest) return notValued(name)
  const [first, ...rest] = claims.filter((claim) => claim.used + claim.amount > claim.cap)
  if (!first) return pass(name, countOf(context, tightest).figures)
  return deny(name, refusal(context, first), ...rest.map((claim) => refusal(context, claim)))
}

interface Count {
  readonly figures: Pick<Denial, 'limit' | 'actual' | 'unit'>
  /** Open now, those from outside included. */
  readonly open: bigint
  readonly outside: bigint
}

function countOf({ policy }: RuleContext, claim: Claim): Count {
  // The cap of the account's row leaves out what came from outside; the limit that people wrote does not.
  const limit = BigInt((isAccounts(claim) ? policy.maxOpenOrders : policy.maxOpenOrdersPerAgent) ?? 0)
  const outside = limit - claim.cap
  const open = claim.used + outside
  const figures = { limit: limit.toString(), actual: (open + claim.amount).toString(), unit: 'orders' }
  return { figures, open, outside }
}

function refusal(context: RuleContext, claim: Claim): Denial {
  const { figures, open, outside } = countOf(context, claim)
  const what = isAccounts(claim)
    ? `orders that add exposure, ${outside.toString()} of them from outside`
    : `orders of ${claim.scope.replace('open-orders:', '')} that add exposure`
  return {
    code: 'RISK_OPEN_ORDERS',
    ...figures,
    message: `Open now are ${open.toString()} ${what}; at most ${figures.limit} may be open.`,
    cure: 'cancel an open order first',
  }
}

function isAccounts(claim: Claim): boolean {
  return claim.scope === 'open-orders:account'
}
