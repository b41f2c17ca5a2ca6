import {
  type ApprovedOrder,
  type Decimal,
  formatDecimal,
  MICRO_USD,
  ONE,
  roundUpToIncrement,
} from '@tidegate/trading-model'
import type { RuleContext, ValuedOrder } from './context.js'
import { reservationsOf } from './reservations-for.js'

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
    reservations: reservationsOf(order),
    worstNotionalUsd: formatDecimal(roundUpToIncrement(worstValueUsd, MICRO_USD)),
    needsApproval:
      worstValueUsd.gt(policy.requireConfirmationAboveUsd) && (policy.approveReductions !== false || !reducesExposure),
    reducesExposure,
    priceBand: { low: formatDecimal(mid.mul(ONE.minus(collar))), high: formatDecimal(mid.mul(ONE.plus(collar))) },
  }
  return approved as unknown as ApprovedOrder
}
