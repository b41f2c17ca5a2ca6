import { createHash } from 'node:crypto'
import { type OrderTerms, serializeTerms } from '@tidegate/trading-model'

/** SHA-256 of the one text of the terms, hex: what a key, an approval and a duplicate are bound to. */
export function hashTerms(terms: OrderTerms): string {
  return createHash('sha256').update(serializeTerms(terms)).digest('hex')
}

/** The same of a wish whose times the clock gave: they are left out, and that they are is part of it. Hex. */
export function hashWish(terms: OrderTerms, givenTimes: readonly ('start' | 'end')[]): string {
  const timeless: OrderTerms = {
    ...terms,
    ...('endTimeMs' in terms && givenTimes.includes('end') ? { endTimeMs: 0 } : {}),
    ...(terms.orderType === 'TWAP' && givenTimes.includes('start') ? { startTimeMs: 0 } : {}),
  }
  const parts = ['given', ...[...givenTimes].sort(), serializeTerms(timeless)]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
