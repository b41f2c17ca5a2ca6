import { StoreError } from '@tidegate/trading-model'
import type { SqliteFile } from '../drivers/sqlite-file.js'
import { mapStoreError } from './map-store-error.js'

/** How a SQLite of some version has to be run so that a commit survives power loss and two processes cannot damage it. */
export interface JournalMode {
  readonly journal: 'wal' | 'truncate'
  readonly synchronous: 'full' | 'extra'
}

/**
 * WAL from 3.51.3 on; before, two processes that write and checkpoint at once can damage a WAL store, so TRUNCATE.
 *
 * @param version - `sqlite_version()`, e.g. `3.45.1`.
 */
export function journalModeFor(version: string): JournalMode {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  const isFixed = major > 3 || (major === 3 && (minor > 51 || (minor === 51 && patch >= 3)))
  return isFixed ? { journal: 'wal', synchronous: 'full' } : { journal: 'truncate', synchronous: 'extra' }
}

/**
 * Sets up one connection and checks the file's structure.
 *
 * @throws StoreError `ERR_STORE_BUSY` when another process holds it, `ERR_STORE_CORRUPT` when it is damaged or no database.
 */
export function prepareSqlite(file: SqliteFile, path: string, busyTimeoutMs: number): void {
  try {
    file.exec(`pragma busy_timeout = ${Math.trunc(busyTimeoutMs)}`)
    const mode = journalModeFor(String(file.all('select sqlite_version() as version', [])[0]?.['version']))
    const got = file.all(`pragma journal_mode = ${mode.journal}`, [])[0]?.['journal_mode']
    if (got !== mode.journal) {
      throw new StoreError(
        'ERR_STORE_BUSY',
        `${path} cannot change to journal mode ${mode.journal} now (${String(got)})`,
        {
          hint: 'stop the other process that has it open',
        },
      )
    }
    file.exec(`pragma synchronous = ${mode.synchronous}; pragma fullfsync = on; pragma foreign_keys = on`)
    const health = String(file.all('pragma quick_check(1)', [])[0]?.['quick_check'])
    if (health !== 'ok') throw new StoreError('ERR_STORE_CORRUPT', `${path} is damaged: ${health}`)
  } catch (error) {
    throw mapStoreError(error, `open ${path}`)
  }
}
