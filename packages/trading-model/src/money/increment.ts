import { Decimal } from './decimal.js'

/** True when `value` is a whole number of `increment`s. */
export function isOnIncrement(value: Decimal, increment: Decimal): boolean {
  return value.mod(increment).isZero()
}

/** The largest whole number of increments not above `value`. */
export function roundDownToIncrement(value: Decimal, increment: Decimal): Decimal {
  return value.div(increment).floor().mul(increment)
}

/** The smallest whole number of increments not below `value`. */
export function roundUpToIncrement(value: Decimal, increment: Decimal): Decimal {
  return value.div(increment).ceil().mul(increment)
}

/** Whole increments in `value`, rounded up: for amounts that count against a cap. */
export function toUnitsUp(value: Decimal, increment: Decimal): bigint {
  return BigInt(value.div(increment).ceil().toFixed(0))
}

/** Whole increments in `value`, rounded down: for caps. */
export function toUnitsDown(value: Decimal, increment: Decimal): bigint {
  return BigInt(value.div(increment).floor().toFixed(0))
}

/** The decimal that `units` increments stand for. */
export function fromUnits(units: bigint, increment: Decimal): Decimal {
  return new Decimal(units.toString()).mul(increment)
}

/** Money in limit rows is counted in micro-units: one millionth of a USD. */
export const MICRO_USD: Decimal = new Decimal('0.000001')
