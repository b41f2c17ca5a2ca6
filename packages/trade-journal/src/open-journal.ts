import type { Clock, Disk, Environment, Ids, Journal, Log, Random } from '@tidegate/trading-model'
import { auditChain } from './audit/audit-chain.js'
import { showPublicKeys } from './audit/export-newest.js'
import { newestHead, openHeadsFile, readHeads } from './audit/heads-file.js'
import type { JournalContext } from './context.js'
import { createJournal } from './create-journal.js'
import { type DriverChoice, openSqliteFile } from './drivers/open-sqlite-file.js'
import { openPostgresPool, readPostgresUrl } from './drivers/postgres-pool.js'
import { nodeDisk } from './node-disk.js'
import { openStore } from './open-store.js'
import { registerInstance } from './records/instances.js'
import { checkText } from './sql/check-text.js'
import type { Engine } from './sql/engine.js'
import { isSlowness } from './sql/map-postgres-error.js'
import { postgresEngine } from './sql/postgres-engine.js'
import { prepareSqlite } from './sql/prepare-sqlite.js'
import { sqliteEngine } from './sql/sqlite-engine.js'
import { exportHead, mustBeAudited, rememberExport, transact, writeTx } from './write.js'

interface SharedOptions {
  readonly environment: Environment
  /** Names this machine and user; a SQLite store refuses others. */
  readonly hostId: string
  readonly clock: Clock
  readonly ids: Ids
  readonly random: Random
  readonly log: Log
  /** @default the real disk */
  readonly disk?: Disk
  /**
   * Absolute path of the append-only file of signed heads; best on another volume. The public key is written beside it, as
   * `${headsPath}.pub`.
   */
  readonly headsPath: string
  /** Absolute path of the key that signs heads, mode 0600; never beside heads on a volume that others may read. @default `${headsPath}.key` */
  readonly keyPath?: string
  /** Told of every signed head as the line that went outside, also when the file could not take it. Must not throw or wait. */
  readonly onHead?: (line: string) => void
  /**
   * A signed head goes outside after this many entries, and at open and close. What came after the last one is what a
   * restored older copy could hide.
   *
   * @default 100
   */
  readonly headEvery?: number
  /** How long a statement waits for another process or gateway, ms. @default 5000 */
  readonly busyTimeoutMs?: number
  /**
   * Take the right to submit from every earlier instance. `false` for a second reader such as `audit verify`.
   *
   * @default true on SQLite, false on PostgreSQL
   */
  readonly fenceOthers?: boolean
  /** Masks secrets in actor and body of audit entries before they are hashed. @default nothing is masked by value */
  readonly scrub?: (text: string) => string
}

/** A store in one file, for one owner. */
export interface OpenSqliteOptions extends SharedOptions {
  /** Absolute path of the SQLite file; created with mode 0600 when absent. */
  readonly path: string
  /** @default 'auto' */
  readonly driver?: DriverChoice
}

/** A store on PostgreSQL, for any number of gateways. Its time is the database's; `clock` is not asked. */
export interface OpenPostgresOptions extends SharedOptions {
  /**
   * `postgres://user:password@host:5432/database`. Off loopback the connection is TLS with a verified certificate;
   * `?sslrootcert=FILE` names a private authority.
   */
  readonly url: string
  /** Connections at once. @default 6 */
  readonly connections?: number
}

export type OpenJournalOptions = OpenSqliteOptions | OpenPostgresOptions

const defaultPatienceMs = 5_000
/** Each waits for its own patience, so no pause is needed between them. */
const TRIES_WHEN_SLOW = 5

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
  let triesLeft = 'url' in options ? TRIES_WHEN_SLOW : 1
  for (;;) {
    triesLeft--
    try {
      return await openJournalOn(await openEngine(options), options)
    } catch (error) {
      // What a busy machine does to one try says nothing about the store, and a try that failed has left nothing behind.
      if (triesLeft === 0 || !isSlowness(error)) throw error
      options.log.warn('journal_open_retried', { error, tries_left: triesLeft })
    }
  }
}

/** The same over a database that is open already; closes it when it cannot be ours. */
export async function openJournalOn(engine: Engine, options: OpenJournalOptions): Promise<Journal> {
  try {
    return createJournal(await openContext(engine, options))
  } catch (error) {
    await engine.close()
    throw error
  }
}

async function openEngine(options: OpenJournalOptions): Promise<Engine> {
  const patienceMs = options.busyTimeoutMs ?? defaultPatienceMs
  if ('url' in options) {
    const address = readPostgresUrl(options.url, options.disk ?? nodeDisk)
    const pool = await openPostgresPool(address, { connections: options.connections ?? 6, patienceMs })
    return postgresEngine(pool, address.name)
  }
  const file = openSqliteFile(options.path, options.driver)
  try {
    prepareSqlite(file, options.path, patienceMs)
    checkText(file, options.path)
    return sqliteEngine(file, options.path, options.clock)
  } catch (error) {
    file.close()
    throw error
  }
}

async function openContext(engine: Engine, options: OpenJournalOptions): Promise<JournalContext> {
  const { clock, ids, log, environment, hostId, headsPath } = options
  const keyPath = options.keyPath ?? `${headsPath}.key`
  const { db, dialect, name, driver } = engine
  const disk = options.disk ?? nodeDisk
  const fenceOthers = options.fenceOthers ?? dialect === 'sqlite'
  const instanceId = ids.uuid()
  const outside = readHeads(disk, headsPath)
  const { store, head } = await transact(engine, {}, async (trx, nowMs) => {
    await engine.lockForOpening(trx)
    const opened = await openStore(trx, { ...options, keyPath, engine, disk, nowMs })
    const exportedSeq = newestHead(outside.heads)?.seq ?? 0
    const chain = auditChain(trx, { ...opened, nowMs, exportedSeq, dialect, scrub: options.scrub })
    const tx = writeTx(trx, { nowMs, dialect }, chain)
    if (opened.isNew) {
      const { storeId, keys } = opened
      const body = { store: storeId, environment, host: hostId, public_key: keys.signer.publicKey }
      await tx.audit({ actor: 'journal', type: 'store.created', body })
    }
    await registerInstance(tx, { instanceId, hostId, fenceOthers })
    return { store: opened, head: await chain.seal() }
  })
  const heads = openHeadsFile(disk, headsPath, outside)
  const { storeId, deploySecret, keys, ring } = store
  const shared = {
    engine,
    db,
    clock,
    ids,
    random: options.random,
    log,
    disk,
    environment,
    instanceId,
    storeId,
    deploySecret,
    keys,
    headsPath,
    keyPath,
    heads,
    ...(options.onHead === undefined ? {} : { onHead: options.onHead }),
  }
  const ctx: JournalContext = {
    ...shared,
    headEvery: options.headEvery ?? 100,
    ...(options.scrub === undefined ? {} : { scrub: options.scrub }),
    status: { phase: 'open' },
  }
  try {
    // A crash may have come between a change of the key and its line.
    for (const change of ring.changes) heads.appendChange(change)
    showPublicKeys(ctx, ring)
    if (head) exportHead(ctx, head)
    mustBeAudited(ctx)
    await rememberExport(ctx)
  } catch (error) {
    heads.close()
    throw error
  }
  log.info('journal_opened', { store: name, driver, created: store.isNew, instance: instanceId })
  return ctx
}
