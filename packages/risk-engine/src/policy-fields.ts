import type { Decimal } from '@tidegate/trading-model'
import type { Policy } from './policy.js'
import { readCount, readFlag, readProductIds, readRange, readSizes } from './policy-values.js'

/** Field of a policy without the version. */
export type PolicyField = keyof Omit<Policy, 'version'>

/** A policy on its way: fields read so far. */
export type PolicyDraft = { readonly [K in PolicyField]?: Policy[K] }

/** One field: its key in the configuration, how it is read, its default, and how two values make one that is as tight as both. */
export interface FieldRule<T> {
  readonly key: string
  readonly read: (raw: unknown, key: string) => T
  /** Plain value when nobody says anything; may follow from fields read before. `undefined`: no limit. */
  readonly fallback: (draft: PolicyDraft) => unknown
  /** May be absent from a stored policy. */
  readonly isOptional: boolean
  /** Absent is no limit, and a configuration writes it `off`. */
  readonly canBeOff: boolean
  readonly tighter: (a: T, b: T) => T
}

type FieldRules = { readonly [K in PolicyField]-?: FieldRule<NonNullable<Policy[K]>> }

const smaller = (a: Decimal, b: Decimal): Decimal => (a.lte(b) ? a : b)
const either = (a: boolean, b: boolean): boolean => a || b
const money = (key: string, value: unknown): Decimal => readRange(value, key, { above: 0 })

function required<T>(
  key: string,
  fallback: unknown,
  read: (raw: unknown, key: string) => T,
  tighter: (a: T, b: T) => T,
): FieldRule<T> {
  return { key, read, fallback: () => fallback, isOptional: false, canBeOff: false, tighter }
}

function optional<T>(
  key: string,
  fallback: (draft: PolicyDraft) => unknown,
  read: (raw: unknown, key: string) => T,
  tighter: (a: T, b: T) => T,
): FieldRule<T> {
  return { key, read, fallback, isOptional: true, canBeOff: true, tighter }
}

const count = (key: string, fallback: unknown, min: number, max: number): FieldRule<number> =>
  required(key, fallback, (raw) => readCount(raw, key, min, max), Math.min)

const optionalCount = (
  key: string,
  fallback: (draft: PolicyDraft) => unknown,
  max: number,
  tighter: (a: number, b: number) => number = Math.min,
): FieldRule<number> => optional(key, fallback, (raw) => readCount(raw, key, 1, max), tighter)

const optionalMoney = (key: string, fallback: (draft: PolicyDraft) => unknown): FieldRule<Decimal> =>
  optional(key, fallback, (raw) => money(key, raw), smaller)

/** The span that a limit looks at: the longer the tighter. */
const span = (key: string, fallback: number, max: number): FieldRule<number> => ({
  ...optionalCount(key, () => fallback, max, Math.max),
  canBeOff: false,
})

const optionalFlag = (key: string, fallback: boolean): FieldRule<boolean> => ({
  ...optional(key, () => fallback, readFlag, either),
  canBeOff: false,
})

const pct = (key: string, fallback: string, range: { readonly atMost?: number; readonly below?: number }) =>
  required(key, fallback, (raw) => readRange(raw, key, { above: 0, ...range }), smaller)

const orderValues =
  (times: number) =>
  ({ maxOrderValueUsd }: PolicyDraft): unknown =>
    maxOrderValueUsd?.mul(times)

const orderRates =
  (times: number) =>
  ({ maxOrdersPerMinute }: PolicyDraft): unknown =>
    maxOrdersPerMinute && maxOrdersPerMinute * times

/** The span a limit looks at where its policy does not say. */
export const DEFAULT_SPANS = { drawdownWindowDays: 7, reentryWindowMs: 600_000, priceJumpWindowMs: 60_000 } as const

const none = (): unknown => undefined
const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Every field, in the order of the one text of a policy. New fields go to the end, so that old texts read back as written. */
export const policyFields: FieldRules = {
  maxOrderValueUsd: required('max_order_value_usd', '1000', (raw, key) => money(key, raw), smaller),
  maxPositionSizePct: pct('max_position_size_pct', '25', { atMost: 100 }),
  requireConfirmationAboveUsd: required(
    'require_confirmation_above_usd',
    '500',
    (raw, key) => readRange(raw, key, { atLeast: 0 }),
    smaller,
  ),
  maxOrdersPerMinute: count('max_orders_per_minute', 10, 1, 10_000),
  maxLossPerDayUsd: required('max_loss_per_day', '1000', (raw, key) => money(key, raw), smaller),
  maxOrderSize: required('max_order_size', {}, readSizes, smallerSizes),
  priceCollarPct: pct('price_collar_pct', '10', { below: 100 }),
  allowProducts: required('allow_products', [], readProductIds, intersect),
  denyProducts: required('deny_products', [], readProductIds, unite),
  maxMarketAgeMs: count('max_market_age_ms', 5_000, 1, hourMs),
  maxAccountAgeMs: count('max_account_age_ms', 10_000, 1, hourMs),
  maxOrdersPerMinutePerAgent: optionalCount('max_orders_per_minute_per_agent', none, 10_000),
  maxOrdersPerMinutePerProduct: optionalCount('max_orders_per_minute_per_product', none, 10_000),
  maxValuePerDayUsd: optionalMoney('max_value_per_day', orderValues(100)),
  maxValuePerDayPerAgentUsd: optionalMoney('max_value_per_day_per_agent', none),
  maxValuePerDayPerProductUsd: optionalMoney('max_value_per_day_per_product', none),
  maxOpenOrders: optionalCount('max_open_orders', orderRates(5), 1_000_000),
  maxOpenValueUsd: optionalMoney('max_open_value', orderValues(20)),
  maxDrawdownPct: optional(
    'max_drawdown_pct',
    () => '25',
    (raw, key) => readRange(raw, key, { above: 0, atMost: 100 }),
    smaller,
  ),
  drawdownWindowDays: span('drawdown_window_days', DEFAULT_SPANS.drawdownWindowDays, 366),
  duplicateOrderWindowMs: optionalCount('duplicate_order_window_ms', () => 5_000, hourMs, Math.max),
  maxReentries: optionalCount('max_reentries', orderRates(2), 1_000_000),
  reentryWindowMs: span('reentry_window_ms', DEFAULT_SPANS.reentryWindowMs, dayMs),
  maxPriceJumpPct: optional(
    'max_price_jump_pct',
    () => '10',
    (raw, key) => readRange(raw, key, { above: 0 }),
    smaller,
  ),
  priceJumpWindowMs: span('price_jump_window_ms', DEFAULT_SPANS.priceJumpWindowMs, hourMs),
  refuseSelfMatch: optionalFlag('refuse_self_match', true),
  approveReductions: optionalFlag('approve_reductions', true),
  maxOpenOrdersPerAgent: optionalCount('max_open_orders_per_agent', none, 1_000_000),
  maxOpenValuePerAgentUsd: optionalMoney('max_open_value_per_agent', none),
}

/** The fields of {@link policyFields} as a list. */
export const fieldList = Object.entries(policyFields) as readonly (readonly [PolicyField, FieldRule<unknown>])[]

function smallerSizes(
  a: Readonly<Record<string, Decimal>>,
  b: Readonly<Record<string, Decimal>>,
): Readonly<Record<string, Decimal>> {
  const ids = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
  return Object.fromEntries(
    ids.flatMap((id) => {
      const sizes = [a[id], b[id]].filter((size) => size !== undefined)
      const [first, second] = sizes
      return first ? [[id, second ? smaller(first, second) : first]] : []
    }),
  )
}

/** An empty list allows everything. */
function intersect(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length === 0) return b
  return b.length === 0 ? a : a.filter((id) => b.includes(id))
}

function unite(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])].sort()
}
