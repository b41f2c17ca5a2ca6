import type { AppendFile, Disk } from '@tidegate/trading-model'
import { z } from 'zod'
import type { AuditHead } from './audit-key.js'
import { formatKeyChange, type KeyChange, type KeyRing, readKeyChangeLine } from './key-change.js'

/** One line outside the database. */
export interface ExportedHead extends AuditHead {
  readonly storeId: string
  readonly signature: string
}

const line = z.strictObject({
  v: z.literal(1),
  store: z.string(),
  seq: z.int().positive(),
  hash: z.string(),
  after: z.int().nonnegative(),
  sig: z.string(),
})

export interface HeadsOnDisk {
  readonly heads: readonly ExportedHead[]
  /** Changes of the signing key, as the file tells them. */
  readonly changes: readonly KeyChange[]
  /** The last append was cut short by a crash. */
  readonly torn: boolean
  /** 1-based line that is nothing we wrote, and why. */
  readonly bad?: { readonly line: number; readonly why: string }
}

/** Reads the file of signed heads. Signatures are checked by {@link badHead}, form here. */
export function readHeads(disk: Disk, path: string): HeadsOnDisk {
  const lines = (disk.readText(path) ?? '').split('\n')
  const torn = lines.pop() !== ''
  const heads: ExportedHead[] = []
  const changes: KeyChange[] = []
  for (const [index, json] of lines.entries()) {
    const said = parseLine(json)
    if (said && 'to' in said) changes.push(said)
    else if (said) heads.push(said)
    else if (!isTorn(json)) return { heads, changes, torn, bad: { line: index + 1, why: 'it is no signed head' } }
  }
  return { heads, changes, torn }
}

/** The head furthest along; several processes may have appended out of order. */
export function newestHead(heads: readonly ExportedHead[]): ExportedHead | undefined {
  return heads.reduce<ExportedHead | undefined>((best, head) => (best && best.seq >= head.seq ? best : head), undefined)
}

/** Why a head is not to be believed, or `undefined`. */
export function badHead(head: ExportedHead, storeId: string, ring: KeyRing): string | undefined {
  if (head.storeId !== storeId) return 'it belongs to another store'
  return ring.verifies(head, head.signature) ? undefined : 'its signature does not hold'
}

/** Appends signed heads; remembers the newest. */
export interface HeadsFile {
  /** Sequence of the newest head that is safely outside. */
  exportedSeq(): number
  append(head: ExportedHead): void
  /** Tells of a change of the key, once. */
  appendChange(change: KeyChange): void
  /** Changes that the file tells of. */
  changes(): readonly KeyChange[]
  close(): void
}

/** Opens for appending; a line cut short by a crash is ended first, never rewritten. */
export function openHeadsFile(disk: Disk, path: string, found: HeadsOnDisk): HeadsFile {
  const file: AppendFile = disk.openAppend(path)
  if (found.torn) file.append('\n')
  let newest = newestHead(found.heads)?.seq ?? 0
  const changes = [...found.changes]
  return {
    exportedSeq: () => newest,
    append(head) {
      file.append(formatHead(head))
      newest = Math.max(newest, head.seq)
    },
    appendChange(change) {
      if (changes.some(({ seq, to }) => seq === change.seq && to === change.to)) return
      file.append(formatKeyChange(change))
      changes.push(change)
    },
    changes: () => changes,
    close: () => file.close(),
  }
}

/** A head as its line in the file. */
export function formatHead(head: ExportedHead): string {
  return `${JSON.stringify({ v: 1, store: head.storeId, seq: head.seq, hash: head.hash, after: head.exportedSeq, sig: head.signature })}\n`
}

function parseLine(json: string): ExportedHead | KeyChange | undefined {
  let raw: unknown
  try {
    raw = JSON.parse(json)
  } catch {
    return undefined
  }
  const parsed = line.safeParse(raw)
  if (!parsed.success) return readKeyChangeLine(raw, json)
  const { store, seq, hash, after, sig } = parsed.data
  const head = { storeId: store, seq, hash, exportedSeq: after, signature: sig }
  // Equal text, not equal meaning: a changed space is a change.
  return formatHead(head) === `${json}\n` ? head : undefined
}

/**
 * The beginning of a line whose rest a crash took. Passing over it forgives nothing: the store remembers how far its
 * heads were exported, and every later head covers all before it.
 */
function isTorn(json: string): boolean {
  return beginsAs(json, '{"v":1,"store":"', '"}') || beginsAs(json, '{"v":1,"key_change":{"store":"', '"}}')
}

function beginsAs(json: string, start: string, end: string): boolean {
  return (json.startsWith(start) || start.startsWith(json)) && !json.endsWith(end)
}
