import { Decimal, formatDecimal, InvariantError } from '@tidegate/trading-model'
import { cleanText } from '../sql/clean-text.js'

/**
 * One text for one value: keys sorted, no spaces, decimals and bigints as strings, `undefined` fields left out.
 *
 * @throws InvariantError for what has no exact JSON: NaN, infinities, functions, nesting deeper than 32.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(plain(value, 0))
}

function plain(value: unknown, depth: number): unknown {
  if (depth > 32) throw new InvariantError('A record is nested too deeply to be written down')
  if (typeof value === 'string') return cleanText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value
  if (value === undefined) return null
  if (typeof value !== 'object') throw new InvariantError(`A ${typeof value} cannot be written down exactly`)
  if (value === null) return null
  if (Decimal.isDecimal(value)) return formatDecimal(value)
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1))
  const fields = Object.entries(value as object)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, plain(item, depth + 1)])
  return Object.fromEntries(fields)
}
