import { type Field, type Row, textOf, wholeOf } from '../field.js'
import type { ReadOnlyFile } from './sqlite-file.js'
import { bytesOf, lowest, type Page, PageSize, quoted, readPlainPage } from './sqlite-plain.js'

const pageSize = 500

/** Every row of a table by its number, in pages; pages of plain values come fast, all others value by value. */
export async function* pagesOf(
  file: ReadOnlyFile,
  table: string,
  { afterNumber, isPlain }: { readonly afterNumber: number | undefined; readonly isPlain: boolean },
): AsyncGenerator<readonly Row[]> {
  const columns = file
    .all(`select name, upper(type) as type from pragma_table_info('${table}') order by name`)
    .map(({ name, type }) => ({ name: String(name), isWhole: type === 'INTEGER' }))
  if (columns.length === 0) return
  const names = columns.map(({ name }) => name)
  const size = new PageSize()
  let after = afterNumber === undefined ? lowest : String(afterNumber)
  for (;;) {
    const plain = isPlain ? readPlainPage(file, table, columns, after, size) : undefined
    const page = plain ?? readPage(file, table, names, after)
    if (page.rows.length === 0) return
    yield page.rows
    after = page.last
  }
}

/**
 * The page after a place, whatever stands in the file, as one blob: every value with a letter for its kind, NUL between them. No driver sees
 * text of a suspect file (one ends the process on text that is not UTF-8), and a page costs one trip instead of one for each value. A page
 * that does not come apart into as many values as it has is read again, value by value.
 */
function readPage(file: ReadOnlyFile, table: string, columns: readonly string[], after: string): Page {
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
