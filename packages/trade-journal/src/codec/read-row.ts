import { StoreError } from '@tidegate/trading-model'
import { z } from 'zod'

/** A 64-bit integer that stands for a time or a count: exact as a number. */
export const intColumn = z
  .bigint()
  .refine((value) => value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER))
  .transform(Number)

/** 0 or 1. */
export const flagColumn = z
  .bigint()
  .refine((value) => value === 0n || value === 1n)
  .transform((value) => value === 1n)

/**
 * Reads one row through its schema.
 *
 * @throws StoreError `ERR_STORE_CORRUPT`: what is stored is nothing we ever wrote.
 */
export function readRow<T>(schema: z.ZodType<T>, row: unknown, table: string): T {
  const result = schema.safeParse(row)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new StoreError('ERR_STORE_CORRUPT', `Table ${table} holds a row that cannot be read`, {
    details: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`,
    hint: 'stop trading, keep the files, restore a backup',
  })
}

/** Leaves out what is null: `{ ...present({ key: row.key }) }` under exact optional properties. */
export function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(kept) as { [K in keyof T]?: NonNullable<T[K]> }
}
