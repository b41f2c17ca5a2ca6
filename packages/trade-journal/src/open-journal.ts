import type { Clock, Disk, Environment, Ids, Journal, Log, Random } from '@tidegate/trading-model'
import { Kysely } from 'kysely'
import { auditChain } from './audit/audit-chain.js'
import { newestHead, openHeadsFile, readHeads } from './audit/heads-file.js'
import type { JournalContext } from './context.js'
import { createJournal } from './create-journal.js'
import { type DriverChoice, openSqliteFile } from './drivers/open-sqlite-file.js'
import type { SqliteFile } from './drivers/sqlite-file.js'
import { nodeDisk } from './node-disk.js'
import { openStore } from './open-store.js'
import { registerInstance } from './records/instances.js'
import type { Database } from './sql/database.js'
import { prepareSqlite } from './sql/prepare-sqlite.js'
import { sqliteDialect } from './sql/sqlite-dialect.js'
import { exportHead, mustBeAudited, rememberExport, type WriteTx } from './write.js'

export interface OpenJournalOptions {
  /** Absolute path of the SQLite file; created with mode 0600 when absent. */
  readonly path: string
  readonly environment: Environment
  /** Names this machine and user; a store refuses others. */
  readonly hostId: string
  readonly clock: Clock
  readonly ids: Ids
  readonly random: Random
  readonly log: Log
  /** @default the real disk */
  readonly disk?: Disk
  /** Absolute path of the append-only file of signed heads; best on another volume. Its key is kept at `${headsPath}.key`. */
  readonly headsPath: string
  /**
   * A signed head goes outside after this many entries, and at open and close. What came after the last one is what a
   * restored older copy could hide.
   *
   * @default 100
   */
  readonly headEvery?: number
  /** How long a statement waits for another process, ms. @default 5000 */
  readonly busyTimeoutMs?: number
  /** Take the right to submit from every earlier instance. `false` for a second reader such as `audit verify`. @default true */
  readonly fenceOthers?: boolean
  /** @default 'auto' */
  readonly driver?: DriverChoice
}

/**
 * Opens the durable truth, or creates it.
 *
 * @throws StoreError `ERR_STORE_BUSY` locked by another process; `ERR_STORE_MIGRATION` written by a newer version;
 * `ERR_STORE_CORRUPT` damaged, changed or rolled back; `ERR_STORE_FOREIGN` of another environment or machine, or no journal.
 *
 * @example
 * const journal = await openJournal({ path: '/home/me/.tidegate/paper/journal.db', headsPath: '/home/me/.tidegate/paper/heads.jsonl', environment: 'paper', hostId, clock, ids, random, log })
 */
export async function openJournal(options: OpenJournalOptions): Promise<Journal> {
  const file = openSqliteFile(options.path, options.driver)
  try {
    prepareSqlite(file, options.path, options.busyTimeoutMs ?? 5_000)
    return createJournal(await openContext(file, options))
  } catch (error) {
    file.close()
    throw error
  }
}

async function openContext(file: SqliteFile, options: OpenJournalOptions): Promise<JournalContext> {
  const { clock, ids, log, environment, hostId, headsPath, path } = options
  const disk = options.disk ?? nodeDisk
  const db = new Kysely<Database>({ dialect: sqliteDialect(file) })
  const instanceId = ids.uuid()
  const outside = readHeads(disk, headsPath)
  const { store, head } = await db.transaction().execute(async (trx) => {
    const nowMs = clock.nowMs()
    const opened = await openStore(trx, { ...options, disk, nowMs })
    const exportedSeq = newestHead(outside.heads)?.seq ?? 0
    const chain = auditChain(trx, { ...opened, nowMs, exportedSeq })
    const tx: WriteTx = { trx, nowMs, audit: chain.append, nextAuditSeq: chain.nextSeq }
    if (opened.isNew) {
      const { storeId, signer } = opened
      const body = { store: storeId, environment, host: hostId, public_key: signer.publicKey }
      await tx.audit({ actor: 'journal', type: 'store.created', body })
    }
    await registerInstance(tx, { instanceId, hostId, fenceOthers: options.fenceOthers ?? true })
    return { store: opened, head: await chain.seal() }
  })
  const heads = openHeadsFile(disk, headsPath, outside)
  const { storeId, deploySecret, signer } = store
  const shared = { db, clock, ids, log, disk, environment, instanceId, storeId, deploySecret, signer, headsPath, heads }
  const ctx: JournalContext = { ...shared, headEvery: options.headEvery ?? 100, status: { phase: 'open' } }
  try {
    if (head) exportHead(ctx, head)
    mustBeAudited(ctx)
    await rememberExport(ctx)
  } catch (error) {
    heads.close()
    throw error
  }
  log.info('journal_opened', { path, driver: file.driver, created: store.isNew, instance: instanceId })
  return ctx
}
