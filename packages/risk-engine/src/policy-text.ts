import { createHash } from 'node:crypto'
import { ConfigError, Decimal, formatDecimal, InvariantError } from '@tidegate/trading-model'
import { didYouMean } from './did-you-mean.js'
import type { Policy } from './policy.js'
import { readCount, readProductIds, readRange, readSizes } from './policy-values.js'

/** What a policy is written in: the names of the configuration file, plain values. Decimal strings, or numbers as YAML gives them. */
export interface PolicySettings {
  /** USD. @default 1000 */
  readonly max_order_value_usd?: unknown
  /** Percent of the portfolio in one base asset. @default 25 */
  readonly max_position_size_pct?: unknown
  /** USD; strictly above it a person decides. @default 500 */
  readonly require_confirmation_above_usd?: unknown
  /** @default 10 */
  readonly max_orders_per_minute?: unknown
  /** USD. @default 1000 */
  readonly max_loss_per_day?: unknown
  /** Base units by product id. @default none */
  readonly max_order_size?: unknown
  /** Percent. @default 10 */
  readonly price_collar_pct?: unknown
  /** Product ids; empty means all. @default [] */
  readonly allow_products?: unknown
  /** @default [] */
  readonly deny_products?: unknown
  /** Ms. @default 5000 */
  readonly max_market_age_ms?: unknown
  /** Ms. @default 10000 */
  readonly max_account_age_ms?: unknown
}

/** Values by the names of {@link Policy}, without the version. */
export type PolicyOptions = {
  readonly [K in keyof Omit<Policy, 'version'>]?: Policy[K] extends Decimal
    ? Decimal | string | number
    : Policy[K] extends Readonly<Record<string, Decimal>>
      ? Readonly<Record<string, Decimal | string | number>>
      : Policy[K]
}

/** Key in the configuration file by field. */
const keys = {
  maxOrderValueUsd: 'max_order_value_usd',
  maxPositionSizePct: 'max_position_size_pct',
  requireConfirmationAboveUsd: 'require_confirmation_above_usd',
  maxOrdersPerMinute: 'max_orders_per_minute',
  maxLossPerDayUsd: 'max_loss_per_day',
  maxOrderSize: 'max_order_size',
  priceCollarPct: 'price_collar_pct',
  allowProducts: 'allow_products',
  denyProducts: 'deny_products',
  maxMarketAgeMs: 'max_market_age_ms',
  maxAccountAgeMs: 'max_account_age_ms',
} as const satisfies Record<keyof Omit<Policy, 'version'>, keyof PolicySettings>

/**
 * Reads a policy from plain configuration values; what is absent takes its default.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, naming the key, for unknown keys, values out of range, and numbers that a float cannot hold.
 */
export function parsePolicy(raw: Readonly<Record<string, unknown>>): Policy {
  const known: readonly string[] = Object.values(keys)
  for (const key of Object.keys(raw)) {
    if (known.includes(key)) continue
    const meant = didYouMean(key, known)
    throw new ConfigError('ERR_CONFIG_INVALID', `Unknown policy key ${JSON.stringify(key)}`, {
      hint: meant ? `did you mean ${meant}?` : `the keys are ${known.join(', ')}`,
    })
  }
  const settings: PolicySettings = raw
  const values = {
    maxOrderValueUsd: readRange(settings.max_order_value_usd ?? '1000', keys.maxOrderValueUsd, { above: 0 }),
    maxPositionSizePct: readRange(settings.max_position_size_pct ?? '25', keys.maxPositionSizePct, {
      above: 0,
      atMost: 100,
    }),
    requireConfirmationAboveUsd: readRange(
      settings.require_confirmation_above_usd ?? '500',
      keys.requireConfirmationAboveUsd,
      { atLeast: 0 },
    ),
    maxOrdersPerMinute: readCount(settings.max_orders_per_minute ?? 10, keys.maxOrdersPerMinute, 1, 10_000),
    maxLossPerDayUsd: readRange(settings.max_loss_per_day ?? '1000', keys.maxLossPerDayUsd, { above: 0 }),
    maxOrderSize: readSizes(settings.max_order_size ?? {}, keys.maxOrderSize),
    priceCollarPct: readRange(settings.price_collar_pct ?? '10', keys.priceCollarPct, { above: 0, below: 100 }),
    allowProducts: readProductIds(settings.allow_products ?? [], keys.allowProducts),
    denyProducts: readProductIds(settings.deny_products ?? [], keys.denyProducts),
    maxMarketAgeMs: readCount(settings.max_market_age_ms ?? 5_000, keys.maxMarketAgeMs, 1, 3_600_000),
    maxAccountAgeMs: readCount(settings.max_account_age_ms ?? 10_000, keys.maxAccountAgeMs, 1, 3_600_000),
  }
  const both = values.allowProducts.find((id) => values.denyProducts.includes(id))
  if (both) {
    throw new ConfigError('ERR_CONFIG_INVALID', `${both} is in both allow_products and deny_products`, {
      hint: 'take it out of one of them',
    })
  }
  return { version: sha256(canonical(values)), ...values }
}

/**
 * Makes a policy in code. The names are those of {@link Policy}; everything is checked like a configuration file.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, naming the key.
 *
 * @example
 * const policy = definePolicy({ maxOrderValueUsd: '250', allowProducts: ['BTC-USD'] })
 */
export function definePolicy(options: PolicyOptions = {}): Policy {
  return parsePolicy(
    Object.fromEntries(
      Object.entries(options)
        .filter(([, value]) => value !== undefined)
        .map(([field, value]) => [Object.hasOwn(keys, field) ? keys[field as keyof typeof keys] : field, plain(value)]),
    ),
  )
}

/** The one text of a policy: fixed order, decimal strings. Its SHA-256 is the version. */
export function serializePolicy(policy: Policy): string {
  const { version: _, ...values } = policy
  return canonical(values)
}

/**
 * Reads back what {@link serializePolicy} wrote.
 *
 * @throws {ConfigError} When the text is no policy.
 * @throws {InvariantError} When it does not read back as written.
 */
export function deserializePolicy(text: string): Policy {
  const policy = parsePolicy(JSON.parse(text) as Record<string, unknown>)
  if (serializePolicy(policy) !== text) throw new InvariantError('Stored policy does not read back as written')
  return policy
}

function canonical(values: Omit<Policy, 'version'>): string {
  const entries = (Object.keys(keys) as (keyof typeof keys)[]).map((field) => [keys[field], plain(values[field])])
  return JSON.stringify(Object.fromEntries(entries))
}

/** Decimals as text, tables sorted by key; lists come sorted. Equal policies have equal text. */
function plain(value: unknown): unknown {
  if (Decimal.isDecimal(value)) return formatDecimal(value)
  if (Array.isArray(value)) return value.map(String)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, entry]) => [key, plain(entry)]),
    )
  }
  return value
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
