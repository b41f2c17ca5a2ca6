import {
  type ApprovedOrder,
  type Decimal,
  formatDecimal,
  MICRO_USD,
  ONE,
  type Reservation,
  roundUpToIncrement,
} from '@tidegate/trading-model'
import type { Claim } from './claims.js'
import type { RuleContext, ValuedOrder } from './context.js'

/**
 * Mints the order that transaction 1 takes. The only place that makes an {@link ApprovedOrder}; call it only after every rule has
 * passed.
 */
export function mintApprovedOrder(context: RuleContext, order: ValuedOrder, worstValueUsd: Decimal): ApprovedOrder {
  const { policy, terms, reducesExposure } = context
  const { mid } = order.numbers
  const collar = policy.priceCollarPct.div(100)
  const approved = {
    terms,
    reservations: [order.funds, ...(order.exposure ? [order.exposure] : [])].map(toReservation),
    worstNotionalUsd: formatDecimal(roundUpToIncrement(worstValueUsd, MICRO_USD)),
    needsApproval: worstValueUsd.gt(policy.requireConfirmationAboveUsd),
    reducesExposure,
    priceBand: { low: formatDecimal(mid.mul(ONE.minus(collar))), high: formatDecimal(mid.mul(ONE.plus(collar))) },
  }
  return approved as unknown as ApprovedOrder
}

function toReservation({ scope, window, amount, cap, unit }: Claim): Reservation {
  return { scope, window, amount, cap, unit }
}
