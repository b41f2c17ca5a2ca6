import { Decimal as DecimalJs } from 'decimal.js'
import { InputError } from '../errors/input-error.js'

/**
 * The one decimal type of Tidegate: 80 significant digits, never exponent notation below 40 digits.
 * Nobody else imports decimal.js, so precision is the same everywhere.
 */
export const Decimal = DecimalJs.clone({ precision: 80, toExpNeg: -40, toExpPos: 40 })
export type Decimal = InstanceType<typeof DecimalJs>

export const ZERO: Decimal = new Decimal(0)
export const ONE: Decimal = new Decimal(1)

/** What a caller may write: plain ASCII digits, at most 18 before and 18 after the point, no sign, no exponent. */
const callerDecimal = /^(0|[1-9]\d{0,17})(\.\d{1,18})?$/
/** What a venue or a store may hand us: signed, longer, leading zeros refused, still no exponent. */
const wireDecimal = /^-?(0|[1-9]\d{0,37})(\.\d{1,38})?$/

/**
 * Parses a decimal that a person or an agent typed.
 *
 * @param text - Plain decimal text such as `"0.001"`; numbers are refused so that nothing passes through a float.
 * @param field - Name of the field, for the error.
 * @throws {InputError} `ERR_INPUT_INVALID`, naming the field and the cure.
 */
export function parseDecimal(text: unknown, field: string): Decimal {
  if (typeof text !== 'string') {
    throw new InputError([
      {
        field,
        problem: `is ${describe(text)}, not a string`,
        fix: `send ${field} as a decimal string such as "0.001"`,
      },
    ])
  }
  if (!callerDecimal.test(text)) {
    throw new InputError([
      {
        field,
        problem: `${JSON.stringify(shorten(text))} is not a plain decimal`,
        fix: `write ${field} with ASCII digits and at most one point, up to 18 digits on each side, no sign and no exponent, such as "0.001"`,
      },
    ])
  }
  return new Decimal(text)
}

/**
 * Parses a decimal that must be greater than zero.
 *
 * @throws {InputError} `ERR_INPUT_INVALID` when it is not a plain decimal or is zero.
 */
export function parsePositiveDecimal(text: unknown, field: string): Decimal {
  const value = parseDecimal(text, field)
  if (value.isZero()) {
    throw new InputError([{ field, problem: 'is zero', fix: `send a ${field} greater than zero` }])
  }
  return value
}

/**
 * Parses a decimal from a venue or a store. `""`, `null` and anything that is no decimal is `undefined`: unknown, never 0.
 */
export function readDecimal(text: unknown): Decimal | undefined {
  return typeof text === 'string' && wireDecimal.test(text) ? new Decimal(text) : undefined
}

/** Formats without exponent and without trailing zeros: the form every boundary speaks. */
export function formatDecimal(value: Decimal): string {
  return value.isZero() ? '0' : value.toFixed()
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

function describe(value: unknown): string {
  return value === null
    ? 'null'
    : Array.isArray(value)
      ? 'an array'
      : typeof value === 'undefined'
        ? 'missing'
        : `a ${typeof value}`
}
