import { hash } from 'node:crypto'

/** Hash before the first entry. */
export const GENESIS = '0'.repeat(64)

/** SHA-256 of UTF-8 text, hex in lower case. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex')
}

/** First field of the text that an entry's hash is taken over. */
export const entryFormat = 'tidegate.audit/1'

/** The text an entry's hash is taken over: a JSON array of its format, its fields and the hash before it. */
export function entryText(entry: {
  readonly seq: number
  readonly atMs: number
  readonly actor: string
  readonly type: string
  readonly intentId: string | null
  readonly body: string
  readonly prev: string
}): string {
  const { seq, atMs, actor, type, intentId, body, prev } = entry
  return JSON.stringify([entryFormat, seq, atMs, actor, type, intentId, body, prev])
}

/** The text a head's signature is made over. */
export function headText(storeId: string, head: { seq: number; hash: string; after: number }): string {
  return `tidegate.audit-head/1\n${storeId}\n${head.seq}\n${head.hash}\n${head.after}\n`
}

/** The text by which an old key names its successor, at the entry after which the new one signs. Both keys sign it. */
export function keyChangeText(
  storeId: string,
  change: { readonly seq: number; readonly hash: string; readonly from: string; readonly to: string },
): string {
  return `tidegate.audit-key/1\n${storeId}\n${change.seq}\n${change.hash}\n${change.from}\n${change.to}\n`
}
