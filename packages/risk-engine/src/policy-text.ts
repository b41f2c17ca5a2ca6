import { createHash } from 'node:crypto'
import { ConfigError, Decimal, formatDecimal, InvariantError } from '@tidegate/trading-model'
import { didYouMean } from './did-you-mean.js'
import type { Policy } from './policy.js'
import { fieldList, type PolicyDraft, type PolicyField, policyFields } from './policy-fields.js'

/** What a policy is written in: the keys of the configuration file, plain values. Decimal strings, or numbers as YAML gives them. */
export type PolicySettings = Readonly<Record<string, unknown>>

/** Takes a limit away that may be absent. */
type Off = 'off'

type Written<T> = T extends Decimal
  ? Decimal | string | number
  : T extends Readonly<Record<string, Decimal>>
    ? Readonly<Record<string, Decimal | string | number>>
    : T

/** Values by the names of {@link Policy}, without the version. */
export type PolicyOptions = {
  readonly [K in PolicyField]?:
    | Written<NonNullable<Policy[K]>>
    | (undefined extends Policy[K] ? Off : never)
    | undefined
}

/**
 * Reads a policy from plain configuration values; what is absent takes its default, and `off` takes a limit away that may be absent.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, naming the key, for unknown keys, values out of range, and numbers that a float cannot hold.
 */
export function parsePolicy(raw: PolicySettings): Policy {
  return readPolicy(raw, true)
}

function readPolicy(raw: PolicySettings, withDefaults: boolean): Policy {
  const known = fieldList.map(([, { key }]) => key)
  for (const key of Object.keys(raw)) {
    if (known.includes(key)) continue
    const meant = didYouMean(key, known)
    throw new ConfigError('ERR_CONFIG_INVALID', `Unknown policy key ${JSON.stringify(key)}`, {
      hint: meant ? `did you mean ${meant}?` : `the keys are ${known.join(', ')}`,
    })
  }
  let draft: PolicyDraft = {}
  for (const [field, rule] of fieldList) {
    const given = raw[rule.key]
    if (given === 'off' && rule.canBeOff) continue
    const value = given ?? (withDefaults || !rule.isOptional ? rule.fallback(draft) : undefined)
    if (value === undefined) continue
    draft = { ...draft, [field]: rule.read(value, rule.key) }
  }
  return finishPolicy(draft)
}

/**
 * Makes a policy of fields that were read, and names it by its content.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`: a product is both allowed and denied.
 */
export function finishPolicy(draft: PolicyDraft): Policy {
  const values = draft as Omit<Policy, 'version'>
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
        .map(([field, value]) => [keyOf(field), plain(value)]),
    ),
  )
}

function keyOf(field: string): string {
  return Object.hasOwn(policyFields, field) ? policyFields[field as PolicyField].key : field
}

/** The one text of a policy: fixed order, decimal strings. Its SHA-256 is the version. */
export function serializePolicy(policy: Policy): string {
  const { version: _, ...values } = policy
  return canonical(values)
}

/**
 * Reads back what {@link serializePolicy} wrote, by this version or an earlier one: a limit that the text does not name is no limit.
 *
 * @throws {ConfigError} When the text is no policy.
 * @throws {InvariantError} When it does not read back as written.
 */
export function deserializePolicy(text: string): Policy {
  const policy = readPolicy(JSON.parse(text) as PolicySettings, false)
  if (serializePolicy(policy) !== text) throw new InvariantError('Stored policy does not read back as written')
  return policy
}

function canonical(values: Omit<Policy, 'version'>): string {
  const entries = fieldList.flatMap(([field, { key }]) =>
    values[field] === undefined ? [] : [[key, plain(values[field])]],
  )
  return JSON.stringify(Object.fromEntries(entries))
}

/** Decimals as text, tables sorted by key; lists come sorted. Equal policies have equal text. */
export function plain(value: unknown): unknown {
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
