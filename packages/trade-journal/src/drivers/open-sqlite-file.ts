import { closeSync, openSync } from 'node:fs'
import { ConfigError } from '@tidegate/trading-model'
import { mapStoreError } from '../sql/map-store-error.js'
import { openLibsql } from './libsql.js'
import { openNodeSqlite } from './node-sqlite.js'
import type { SqliteFile } from './sqlite-file.js'

/** Which SQLite to use. `auto`: Node's own where present, else libsql. */
export type DriverChoice = 'auto' | 'node:sqlite' | 'libsql'

/**
 * Opens or creates a SQLite file that only its owner may read.
 *
 * @throws ConfigError when this Node has no SQLite and libsql is not installed. StoreError when the file cannot be opened.
 */
export function openSqliteFile(path: string, choice: DriverChoice = 'auto'): SqliteFile {
  createPrivately(path)
  let file: SqliteFile | undefined
  try {
    if (choice !== 'libsql') file = openNodeSqlite(path)
    if (!file && choice !== 'node:sqlite') file = openLibsql(path)
  } catch (error) {
    throw mapStoreError(error, `open ${path}`)
  }
  if (file) return file
  throw new ConfigError('ERR_CONFIG_MISSING', `No SQLite here for the store (${choice})`, {
    hint: 'use Node 24, or install the optional dependency libsql',
  })
}

/**
 * Creates the file with mode 0600. An existing file is never opened: closing any descriptor of a file drops
 * every POSIX lock this process holds on it.
 */
export function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw mapStoreError(error, `create ${path}`)
  }
}
