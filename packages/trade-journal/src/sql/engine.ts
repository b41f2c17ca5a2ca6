import type { Kysely, Transaction } from 'kysely'
import type { Database } from './database.js'
import type { SqlDialectName } from './ddl.js'

/** What a write transaction locks before anything else, in this order; SQLite holds the whole store anyway. */
export interface Locks {
  /** The mode row: `share` to act under the mode, `update` to change one. First, so that a kill switch is before or after. */
  readonly modes?: 'share' | 'update'
  /** Order-rate scopes: who counts or records in one of them does it alone. */
  readonly scopes?: readonly string[]
  readonly intentId?: string
}

/** How a write transaction began. */
export interface Begun {
  /** The store's own time, ms since epoch, read after the locks were taken. */
  readonly nowMs: number
  /** Names the transaction to {@link Engine.didCommit}. */
  readonly mark?: string
}

/** One open database with what the two kinds of it do differently. */
export interface Engine {
  readonly dialect: SqlDialectName
  /** For the log: `node:sqlite`, `libsql` or `pg`. */
  readonly driver: string
  /** For sentences: the file, or `host:port/database`. Never a password. */
  readonly name: string
  readonly db: Kysely<Database>
  /** Waits until nobody else opens this store, for the rest of the transaction. */
  lockForOpening(trx: Transaction<Database>): Promise<void>
  /** Takes locks, then reads the time: what waited for a lock is not older than what held it. */
  begin(trx: Transaction<Database>, locks: Locks): Promise<Begun>
  nowMs(trx: Transaction<Database>): Promise<number>
  /** Asks what became of a transaction whose COMMIT got no answer. */
  didCommit(mark: string | undefined): Promise<boolean>
  /** Copies the database as it is at one moment into an empty file; only where the database is a file. */
  readonly copyTo?: (path: string) => Promise<void>
  close(): Promise<void>
}

/** The transaction did nothing and may be done again from its first statement; `cause` is what to say when it may not. */
export class Repeatable extends Error {
  constructor(override readonly cause: Error) {
    super(cause.message)
  }
}

/** COMMIT was sent and no answer came: it may have happened. */
export class LostCommit extends Error {
  constructor(override readonly cause: Error) {
    super(cause.message)
  }
}
