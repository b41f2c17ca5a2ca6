import type { OrderTerms, Reservation } from '@tidegate/trading-model'
import type { Claim } from './claims.js'
import { buildContext, type ValuedOrder } from './context.js'
import { countClaimsOf } from './count-claims.js'
import type { Policy } from './policy.js'
import type { RiskSnapshot } from './snapshot.js'

/**
 * What an order claims of the limit rows, whether or not the rules let it pass. The amounts depend on snapshot and terms alone, the
 * caps also on the policy: so a stored decision input tells what a waiting order holds even after the policy has changed.
 *
 * @returns `undefined` when the snapshot shows no price for the order.
 * @throws {InvariantError} `ERR_INVARIANT`: the snapshot is about another product than the order.
 */
export function reservationsFor(
  policy: Policy,
  snapshot: RiskSnapshot,
  terms: OrderTerms,
): readonly Reservation[] | undefined {
  const { order } = buildContext(policy, snapshot, terms)
  return order && reservationsOf(order)
}

/** The claims of a valued order as the journal takes them. */
export function reservationsOf(order: ValuedOrder): readonly Reservation[] {
  return [order.funds, ...(order.exposure ? [order.exposure] : []), ...countClaimsOf(order.counts)].map(toReservation)
}

function toReservation({ scope, window, amount, cap, unit }: Claim): Reservation {
  return { scope, window, amount, cap, unit }
}
