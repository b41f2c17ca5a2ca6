import { existsSync, readFileSync } from 'node:fs'
import type { Entry } from './check-chain.js'
import type { Row } from './field.js'
import type { StoreSource } from './source.js'
import { openPostgresSource } from './sources/postgres.js'
import { openSqliteSource } from './sources/sqlite.js'
import { type ComparedTable, comparedTables } from './story/compare.js'
import { type Verdict, Verification } from './verification.js'

/** Which store to check, and against what. */
export interface VerifyOptions {
  /** Path of the SQLite file, or a `postgres://` address. */
  readonly store: string
  /** Path of the heads file. Absent, or a file that is not there: the verdict carries a warning. */
  readonly headsFile?: string
  /** Path of a file with the public key, PEM or hex. Absent, or a file that is not there: the verdict carries a warning. */
  readonly publicKeyFile?: string
}

/**
 * Checks a whole store: every entry of its audit log, the signed heads inside and outside, and every record that the log tells of. Reads
 * only; works beside a running gateway and without one.
 *
 * @returns The verdict; `ok` is false when anything does not hold.
 * @throws An error with a sentence when the store is not there or cannot be opened at all.
 *
 * @example
 * const { ok, entries, findings } = await verifyAudit({ store: 'journal.sqlite', headsFile: 'audit-heads.jsonl', publicKeyFile: 'audit-heads.jsonl.pub' })
 */
export async function verifyAudit(options: VerifyOptions): Promise<Verdict> {
  return await withVerified(options, {})
}

/** The same, with somebody who looks on: at the store before it is checked, and at every entry that holds. */
export async function withVerified(
  options: VerifyOptions,
  onlooker: {
    readonly before?: (source: StoreSource) => Promise<void>
    readonly onEntry?: (entry: Entry) => void
  },
): Promise<Verdict> {
  // Before the store: what is appended meanwhile is no sign of anything.
  const heads = readIfThere(options.headsFile)
  const publicKey = readIfThere(options.publicKeyFile)
  const anchors = { ...(heads === undefined ? {} : { heads }), ...(publicKey === undefined ? {} : { publicKey }) }
  const source = await openSource(options.store)
  try {
    const { isOnlyWriter } = source
    const { before, onEntry } = onlooker
    const verification = new Verification(anchors, { isOnlyWriter, ...(onEntry === undefined ? {} : { onEntry }) })
    return await verifySource(source, verification, before)
  } finally {
    await source.close()
  }
}

/** Opens a store for reading: a SQLite file by its path, or a `postgres://` address. */
export async function openSource(store: string): Promise<StoreSource> {
  return /^postgres(ql)?:\/\//.test(store) ? await openPostgresSource(store) : openSqliteSource(store)
}

async function verifySource(
  source: StoreSource,
  verification: Verification,
  before: (source: StoreSource) => Promise<void> = async () => {},
): Promise<Verdict> {
  if (!source.viewHoldsUp) await source.hold()
  await before(source)
  verification.identity(await onlyRow(source, 'meta'))
  if (source.viewHoldsUp) {
    // Most of the work beside whoever writes; what changed meanwhile is looked at again in one view, which is short then.
    const head = await onlyRow(source, 'audit_head')
    await readEntries(source, verification, typeof head?.['seq'] === 'number' ? head['seq'] : 0)
    const isSame = verification.isWhole && (await compareTables(source, verification))
    await source.hold()
    await readEntries(source, verification)
    if (!isSame && verification.isWhole) await compareTables(source, verification)
  } else {
    await readEntries(source, verification)
    if (verification.isWhole) await compareTables(source, verification)
  }
  verification.head(await onlyRow(source, 'audit_head'))
  const verdict = verification.verdict()
  await source.release()
  return verdict
}

/** Most entries come as the text that was hashed; a page in which one does not plainly hold is read again value by value. */
async function readEntries(
  source: StoreSource,
  verification: Verification,
  untilSeq = Number.POSITIVE_INFINITY,
): Promise<void> {
  for (;;) {
    const before = verification.entries
    await readHashed(source, verification, untilSeq)
    const isAtEnd = !(await readExactly(source, verification, untilSeq, source.hashedEntries !== undefined))
    if (isAtEnd || !verification.isWhole || verification.entries === before) return
  }
}

async function readHashed(source: StoreSource, verification: Verification, untilSeq: number): Promise<void> {
  if (!source.hashedEntries || !verification.isWhole) return
  for await (const entries of source.hashedEntries(verification.entries)) {
    for (const { text, hash } of entries) {
      if (verification.entries >= untilSeq || !verification.hashedEntry(text, hash)) return
    }
  }
}

/** @returns False when there was nothing more to read. */
async function readExactly(
  source: StoreSource,
  verification: Verification,
  untilSeq: number,
  isOnePage: boolean,
): Promise<boolean> {
  const { entries } = verification
  const range = entries === 0 ? {} : { afterNumber: entries }
  for await (const rows of source.pages('audit', { ...range, orderBy: 'seq' })) {
    for (const row of rows) {
      if (typeof row['seq'] === 'number' && row['seq'] > untilSeq) return false
      verification.entry(row)
      if (!verification.isWhole) return false
    }
    if (isOnePage) return true
  }
  return false
}

/** True when everything was as the log says. */
async function compareTables(source: StoreSource, verification: Verification): Promise<boolean> {
  const comparison = verification.compare()
  for (const [table, orderBy] of Object.entries(comparedTables)) {
    for await (const rows of source.pages(table, { orderBy })) {
      for (const row of rows) comparison.row(table as ComparedTable, row)
    }
  }
  return comparison.end()
}

async function onlyRow(source: StoreSource, table: string): Promise<Row | undefined> {
  for await (const [row] of source.pages(table)) return row
  return undefined
}

function readIfThere(path: string | undefined): string | undefined {
  return path !== undefined && existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
