import { headText } from './entry-format.js'
import type { Row } from './field.js'
import { bad, type Finding, warning } from './finding.js'
import type { HeadsFile } from './heads-file.js'
import type { CopiedHead } from './heads-line.js'
import type { KeyTimeline } from './key-timeline.js'

/** The head as the database has it. */
export interface StoredHead {
  readonly seq: number
  readonly hash: string
  readonly exportedSeq: number
  readonly signature: string
}

/** Reads the head's row; `undefined` where it is not there or is none. */
export function readStoredHead(row: Row | undefined): StoredHead | undefined {
  const { seq, hash, exported_seq: exportedSeq, signature } = row ?? {}
  if (typeof seq !== 'number' || typeof exportedSeq !== 'number') return undefined
  if (typeof hash !== 'string' || typeof signature !== 'string' || seq < 0 || exportedSeq < 0) return undefined
  return { seq, hash, exportedSeq, signature }
}

/** Is the head in the database signed by the key that had to sign it? */
export function checkStoredHead(head: StoredHead, storeId: string, keys: KeyTimeline): readonly Finding[] {
  const text = headText(storeId, { seq: head.seq, hash: head.hash, after: head.exportedSeq })
  if (keys.keyAt(head.seq)?.verifies(text, head.signature)) return []
  return [
    bad(
      'HEAD_NOT_SIGNED',
      `The head in the database (entry ${head.seq}) is not signed with the key of this log: somebody without the key wrote it, or put an old signature under it.`,
      head.seq,
    ),
  ]
}

/** What the heads outside say. */
export interface OutsideView {
  readonly findings: readonly Finding[]
  /** Hash that was signed outside, by entry; only heads whose signature holds. */
  readonly signed: ReadonlyMap<number, string>
  /** Newest entry that a head outside vouches for; 0 for none. */
  readonly newest: number
}

/**
 * Checks the heads that were copied outside the database: form, store, signature, none missing between them, and none newer
 * than the database.
 *
 * @param isOnlyWriter - False where several gateways keep files of their own (PostgreSQL): then another file may hold what misses here.
 */
export function checkHeads(
  file: HeadsFile,
  context: {
    readonly storeId: string
    readonly keys: KeyTimeline
    readonly stored: StoredHead | undefined
    readonly isOnlyWriter: boolean
  },
): OutsideView {
  const { storeId, keys, stored, isOnlyWriter } = context
  const findings: Finding[] = file.foreign.map((line) =>
    bad(
      'HEADS_LINE',
      `Line ${line} of the heads file is not as any of its lines is written: it was changed or put there by somebody else.`,
    ),
  )
  for (const line of file.torn) {
    findings.push(
      warning(
        'HEADS_TORN',
        `Line ${line} of the heads file ends in the middle, as after a crash; it vouches for nothing.`,
      ),
    )
  }
  const signed = new Map<number, string>()
  for (const { line, said } of file.lines) {
    if (said.kind === 'key') continue
    const finding = badHead(said, line, storeId, keys) ?? forkedHead(said, line, signed)
    if (finding) findings.push(finding)
    else signed.set(said.seq, said.hash)
  }
  const newest = [...signed.keys()].reduce((a, b) => Math.max(a, b), 0)
  if (isOnlyWriter) findings.push(...gaps(file, signed))
  if (stored) findings.push(...compareWithStore(newest, stored, isOnlyWriter))
  return { findings, signed, newest }
}

function badHead(head: CopiedHead, line: number, storeId: string, keys: KeyTimeline): Finding | undefined {
  if (head.store !== storeId) {
    return bad('HEADS_FOREIGN', `Line ${line} of the heads file belongs to another store (${head.store}).`)
  }
  if (keys.keyAt(head.seq)?.verifies(headText(storeId, head), head.sig)) return undefined
  return bad(
    'HEADS_SIGNATURE',
    `Line ${line} of the heads file (entry ${head.seq}) is not signed with the key of this log.`,
  )
}

function forkedHead(head: CopiedHead, line: number, signed: ReadonlyMap<number, string>): Finding | undefined {
  const other = signed.get(head.seq)
  if (other === undefined || other === head.hash) return undefined
  return bad(
    'FORKED',
    `Two different histories were signed: line ${line} of the heads file says something else about entry ${head.seq} than a line before it.`,
    head.seq,
  )
}

/** Each head names the one that was outside before it. */
function gaps(file: HeadsFile, signed: ReadonlyMap<number, string>): readonly Finding[] {
  const findings: Finding[] = []
  for (const { line, said } of file.lines) {
    if (said.kind === 'key' || said.after === 0 || signed.has(said.after)) continue
    findings.push(
      warning(
        'HEADS_GAP',
        `A head is missing before line ${line} of the heads file: the one of entry ${said.after} was there when this line was signed.`,
        said.after,
      ),
    )
  }
  return findings
}

function compareWithStore(newest: number, stored: StoredHead, isOnlyWriter: boolean): readonly Finding[] {
  if (newest > stored.seq) {
    return [
      bad(
        'ROLLED_BACK',
        `The database was set back: it ends at entry ${stored.seq}, and a head outside it was signed for entry ${newest}. What came after entry ${stored.seq} is gone from it.`,
        stored.seq + 1,
      ),
    ]
  }
  if (newest >= stored.exportedSeq) return []
  return isOnlyWriter
    ? [
        bad(
          'HEADS_CUT',
          `The heads file was cut: it ends at entry ${newest}, and the database knows that a head of entry ${stored.exportedSeq} was written to it.`,
        ),
      ]
    : [
        warning(
          'HEADS_GAP',
          `This heads file ends at entry ${newest}; another gateway's file should hold the head of entry ${stored.exportedSeq}. Check with that file, too.`,
        ),
      ]
}
