import { type ChainPlace, chainStart, checkEntry, confirmEntry, type Entry } from './check-chain.js'
import { checkHeads, checkStoredHead, readStoredHead, type StoredHead } from './check-heads.js'
import type { Row } from './field.js'
import { bad, type Finding, warning } from './finding.js'
import { type HeadsFile, readHeadsFile } from './heads-file.js'
import { type KeyChange, keyChangeOf } from './heads-line.js'
import { keyTimeline } from './key-timeline.js'
import { type PublicKey, readPublicKey } from './public-key.js'
import { Comparison } from './story/compare.js'
import { Story } from './story/story.js'

/** What a log is checked against: what was kept outside the database. */
export interface Anchors {
  /** Text of the heads file; absent when there is none. */
  readonly heads?: string
  /** Public key, PEM or 64 hex digits; absent when nobody kept one. */
  readonly publicKey?: string
}

/** The verdict over a log. */
export interface Verdict {
  /** True when nothing was found that does not hold. Warnings say what could not be checked. */
  readonly ok: boolean
  /** Entries found good, from the first on. */
  readonly entries: number
  /** Hash of the last of them, hex. */
  readonly head: string
  /** First entry at which something does not hold. */
  readonly firstBad: number | null
  /** Newest entry that a signed head outside the database vouches for; 0 for none. */
  readonly anchoredTo: number
  readonly key: {
    /** Raw Ed25519 public key that was believed, hex. */
    readonly hex: string | null
    readonly from: 'given' | 'store' | 'none'
  }
  /** Changes of the signing key that the log tells of: the entry, and both public keys, hex. */
  readonly keyChanges: readonly { readonly seq: number; readonly from: string; readonly to: string }[]
  readonly findings: readonly Finding[]
}

/**
 * One check of one log, fed row by row: entries in order, then the tables, then the head. Pure: what is read, and from where, is the
 * caller's.
 */
export class Verification {
  readonly story = new Story()
  readonly #anchors: Anchors
  readonly #isOnlyWriter: boolean
  readonly #onEntry: ((entry: Entry) => void) | undefined
  readonly #file: HeadsFile | undefined
  readonly #wanted: ReadonlySet<number>
  /** Hash of each entry that a head outside speaks of. */
  readonly #hashes = new Map<number, string>()
  #place: ChainPlace = chainStart
  readonly #keyChanges: KeyChange[] = []
  readonly #strayChanges: Finding[] = []
  #broken: Finding | undefined
  #meta: Row | undefined
  #head: StoredHead | undefined
  #hasHead = false
  #comparison: Comparison | undefined

  constructor(
    anchors: Anchors,
    options: {
      /** One process writes at a time, so one heads file has every head. */
      readonly isOnlyWriter: boolean
      /** Sees every entry that holds. */
      readonly onEntry?: (entry: Entry) => void
    },
  ) {
    this.#anchors = anchors
    this.#onEntry = options.onEntry
    this.#isOnlyWriter = options.isOnlyWriter
    this.#file = anchors.heads === undefined ? undefined : readHeadsFile(anchors.heads)
    this.#wanted = new Set(this.#file?.lines.flatMap(({ said }) => (said.kind === 'head' ? [said.seq] : [])))
  }

  /** Entries found good so far. */
  get entries(): number {
    return this.#place.entries
  }

  /** True until an entry does not hold; nothing after it can be judged. */
  get isWhole(): boolean {
    return this.#broken === undefined
  }

  /** The one row of the store's identity. */
  identity(meta: Row | undefined): void {
    this.#meta = meta
  }

  /** The next stored entry. */
  entry(row: Row): void {
    if (this.#broken) return
    const checked = checkEntry(this.#place, row)
    if ('finding' in checked) {
      this.#broken = checked.finding
      return
    }
    this.#take(checked.entry)
  }

  /**
   * The next entry as the text that its hash is taken over, with the stored hash.
   *
   * @returns False where it does not plainly hold; nothing happened then, and the stored row is to be given to {@link Verification.entry}.
   */
  hashedEntry(text: string, hash: string): boolean {
    if (this.#broken) return false
    const entry = confirmEntry(this.#place, text, hash)
    if (entry) this.#take(entry)
    return entry !== undefined
  }

  #take(entry: Entry): void {
    if (entry.type === 'audit.key_changed') this.#takeKeyChange(entry, this.#place)
    this.#place = { entries: entry.seq, hash: entry.hash }
    if (this.#wanted.has(entry.seq)) this.#hashes.set(entry.seq, entry.hash)
    this.story.tell(entry)
    this.#onEntry?.(entry)
  }

  /** A handover counts only where it was made: both keys signed which entry it follows. */
  #takeKeyChange({ seq, body }: Entry, { entries, hash }: ChainPlace): void {
    const change = keyChangeOf(body)
    if (change?.seq === entries && change.hash === hash) this.#keyChanges.push(change)
    else
      this.#strayChanges.push(
        bad('KEY_CHANGE', `Entry ${seq} tells of a change of the signing key that was not made there.`, seq),
      )
  }

  /** The one row of the head, as it was when the last entry was read. */
  head(row: Row | undefined): void {
    this.#hasHead = row !== undefined
    this.#head = readStoredHead(row)
  }

  /** Starts comparing the tables with what the entries told; begun again, the comparison before is forgotten. */
  compare(): Comparison {
    this.#comparison = new Comparison(this.story)
    return this.#comparison
  }

  /** What was found, when everything was fed. */
  verdict(): Verdict {
    const findings: Finding[] = []
    if (this.#broken) findings.push(this.#broken)
    const storeId = this.#storeId(findings)
    const key = this.#key(findings)
    const vouched = key.key ? this.#checkSignatures(key.key, storeId, findings) : 0
    const end = this.#checkEnd()
    findings.push(...end)
    // Of a log without its end the tables say more, as they must: that is the same finding, not a hundred others.
    if (!this.#broken && !end.some(({ code }) => code === 'LOG_CUT')) {
      findings.push(...this.story.findings)
      this.#comparison?.end()
      findings.push(...(this.#comparison?.findings ?? []))
    }
    const bads = findings.filter(({ severity }) => severity === 'bad')
    // A record that differs points at the entry that told it; the entry itself may hold.
    const ofLog = bads.filter(({ code }) => !code.startsWith('RECORD_'))
    const seqs = (ofLog.length > 0 ? ofLog : bads).flatMap(({ seq }) => (seq === undefined ? [] : [seq]))
    return {
      ok: bads.length === 0,
      entries: this.#place.entries,
      head: this.#place.hash,
      firstBad: seqs.length === 0 ? null : Math.min(...seqs),
      anchoredTo: vouched,
      key: { hex: key.key?.hex ?? null, from: key.from },
      keyChanges: this.#keyChanges.map(({ seq, from, to }) => ({ seq: seq + 1, from, to })),
      findings,
    }
  }

  #storeId(findings: Finding[]): string {
    const id = this.#meta?.['store_id']
    const { created } = this.story
    if (typeof id !== 'string') {
      findings.push(bad('NO_IDENTITY', 'The database does not say which store it is.'))
      return typeof created?.['store'] === 'string' ? created['store'] : ''
    }
    if (
      this.#broken === undefined &&
      (created?.['store'] !== id || created['environment'] !== this.#meta?.['environment'])
    ) {
      findings.push(
        bad('RECORD_CHANGED', 'The database says it is another store than the first entry of its log says.', 1),
      )
    }
    return id
  }

  #key(findings: Finding[]): { readonly key: PublicKey | undefined; readonly from: Verdict['key']['from'] } {
    const stored = this.#meta?.['audit_public_key']
    const { publicKey } = this.#anchors
    if (publicKey !== undefined) {
      const given = readPublicKey(publicKey)
      if (given) return { key: given, from: 'given' }
      findings.push(
        bad('KEY_UNKNOWN', 'What was given as public key is no Ed25519 public key (PEM, or 64 hex digits).'),
      )
      return { key: undefined, from: 'none' }
    }
    findings.push(
      warning(
        'KEY_FROM_STORE',
        'No public key was given, so the one in the database was believed: whoever rewrote the database could have put his own there. Keep a copy of the public key somewhere else.',
      ),
    )
    const key = typeof stored === 'string' ? readPublicKey(stored) : undefined
    return { key, from: key ? 'store' : 'none' }
  }

  #checkSignatures(trusted: PublicKey, storeId: string, findings: Finding[]): number {
    const changes = this.#allKeyChanges(findings)
    const keys = keyTimeline(trusted, changes, storeId)
    findings.push(...keys.findings, ...this.#strayChanges)
    const first = this.story.created?.['public_key']
    if (changes[0] && first !== undefined && changes[0].from !== first) {
      findings.push(
        bad('KEY_CHANGE', 'The first change of the signing key does not start from the key that the log began with.'),
      )
    }
    const last = changes.at(-1)?.to ?? this.story.created?.['public_key']
    if (!this.#broken && this.#meta?.['audit_public_key'] !== last) {
      findings.push(bad('RECORD_CHANGED', 'The public key in the database is not the one that the log says signs now.'))
    }
    if (this.#head) findings.push(...checkStoredHead(this.#head, storeId, keys))
    if (!this.#file) {
      findings.push(
        warning(
          'HEADS_MISSING',
          'No heads were kept outside the database, or they were not given: this shows that the log fits itself, not that its end is all there. An older copy put back in its place would look the same.',
        ),
      )
      return 0
    }
    const outside = checkHeads(this.#file, { storeId, keys, stored: this.#head, isOnlyWriter: this.#isOnlyWriter })
    findings.push(...outside.findings)
    for (const [seq, hash] of outside.signed) {
      const here = this.#hashes.get(seq)
      if (here === undefined || here === hash) continue
      findings.push(
        bad(
          'FORKED',
          `Entry ${seq} is not the one that was signed outside: from somewhere before it on, the database tells another history.`,
          seq,
        ),
      )
    }
    return outside.newest
  }

  /** Every change of the signing key, told by the log or, where the log ends before it, by the heads file. */
  #allKeyChanges(findings: Finding[]): readonly KeyChange[] {
    const told = [...this.#keyChanges]
    for (const { line, said } of this.#file?.lines ?? []) {
      if (said.kind !== 'key') continue
      const same = told.find(({ seq, to }) => seq === said.seq && to === said.to)
      // Ed25519 signs the same text the same way: a line that differs in a letter is no copy of what was told.
      if (same && JSON.stringify(same) === JSON.stringify(said)) continue
      if (said.seq < this.#place.entries) {
        const words = `Line ${line} of the heads file tells of a change of the signing key after entry ${said.seq}; the log knows nothing of it.`
        findings.push(bad('KEY_CHANGE', words, said.seq + 1))
      } else told.push(said)
    }
    return told.sort((a, b) => a.seq - b.seq)
  }

  #checkEnd(): readonly Finding[] {
    const { entries, hash } = this.#place
    const head = this.#head
    if (!head) {
      const why = this.#hasHead ? 'cannot be read' : 'is missing'
      return [
        bad(
          'HEAD_MISSING',
          `The row with the signed head of the log ${why}: nobody can tell where the log should end.`,
        ),
      ]
    }
    if (this.#broken) return []
    if (entries < head.seq) {
      return [
        bad(
          'LOG_CUT',
          `The log ends at entry ${entries}; its signed head is entry ${head.seq}. The last ${head.seq - entries} are gone.`,
          entries + 1,
        ),
      ]
    }
    if (entries > head.seq) {
      return [
        bad(
          'ENTRY_UNSIGNED',
          `Entries after ${head.seq} are not covered by the signed head: somebody added them past the program.`,
          head.seq + 1,
        ),
      ]
    }
    return hash === head.hash
      ? []
      : [bad('HEAD_NOT_LAST', `The signed head is not the last entry (${head.seq}).`, head.seq)]
  }
}
