import { Decimal, formatDecimal, readDecimal } from '@tidegate/trading-model'
import { z } from 'zod'
import { parseTimestamp } from './timestamp.js'

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

/**
 * An object whose unknown keys survive reading. They are data, not schema: the type lists the known keys only.
 * Frames and book levels use plain objects instead, because there speed counts and nothing is kept.
 */
export function open<T extends z.ZodRawShape>(shape: T): z.ZodObject<T> {
  return z.looseObject(shape) as unknown as z.ZodObject<T>
}

/** A number on the wire as an exact {@link Decimal}; `""`, `null`, a missing key and what is no decimal are `undefined`. */
export const amount = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (typeof value === 'number' ? new Decimal(value) : readDecimal(value)))

/** A moment as ms since epoch (UTC); the venue's two zero times and what cannot be read are `undefined`. */
export const moment = z
  .unknown()
  .optional()
  .transform((value) => parseTimestamp(value))

/** An amount with its currency (v3) that may be absent. Some answers give the bare number: then the currency is unknown. */
export const optionalMoney = z
  .union([z.string(), z.number(), open({ value: amount, currency: optionalText })])
  .nullish()
  .transform((value) => {
    if (typeof value === 'object') return value ?? undefined
    const bare = typeof value === 'number' ? new Decimal(value) : readDecimal(value)
    return bare && { value: bare, currency: undefined }
  })

/** An amount with its currency (v2) that must be there. */
export const v2Money = open({ amount, currency: text })

/** An amount with its currency (v2) that may be absent. */
export const optionalV2Money = v2Money.nullish().transform((value) => value ?? undefined)

/** A decimal in a request: plain text above zero, no sign, no exponent. */
export const positiveText = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'must be a plain decimal such as "0.01"')
  .refine((value) => /[1-9]/.test(value), 'must be above zero')

/** A moment in a request: RFC 3339 text. */
export const timestampText = z
  .string()
  .refine((value) => parseTimestamp(value) !== undefined, 'must be an RFC 3339 time')
