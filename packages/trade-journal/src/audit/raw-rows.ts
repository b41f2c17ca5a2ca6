import { type RawBuilder, sql } from 'kysely'
import type { SqlDialectName } from '../sql/ddl.js'

/**
 * A text column as its bytes. Checks of a suspect store read text this way: one driver ends the process on text that is not
 * UTF-8, and a changed byte must become a finding instead.
 */
export function bytesOf(column: string, dialect: SqlDialectName): RawBuilder<unknown> {
  return dialect === 'postgres' ? sql`convert_to(${sql.ref(column)}, 'UTF8')` : sql`cast(${sql.ref(column)} as blob)`
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text behind the bytes; `undefined` when it is no UTF-8, `null` where the column is null. */
export function textOf(bytes: unknown): string | null | undefined {
  if (bytes === null) return null
  if (typeof bytes !== 'object') return undefined
  try {
    return utf8.decode(new Uint8Array(bytes as ArrayBuffer))
  } catch {
    return undefined
  }
}

/** A whole number, or `undefined`. */
export function wholeOf(value: unknown): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : undefined
  return number !== undefined && Number.isSafeInteger(number) ? number : undefined
}
