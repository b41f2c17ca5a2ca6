import type { Clock } from '@tidegate/trading-model'
import { Kysely, sql } from 'kysely'
import type { SqliteFile } from '../drivers/sqlite-file.js'
import type { Database } from './database.js'
import type { Engine } from './engine.js'
import { sqliteDialect } from './sqlite-dialect.js'

/** One SQLite file: every write transaction holds all of it, and its time is the Clock port's. */
export function sqliteEngine(file: SqliteFile, path: string, clock: Clock): Engine {
  const db = new Kysely<Database>({ dialect: sqliteDialect(file) })
  return {
    dialect: 'sqlite',
    driver: file.driver,
    name: path,
    db,
    lockForOpening: async () => {},
    begin: async () => ({ nowMs: clock.nowMs() }),
    nowMs: async () => clock.nowMs(),
    // SQLite answers a commit in this process, or this process is gone.
    didCommit: async () => false,
    // Transactions wait for it as for each other.
    copyTo: async (target) => void (await sql`vacuum into ${target}`.execute(db)),
    close: async () => file.close(),
  }
}
