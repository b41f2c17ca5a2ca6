import { createHash } from 'node:crypto'
import { type OrderTerms, serializeTerms } from '@tidegate/trading-model'

/** SHA-256 of the one text of the terms, hex: what a key, an approval and a duplicate are bound to. */
export function hashTerms(terms: OrderTerms): string {
  return createHash('sha256').update(serializeTerms(terms)).digest('hex')
}
