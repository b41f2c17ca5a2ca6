import { sha256 } from '../codec/digest.js'

/** What an entry's hash covers, besides the hash before it. */
export interface HashedEntry {
  readonly seq: number
  readonly atMs: number
  readonly actor: string
  readonly type: string
  readonly intentId: string | null
  readonly body: string
}

/** `prev` of the first entry. */
export const GENESIS = '0'.repeat(64)

/** SHA-256 over the entry and the previous hash; a JSON array, so no two entries share a text. */
export function entryHash(entry: HashedEntry, prev: string): string {
  return sha256(
    JSON.stringify([
      'tidegate.audit/1',
      entry.seq,
      entry.atMs,
      entry.actor,
      entry.type,
      entry.intentId,
      entry.body,
      prev,
    ]),
  )
}
