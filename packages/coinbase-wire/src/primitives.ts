import { Decimal, formatDecimal } from '@tidegate/trading-model'
import { z } from 'zod'

/**
 * A number on the wire: decimal text, kept as text. `""`, `null` and a missing key are `undefined`: unknown, never 0.
 * JSON numbers are accepted (fee totals, some samples) and become plain decimal text.
 */
export const decimalText = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => {
    if (value === null || value === undefined || value === '') return undefined
    return typeof value === 'number' ? formatDecimal(new Decimal(value)) : value
  })

/** Text that may be absent: `""`, `null` and a missing key are `undefined`. */
export const optionalText = z
  .string()
  .nullish()
  .transform((value) => (value === null || value === undefined || value === '' ? undefined : value))

/** Text that must be there, though it may be empty. */
export const text = z.string()

/** An identifier: present and not empty. */
export const identifier = z.string().min(1)

/** A member of an open enumeration: any text passes, because members appear without notice. */
export const openEnum = z.string()

/** A boolean that may be absent, or arrive as `"true"` / `"False"`. */
export const flag = z
  .union([z.boolean(), z.string()])
  .nullish()
  .transform((value) => {
    if (typeof value === 'boolean') return value
    const word = value?.toLowerCase()
    return word === 'true' ? true : word === 'false' ? false : undefined
  })

/** A count that arrives as text or as a number; anything else is `undefined`. */
export const countText = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => {
    const digits = typeof value === 'number' ? String(value) : (value ?? '')
    return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined
  })

/** A list whose key must be there; `null` is the empty list, a missing key is an error (it is not the expected answer). */
export function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullable()
    .transform((items) => items ?? [])
}

/** A list whose key may be absent. */
export function optionalListOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? [])
}

/** An amount with its currency (v3). */
export const moneySchema = z.object({ value: decimalText, currency: text })
