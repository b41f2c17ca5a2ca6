import { isUtf8 } from 'node:buffer'
import { StoreError } from '@tidegate/trading-model'
import type { SqliteFile } from '../drivers/sqlite-file.js'
import { mapStoreError } from './map-store-error.js'

/** Up to this size every text is looked at whenever the store is opened: a few hundred ms at most. */
const smallBytes = 32 * 1024 * 1024

const rowsAtOnce = 1_000n

/**
 * Looks for text that is no UTF-8: one driver ends the whole process when an ordinary read meets it. A large store is gone
 * through only when the one before did not close it.
 *
 * @throws StoreError `ERR_STORE_CORRUPT` with the table it is in.
 */
export function checkText(file: SqliteFile, path: string): void {
  try {
    const tables = textColumns(file)
    if (isLarge(file) && wasClosed(file, tables)) return
    for (const [table, columns] of tables) {
      if (isReadable(file, table, columns)) continue
      throw new StoreError('ERR_STORE_CORRUPT', `${path} is damaged: table ${table} holds text that is none`, {
        hint: 'stop trading, keep the files, restore a backup',
      })
    }
  } catch (error) {
    throw mapStoreError(error, `read ${path}`)
  }
}

function textColumns(file: SqliteFile): ReadonlyMap<string, readonly string[]> {
  const rows = file.all(
    `select m.name as name, c.name as text_column from sqlite_master m join pragma_table_info(m.name) c
     where m.type = 'table' and upper(c.type) = 'TEXT'`,
    [],
  )
  const tables = new Map<string, string[]>()
  for (const row of rows) {
    const name = String(row['name'])
    tables.set(name, [...(tables.get(name) ?? []), String(row['text_column'])])
  }
  return tables
}

function isLarge(file: SqliteFile): boolean {
  const [row] = file.all('select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()', [])
  return Number(row?.['bytes']) > smallBytes
}

function wasClosed(file: SqliteFile, tables: ReadonlyMap<string, readonly string[]>): boolean {
  if (!tables.has('instances')) return false
  const [last] = file.all('select closed_at_ms from instances order by epoch desc limit 1', [])
  return typeof last?.['closed_at_ms'] === 'bigint'
}

function isReadable(file: SqliteFile, table: string, columns: readonly string[]): boolean {
  const values = columns.map((column, index) => `cast(${quoted(column)} as blob) as c${index}`)
  const page = `select rowid as place, ${values.join(', ')} from ${quoted(table)} where rowid > ? order by rowid limit ?`
  for (let place: unknown = -(2n ** 63n); typeof place === 'bigint'; ) {
    const rows = file.all(page, [place, rowsAtOnce])
    if (!rows.every((row) => columns.every((_, index) => isText(row[`c${index}`])))) return false
    place = BigInt(rows.length) === rowsAtOnce ? rows.at(-1)?.['place'] : undefined
  }
  return true
}

function isText(bytes: unknown): boolean {
  return bytes === null || (bytes instanceof Uint8Array ? isUtf8(bytes) : isUtf8(new Uint8Array(bytes as ArrayBuffer)))
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
