import { Decimal, type Fill, type VenueOrder, ZERO } from '@tidegate/trading-model'

/** Sum of the executions, base units; repeats of the same trade count once. */
export function sumFills(fills: readonly Fill[]): Decimal {
  const sizes = new Map(fills.map((fill) => [fill.tradeId, fill.baseSize]))
  return [...sizes.values()].reduce((sum, size) => sum.plus(size), ZERO)
}

/**
 * An order is settled when its executions add up to what it says was filled. Sizes that the venue reports in quote units and that
 * were converted may be off by rounding, one increment each.
 */
export function isSettled(order: VenueOrder, fills: readonly Fill[], baseIncrement: Decimal): boolean {
  const difference = order.filledSize.minus(sumFills(fills)).abs()
  return difference.lte(fills.length === 0 ? ZERO : new Decimal(baseIncrement).mul(fills.length))
}
