import type { InputIssue } from '@tidegate/trading-model'
import { didYouMean } from './did-you-mean.js'

/** The arguments of `place_order` that say what is traded. */
export const ORDER_FIELDS = [
  'product_id',
  'side',
  'order_type',
  'size',
  'quote_size',
  'limit_price',
  'stop_price',
  'post_only',
  'time_in_force',
  'end_time',
  'stop_direction',
  'take_profit_price',
  'stop_loss_price',
  'start_time',
  'num_orders',
  'min_price',
  'max_price',
  'price_distribution',
  'size_distribution',
] as const

/** How other programs call the same things. */
const synonyms: Readonly<Record<string, string>> = {
  amount: 'size',
  base_size: 'size',
  qty: 'size',
  quantity: 'size',
  volume: 'size',
  funds: 'quote_size',
  notional: 'quote_size',
  usd: 'quote_size',
  price: 'limit_price',
  trigger_price: 'stop_price',
  symbol: 'product_id',
  product: 'product_id',
  market: 'product_id',
  ticker: 'product_id',
  type: 'order_type',
  tif: 'time_in_force',
  expiry: 'end_time',
  expire_time: 'end_time',
  take_profit: 'take_profit_price',
  tp: 'take_profit_price',
  stop_loss: 'stop_loss_price',
  sl: 'stop_loss_price',
  stop_trigger_price: 'stop_loss_price',
  number_buckets: 'num_orders',
  slices: 'num_orders',
}

/** A caller's arguments with the issues found in them so far, so that all of them can be reported at once. */
export interface RequestFields {
  readonly issues: readonly InputIssue[]
  /** `undefined` when absent or null. */
  get(field: string): unknown
  issue(field: string, problem: string, fix: string): void
  /** Reports every name that is not in `known`. */
  refuseUnknown(known: readonly string[]): void
  /** One of a closed list of upper-case words; reports the issue otherwise. */
  word<const T extends string>(field: string, words: readonly T[]): T | undefined
}

/** Wraps raw arguments. Only own keys are looked at. */
export function readFields(raw: Readonly<Record<string, unknown>>): RequestFields {
  const values = new Map(Object.entries(raw))
  const issues: InputIssue[] = []
  const get = (field: string): unknown => values.get(field) ?? undefined
  const issue = (field: string, problem: string, fix: string): void => {
    issues.push({ field, problem, fix })
  }
  return {
    issues,
    get,
    issue,
    refuseUnknown(known) {
      for (const name of values.keys()) {
        if (known.includes(name)) continue
        const meant = didYouMean(name, known, synonyms)
        const shown = name.length > 40 ? `${name.slice(0, 40)}…` : name
        issue(shown, 'is not an argument of this order', meant ? `did you mean ${meant}?` : 'leave it out')
      }
    },
    word(field, words) {
      const value = get(field)
      const list = words.join(', ')
      if (value === undefined) {
        issue(field, 'is missing', `send ${field} as one of ${list}`)
        return undefined
      }
      const found = words.find((word) => word === value)
      if (found) return found
      const upper = typeof value === 'string' ? value.toUpperCase() : ''
      const meant = words.find((word) => word === upper)
      const fix = meant ? `write it in upper case: "${meant}"` : `send ${field} as one of ${list}`
      issue(field, `${show(value)} is not one of ${list}`, fix)
      return undefined
    },
  }
}

/** A value as the caller would recognise it, short enough for a sentence. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`
}
