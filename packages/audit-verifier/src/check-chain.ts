import { readCanonical } from './canonical.js'
import { entryFormat, entryText, GENESIS, sha256 } from './entry-format.js'
import type { Row } from './field.js'
import { bad, type Finding } from './finding.js'

/** How far the chain was found whole. */
export interface ChainPlace {
  /** Entries found good. */
  readonly entries: number
  /** Hash of the last of them. */
  readonly hash: string
}

export const chainStart: ChainPlace = { entries: 0, hash: GENESIS }

/** An entry that holds, read. */
export interface Entry {
  readonly seq: number
  readonly atMs: number
  readonly actor: string
  readonly type: string
  readonly intentId: string | null
  readonly body: Readonly<Record<string, unknown>>
  readonly bodyText: string
  readonly hash: string
}

/**
 * Checks the stored row that should be the entry after `place`: numbered without a hole, readable, following the hash before,
 * hashed as written, its body in canonical form. Pure.
 */
export function checkEntry(place: ChainPlace, row: Row): { readonly entry: Entry } | { readonly finding: Finding } {
  const seq = place.entries + 1
  const found = (code: Finding['code'], words: string) => ({ finding: bad(code, words, seq) })
  const { at_ms: atMs, actor, type, intent_id: intentId, body: bodyText, prev, hash } = row
  if (row['seq'] !== seq) {
    return found('ENTRY_MISSING', `Entry ${seq} is missing: the next one there is numbered ${String(row['seq'])}.`)
  }
  if (
    typeof atMs !== 'number' ||
    typeof actor !== 'string' ||
    typeof type !== 'string' ||
    typeof bodyText !== 'string' ||
    (typeof intentId !== 'string' && intentId !== null)
  ) {
    return found('ENTRY_UNREADABLE', `Entry ${seq} cannot be read: a column holds something that was never written so.`)
  }
  if (prev !== place.hash) {
    const words = `Entry ${seq} does not follow entry ${seq - 1}: the hash it carries of it is another one.`
    return found('ENTRY_UNLINKED', words)
  }
  if (sha256(entryText({ seq, atMs, actor, type, intentId, body: bodyText, prev })) !== hash) {
    return found('ENTRY_CHANGED', `Entry ${seq} was changed after it was written: its hash does not fit what it says.`)
  }
  const body = readCanonical(bodyText)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return found('ENTRY_NOT_CANONICAL', `Entry ${seq} is not written in the one form in which entries are written.`)
  }
  const entry = { seq, atMs, actor, type, intentId, body: body as Entry['body'], bodyText, hash }
  return { entry }
}

/**
 * Takes an entry as the text that its hash is taken over (see {@link entryText}) with the hash that is stored beside it: what is hashed is what
 * is read, so no column is put together twice.
 *
 * @returns `undefined` where it does not plainly hold; {@link checkEntry} over the stored row then says what it is.
 */
export function confirmEntry(place: ChainPlace, hashed: string, hash: string): Entry | undefined {
  if (sha256(hashed) !== hash) return undefined
  const fields = parse(hashed)
  if (!Array.isArray(fields) || fields.length !== 8) return undefined
  const [format, seq, atMs, actor, type, intentId, bodyText, prev] = fields as readonly unknown[]
  const isNext = format === entryFormat && seq === place.entries + 1 && prev === place.hash
  if (!isNext || typeof actor !== 'string' || typeof type !== 'string' || typeof bodyText !== 'string') return undefined
  if (!Number.isSafeInteger(atMs) || (typeof intentId !== 'string' && intentId !== null)) return undefined
  const body = readCanonical(bodyText)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined
  return { seq, atMs: atMs as number, actor, type, intentId, body: body as Entry['body'], bodyText, hash }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
