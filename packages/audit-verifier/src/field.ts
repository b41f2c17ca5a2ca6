/**
 * One stored value as it was read: text, a whole number, null, or `undefined` for what is neither (bytes that are no UTF-8,
 * a fraction). A changed byte must become a finding, so reading never throws.
 */
export type Field = string | number | bigint | null | undefined

/** A row by its column names. */
export type Row = Readonly<Record<string, Field>>

/** A number where it is exact, else a bigint. */
export function wholeOf(digits: string): number | bigint {
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : BigInt(digits)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text behind the bytes; `undefined` when they are no UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}
