import type { OrderTerms, VenueOrder } from '@tidegate/trading-model'

/** True when the venue shows exactly this price and this size; what it leaves out shows nothing. */
export function showsTerms(order: VenueOrder, terms: OrderTerms): boolean {
  if (terms.orderType === 'MARKET' || terms.size.kind !== 'base') return false
  return order.limitPrice?.eq(terms.limitPrice) === true && order.baseSize?.eq(terms.size.baseSize) === true
}
