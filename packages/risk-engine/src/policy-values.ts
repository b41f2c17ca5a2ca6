import { ConfigError, Decimal, readDecimal } from '@tidegate/trading-model'
import { productIdPattern } from './product-id.js'

export interface Range {
  readonly above?: number
  readonly atLeast?: number
  readonly atMost?: number
  readonly below?: number
}

/**
 * A decimal within a range.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, naming the key.
 */
export function readRange(value: unknown, key: string, range: Range): Decimal {
  const decimal = readNumber(value, key)
  const isInside =
    (range.above === undefined || decimal.gt(range.above)) &&
    (range.atLeast === undefined || decimal.gte(range.atLeast)) &&
    (range.atMost === undefined || decimal.lte(range.atMost)) &&
    (range.below === undefined || decimal.lt(range.below))
  if (!isInside) throw invalid(key, value, `is out of range`, `use a number ${describe(range)}`)
  return decimal
}

/**
 * A whole number from `min` to `max`.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, naming the key.
 */
export function readCount(value: unknown, key: string, min: number, max: number): number {
  const decimal = readNumber(value, key)
  if (!decimal.isInteger() || decimal.lt(min) || decimal.gt(max)) {
    throw invalid(key, value, 'is out of range', `use a whole number from ${min} to ${max}`)
  }
  return decimal.toNumber()
}

/**
 * Yes or no.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, naming the key.
 */
export function readFlag(value: unknown, key: string): boolean {
  if (typeof value === 'boolean') return value
  throw invalid(key, value, 'is neither true nor false', 'write true or false without quotes')
}

/**
 * Sizes above zero by product id.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, naming the key and the product.
 */
export function readSizes(value: unknown, key: string): Readonly<Record<string, Decimal>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(key, value, 'is not a table', 'write sizes by product id, such as {"BTC-USD": "0.5"}')
  }
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, size]) => [checkProductId(id, key), readRange(size, `${key}.${id}`, { above: 0 })]),
  )
}

/**
 * A list of product ids, sorted and without repeats.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, naming the key.
 */
export function readProductIds(value: unknown, key: string): readonly string[] {
  if (!Array.isArray(value)) throw invalid(key, value, 'is not a list', 'write a list such as ["BTC-USD"]')
  return [...new Set(value.map((id) => checkProductId(id, key)))].sort()
}

function checkProductId(id: unknown, key: string): string {
  if (typeof id === 'string' && productIdPattern.test(id)) return id
  throw invalid(key, id, 'is not a product id', 'write ids in upper case such as BTC-USD')
}

/** YAML hands numbers over as floats; up to 15 digits their text is what was written, beyond that it has to be quoted. */
function readNumber(value: unknown, key: string): Decimal {
  if (Decimal.isDecimal(value) && value.isFinite()) return value
  const text = typeof value === 'number' ? String(value) : value
  const decimal = readDecimal(text)
  if (!decimal) throw invalid(key, value, 'is not a number', 'write a plain decimal such as 1000 or "0.5"')
  if (typeof value === 'number' && decimal.precision() > 15) {
    throw invalid(key, value, 'has more digits than a float holds', 'write it in quotes')
  }
  return decimal
}

function describe(range: Range): string {
  return [
    ...(range.above === undefined ? [] : [`above ${range.above}`]),
    ...(range.atLeast === undefined ? [] : [`from ${range.atLeast}`]),
    ...(range.atMost === undefined ? [] : [`up to ${range.atMost}`]),
    ...(range.below === undefined ? [] : [`below ${range.below}`]),
  ].join(' and ')
}

function invalid(key: string, value: unknown, problem: string, hint: string): ConfigError {
  const shown = typeof value === 'bigint' ? value.toString() : (JSON.stringify(value) ?? typeof value)
  return new ConfigError('ERR_CONFIG_INVALID', `${key}: ${shown.slice(0, 60)} ${problem}`, { hint, context: { key } })
}
