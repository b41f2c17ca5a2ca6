import { Decimal, roundDownToIncrement } from '@tidegate/trading-model'

/**
 * Counts in one increment. Almost every increment is a power of ten, where multiplying and cutting digits give the same exact
 * answers as dividing, at a fraction of the cost; a book asks this for every level it is shown.
 */
export interface IncrementGrid {
  /** Whole increments in `value`; a fraction when it is between two. */
  count(value: Decimal): number
  /** The largest whole number of increments not above `value`, which is not negative. */
  floor(value: Decimal): Decimal
  /** Whole increments not above `value`, which is not negative; at most 2^53 - 1, beyond which a double no longer counts. */
  units(value: Decimal): number
  /** The value of so many whole increments. */
  value(units: number): Decimal
}

/** Makes the grid of an increment: whole counts for the book, exact decimals back. */
export function incrementGrid(increment: Decimal): IncrementGrid {
  const decimals = increment.decimalPlaces()
  if (!increment.eq(new Decimal(10).pow(-decimals))) {
    return {
      count: (value) => value.div(increment).toNumber(),
      floor: (value) => roundDownToIncrement(value, increment),
      units: (value) => capped(value.div(increment).floor()),
      value: (units) => increment.mul(units),
    }
  }
  const perUnit = new Decimal(10).pow(decimals)
  return {
    count: (value) => value.mul(perUnit).toNumber(),
    floor: (value) => value.toDecimalPlaces(decimals, Decimal.ROUND_DOWN),
    units: (value) => capped(value.mul(perUnit).floor()),
    value: (units) => increment.mul(units),
  }
}

function capped(count: Decimal): number {
  return Math.min(count.toNumber(), Number.MAX_SAFE_INTEGER)
}
