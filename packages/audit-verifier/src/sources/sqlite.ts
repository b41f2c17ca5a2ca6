import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Field, type Row, textOf, wholeOf } from '../field.js'
import type { StoreSource } from '../source.js'
import { openForReading, type ReadOnlyFile } from './sqlite-file.js'

const pageSize = 500

/**
 * Opens a store in a SQLite file, for reading only. Where a crash left work in a side file that only a writer could finish, a private copy
 * is finished and read instead; the store itself stays as it was found.
 *
 * @throws An error with a sentence where it is not there or no SQLite file.
 */
export function openSqliteSource(path: string): StoreSource {
  if (!existsSync(path)) throw new Error(`There is no store ${path}`)
  const { file, dispose } = openOrCopy(path)
  const mode = String(file.all('pragma journal_mode')[0]?.['journal_mode'])
  return {
    name: path,
    isOnlyWriter: true,
    viewHoldsUp: mode !== 'wal',
    hold: async () => {
      file.all('begin')
      // The view begins with the first read.
      file.all('select count(*) as n from sqlite_master')
    },
    release: async () => void file.all('rollback'),
    pages: (table, options = {}) => pagesOf(file, table, options.afterNumber),
    close: async () => {
      file.close()
      dispose()
    },
  }
}

function openOrCopy(path: string): { readonly file: ReadOnlyFile; readonly dispose: () => void } {
  try {
    const file = openForReading(path)
    try {
      file.all('select count(*) as n from sqlite_master')
      return { file, dispose: () => {} }
    } catch (error) {
      file.close()
      throw error
    }
  } catch (error) {
    if (!hasUnfinishedWork(path)) throw new Error(`${path} cannot be read: ${sentence(error)}`, { cause: error })
    return openCopy(path)
  }
}

const sideFiles = ['-journal', '-wal'] as const

function hasUnfinishedWork(path: string): boolean {
  return sideFiles.some((end) => existsSync(path + end) && statSync(path + end).size > 0)
}

function openCopy(path: string): { readonly file: ReadOnlyFile; readonly dispose: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-verify-'))
  const dispose = () => rmSync(folder, { recursive: true, force: true })
  try {
    const copy = join(folder, 'store')
    for (const end of ['', ...sideFiles]) if (existsSync(path + end)) copyFileSync(path + end, copy + end)
    const file = openForReading(copy, { mayWrite: true })
    file.all('select count(*) as n from sqlite_master')
    return { file, dispose }
  } catch (error) {
    dispose()
    throw new Error(`${path} cannot be read, and neither can a copy of it: ${sentence(error)}`, { cause: error })
  }
}

async function* pagesOf(file: ReadOnlyFile, table: string, afterNumber?: number): AsyncGenerator<readonly Row[]> {
  const columns = file
    .all(`select name from pragma_table_info('${table}') order by cid`)
    .map(({ name }) => String(name))
  if (columns.length === 0) return
  let after = afterNumber === undefined ? lowest : String(afterNumber)
  for (;;) {
    const page = readPage(file, table, columns, after)
    if (page.rows.length === 0) return
    yield page.rows
    after = page.last
  }
}

const lowest = String(-(2n ** 63n))

/**
 * A page comes as one blob: every value with a letter for its kind, NUL between them. No driver sees text of a suspect file (one
 * ends the process on text that is not UTF-8), and a page costs one trip instead of one for each value. A page that does not come apart into
 * as many values as it has is read again, value by value.
 */
function readPage(
  file: ReadOnlyFile,
  table: string,
  columns: readonly string[],
  after: string,
): { readonly rows: readonly Row[]; readonly last: string } {
  const values = columns.map((column) => tagged(quoted(column))).join(' || char(0) || ')
  const inner = `select rowid as place, ${values} as line from ${quoted(table)} where rowid > cast(? as integer) order by rowid limit ${pageSize}`
  const [page] = file.all(
    `select cast(count(*) as text) as n, cast(max(place) as text) as last, cast(group_concat(line, char(0)) as blob) as text from (${inner})`,
    after,
  )
  const count = Number(page?.['n'])
  const last = String(page?.['last'])
  if (count === 0) return { rows: [], last: after }
  const parts = textOf(bytesOf(page?.['text']))?.split('\0')
  if (parts?.length !== count * columns.length) return { rows: readSlowly(file, table, columns, after), last }
  const rows: Row[] = []
  for (let at = 0; at < parts.length; at += columns.length) {
    const row: Record<string, Field> = {}
    for (let index = 0; index < columns.length; index++)
      row[columns[index] as string] = untag(parts[at + index] as string)
    rows.push(row)
  }
  return { rows, last }
}

function tagged(column: string): string {
  return `case typeof(${column}) when 'text' then 't' || ${column} when 'integer' then 'i' || ${column} when 'null' then 'n' else 'x' end`
}

function untag(value: string): Field {
  const kind = value.charCodeAt(0)
  if (kind === 116) return value.slice(1)
  if (kind === 105) return wholeOf(value.slice(1))
  return kind === 110 ? null : undefined
}

function readSlowly(file: ReadOnlyFile, table: string, columns: readonly string[], after: string): readonly Row[] {
  const values = columns.flatMap((column, index) => [
    `typeof(${quoted(column)}) as k${index}`,
    `cast(${quoted(column)} as blob) as v${index}`,
  ])
  const stored = file.all(
    `select ${values.join(', ')} from ${quoted(table)} where rowid > cast(? as integer) order by rowid limit ${pageSize}`,
    after,
  )
  return stored.map((cells) =>
    Object.fromEntries(columns.map((column, index) => [column, fieldOf(cells[`k${index}`], cells[`v${index}`])])),
  )
}

function fieldOf(kind: unknown, value: unknown): Field {
  if (kind === 'null') return null
  if (kind !== 'text' && kind !== 'integer') return undefined
  const text = textOf(bytesOf(value))
  return kind === 'text' || text === undefined ? text : wholeOf(text)
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  return value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array()
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
