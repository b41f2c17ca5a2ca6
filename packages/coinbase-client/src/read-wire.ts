import { Decimal } from '@tidegate/trading-model'
import { rememberRaw } from './raw-of.js'

type Camel<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S

type IsMoment<K extends string> = K extends `${string}_${'at' | 'time' | 'date'}` | 'expiry' ? true : false

type FieldName<K, V> = K extends string
  ? [NonNullable<V>] extends [number]
    ? IsMoment<K> extends true
      ? `${Camel<K>}Ms`
      : Camel<K>
    : Camel<K>
  : never

/**
 * A resource of the venue in our spelling: its fields in camelCase, numbers as exact Decimals, moments as `…Ms` since epoch
 * (UTC). What is unknown (`""`, `null`, absent) is `undefined`, never 0.
 */
export type FromWire<T> = T extends Decimal
  ? Decimal
  : T extends readonly (infer Item)[]
    ? readonly FromWire<Item>[]
    : T extends object
      ? { readonly [K in keyof T as FieldName<K, T[K]>]: FromWire<T[K]> }
      : T

/**
 * Spells what coinbase-wire has read in our way. Fields that the schema does not know pass through as data under their
 * camelCase name; {@link rawOf} gives them under the venue's.
 */
export function readWire<T>(value: T): FromWire<T> {
  return spell(value) as FromWire<T>
}

function spell(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spell)
  if (typeof value !== 'object' || value === null || Decimal.isDecimal(value)) return value
  const fields: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(value)) {
    if (field !== undefined) fields[fieldName(key, field)] = spell(field)
  }
  return rememberRaw(fields, value)
}

function fieldName(key: string, field: unknown): string {
  const name = key.replace(/_([a-z0-9])/g, (_whole, letter: string) => letter.toUpperCase())
  return typeof field === 'number' && /(_(at|time|date)|^expiry)$/.test(key) ? `${name}Ms` : name
}
