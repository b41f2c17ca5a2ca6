import { type AuditEntry, StoreError } from '@tidegate/trading-model'
import type { Transaction } from 'kysely'
import { type AuditChain, auditChain, type NewEntry } from './audit/audit-chain.js'
import { type ExportedHead, formatHead } from './audit/heads-file.js'
import type { JournalContext } from './context.js'
import type { Database } from './sql/database.js'
import type { SqlDialectName } from './sql/ddl.js'
import { type Engine, type Locks, LostCommit, Repeatable } from './sql/engine.js'
import type { Change } from './sql/write-together.js'

/** One write transaction with its locks, its time and its piece of the audit chain. */
export interface WriteTx {
  readonly trx: Transaction<Database>
  readonly dialect: SqlDialectName
  /** Read once, after the lock was taken: what waited for the lock is not older than what held it. */
  readonly nowMs: number
  readonly audit: (entry: NewEntry) => Promise<AuditEntry>
  /** As {@link AuditChain.changeKey}. */
  readonly changeKey: AuditChain['changeKey']
  /** Sequence of the next audit entry. Takes the head of the log, which everybody waits for: as late as can be. */
  readonly nextAuditSeq: () => Promise<number>
  /** As {@link AuditChain.releaseEpoch}. */
  readonly releaseEpochAtHead: () => Promise<number>
  /** A change made at the end, with the audit entries; nothing in the transaction reads it. */
  readonly later: (change: Change) => void
}

/** The parts of a chain that the verbs use. */
export function writeTx(
  trx: Transaction<Database>,
  { nowMs, dialect }: { readonly nowMs: number; readonly dialect: SqlDialectName },
  chain: AuditChain,
): WriteTx {
  return {
    trx,
    dialect,
    nowMs,
    audit: chain.append,
    changeKey: chain.changeKey,
    nextAuditSeq: chain.nextSeq,
    releaseEpochAtHead: chain.releaseEpoch,
    later: chain.later,
  }
}

/** Thrown inside {@link write} to undo everything and still answer. */
export class Undo<T> extends Error {
  constructor(readonly answer: T) {
    super('undo')
  }
}

/**
 * Runs `work` in one write transaction. When this returns, it is on disk; when it throws, nothing of it is.
 *
 * @throws StoreError when the store cannot do it.
 */
export async function write<T>(ctx: JournalContext, work: (tx: WriteTx) => Promise<T>): Promise<T> {
  mustBeOpen(ctx)
  return await writeEvenClosing(ctx, work)
}

/** As {@link write}, for the transaction that closes the journal. */
export async function writeEvenClosing<T>(ctx: JournalContext, work: (tx: WriteTx) => Promise<T>): Promise<T> {
  const { storeId, keys, heads, scrub, dialect } = { ...ctx, dialect: ctx.engine.dialect }
  try {
    const { answer, head } = await transact(ctx.engine, ctx.locks ?? {}, async (trx, nowMs) => {
      const chain = auditChain(trx, { storeId, keys, nowMs, exportedSeq: heads.exportedSeq(), dialect, scrub })
      const answered = await work(writeTx(trx, { nowMs, dialect }, chain))
      return { answer: answered, head: await chain.seal() }
    })
    if (head && head.seq - heads.exportedSeq() >= ctx.headEvery) exportHead(ctx, head)
    return answer
  } catch (error) {
    if (error instanceof Undo) return error.answer as T
    throw error
  }
}

const maxAttempts = 20

/**
 * Runs one write transaction, and runs it again from its first statement when it lost a race in the database (nothing of it
 * happened then). A commit without an answer is looked up: what happened is not done twice, what did not is done again.
 *
 * @throws StoreError when the store cannot do it.
 */
export async function transact<T>(
  engine: Engine,
  locks: Locks,
  work: (trx: Transaction<Database>, nowMs: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const done: { mark?: string; answer?: T } = {}
    try {
      return await engine.db.transaction().execute(async (trx) => {
        const { nowMs, mark } = await engine.begin(trx, locks)
        if (mark !== undefined) done.mark = mark
        done.answer = await work(trx, nowMs)
        return done.answer
      })
    } catch (error) {
      if (error instanceof LostCommit) {
        if (await engine.didCommit(done.mark)) return done.answer as T
      } else if (!(error instanceof Repeatable)) throw error
      if (attempt >= maxAttempts) throw error.cause
    }
  }
}

/** Runs `work` on one consistent view, changing nothing; again, where the line or the database ended it. */
export async function read<T>(ctx: JournalContext, work: (trx: Transaction<Database>) => Promise<T>): Promise<T> {
  mustBeOpen(ctx)
  for (let attempt = 1; ; attempt++) {
    try {
      return await ctx.db.transaction().setAccessMode('read only').execute(work)
    } catch (error) {
      if (!(error instanceof LostCommit) && !(error instanceof Repeatable)) throw error
      if (attempt >= maxAttempts) throw error.cause
    }
  }
}

/** Appends a head outside the database. Failing does not undo what was committed; it stops new orders instead. */
export function exportHead(ctx: JournalContext, head: ExportedHead): void {
  try {
    ctx.heads.append(head)
    delete ctx.status.unwrittenHead
  } catch (error) {
    ctx.status.unwrittenHead = head
    ctx.log.error('audit_head_not_written', { path: ctx.headsPath, seq: head.seq, error })
  }
  ctx.onHead?.(formatHead(head))
}

/** Lets the store remember, signed, how far its heads are outside: from then on a cut heads file shows. */
export async function rememberExport(ctx: JournalContext): Promise<void> {
  await writeEvenClosing(ctx, async () => {})
}

/** @throws StoreError `ERR_STORE_IO` while heads cannot be written: no audit, no order. */
export function mustBeAudited(ctx: JournalContext): void {
  const unwritten = ctx.status.unwrittenHead
  if (!unwritten) return
  exportHead(ctx, unwritten)
  if (!ctx.status.unwrittenHead) return
  throw new StoreError('ERR_STORE_IO', 'The signed audit heads cannot be written, so no new order may leave', {
    hint: `make ${ctx.headsPath} writable; the next order tries again`,
  })
}

function mustBeOpen(ctx: JournalContext): void {
  if (ctx.status.phase !== 'open') throw new StoreError('ERR_STORE_IO', 'The journal is closed')
}
