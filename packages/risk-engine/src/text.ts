import { Decimal, formatDecimal } from '@tidegate/trading-model'

/** Money for a sentence: at most six places, rounded away from zero so that an excess never reads as the limit itself. */
export function say(value: Decimal): string {
  return formatDecimal(value.toDecimalPlaces(6, Decimal.ROUND_UP))
}

/** Money for a sentence about what is left: at most six places, rounded towards zero. */
export function sayFloor(value: Decimal): string {
  return formatDecimal(value.toDecimalPlaces(6, Decimal.ROUND_DOWN))
}

/** Sizes for a sentence: at most 16 places. */
export function saySize(value: Decimal): string {
  return formatDecimal(value.toDecimalPlaces(16, Decimal.ROUND_UP))
}
