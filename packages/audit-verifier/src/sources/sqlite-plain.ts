import { type Field, type Row, textOf } from '../field.js'
import type { HashedEntry } from '../source.js'
import type { ReadOnlyFile } from './sqlite-file.js'

/** Some rows of a table, and the number of the last of them. */
export interface Page {
  readonly rows: readonly Row[]
  readonly last: string
}

export const lowest = String(-(2n ** 63n))

const wantedBytes = 1_000_000
const mostRows = 4_000

/** How many rows a page may have, so that pages stay small whatever is in them. */
export class PageSize {
  rows = 32

  /** After a page of so many bytes. */
  sawBytes(bytes: number): void {
    if (bytes < wantedBytes / 2) this.rows = Math.min(this.rows * 2, mostRows)
    else if (bytes > wantedBytes * 2) this.rows = Math.max(1, this.rows >> 1)
  }
}

/**
 * True when this SQLite writes text as JSON the way it is relied upon here: every letter of it, NUL as well, text apart from numbers, no blob
 * at all.
 */
export function writesPlainText(file: ReadOnlyFile): boolean {
  const written = tryRead(file, `select cast(json_array(cast(x'226100625c0a' as text), 7, 7.0, null) as blob) as text`)
  const blob = tryRead(file, `select cast(json_array(x'61') as blob) as text`)
  return textOf(bytesOf(written?.['text'])) === '["\\"a\\u0000b\\\\\\n",7,7.0,null]' && blob === undefined
}

/**
 * Reads a page that SQLite writes as JSON, one row a line. Whole numbers that a JavaScript number cannot hold, fractions, blobs and
 * bytes that are no text do not come through so: then there is no page.
 */
export function readPlainPage(
  file: ReadOnlyFile,
  table: string,
  columns: readonly { readonly name: string; readonly isWhole: boolean }[],
  after: string,
  size: PageSize,
): Page | undefined {
  const names = columns.map(({ name }) => quoted(name))
  const odd = columns.filter(({ isWhole }) => isWhole).map(({ name }) => isOdd(quoted(name)))
  const page = tryRead(
    file,
    `select cast(max(place) as text) as last, sum(odd) as odd, cast(group_concat(line, char(10)) as blob) as text from (
       select rowid as place, ${odd.length === 0 ? '0' : odd.join(' + ')} as odd, json_array(${names.join(', ')}) as line
       from ${quoted(table)} where rowid > cast(? as integer) order by rowid limit ${size.rows})`,
    after,
  )
  if (!page) return undefined
  if (page['last'] === null) return { rows: [], last: after }
  const bytes = bytesOf(page['text'])
  size.sawBytes(bytes.byteLength)
  const text = Number(page['odd']) === 0 ? textOf(bytes) : undefined
  const lines = text === undefined ? undefined : (parse(`[${text.replaceAll('\n', ',')}]`) as Field[][] | undefined)
  if (!lines?.every((cells) => cells.every((cell, at) => isAsDeclared(cell, columns[at]?.isWhole === true)))) {
    return undefined
  }
  const rows = lines.map((cells) => {
    const row: Record<string, Field> = {}
    for (let at = 0; at < columns.length; at++) row[(columns[at] as { name: string }).name] = cells[at]
    return row
  })
  return { rows, last: page['last'] as string }
}

/** A whole number that is none, or has more digits than a JavaScript number keeps. */
function isOdd(column: string): string {
  return `(${column} is not null and (typeof(${column}) <> 'integer' or ${column} not between -9007199254740991 and 9007199254740991))`
}

/** Of columns of whole numbers SQLite has said that they are; others must hold text. */
function isAsDeclared(cell: Field, isWhole: boolean): boolean {
  return cell === null || typeof cell === (isWhole ? 'number' : 'string')
}

const hashed = `json_array('tidegate.audit/1', seq, at_ms, actor, type, intent_id, body, prev)`
/** `["` + 64 hex digits + `"]` */
const hashLength = 68

/** See {@link StoreSource.hashedEntries}: SQLite writes the text that was hashed, and with it stored kinds that would be others. */
export async function* hashedEntriesOf(file: ReadOnlyFile, afterSeq: number): AsyncGenerator<readonly HashedEntry[]> {
  const size = new PageSize()
  let after = afterSeq === 0 ? lowest : String(afterSeq)
  for (;;) {
    const page = tryRead(
      file,
      `select cast(max(seq) as text) as last, cast(group_concat(line, char(10)) as blob) as text from (
         select seq, ${hashed} || json_array(hash) as line
         from audit where seq > cast(? as integer) order by seq limit ${size.rows})`,
      after,
    )
    const bytes = bytesOf(page?.['text'])
    const text = textOf(bytes)
    if (!page || page['last'] === null || text === undefined) return
    size.sawBytes(bytes.byteLength)
    const entries: HashedEntry[] = []
    for (const line of text.split('\n')) {
      const cut = line.length - hashLength
      if (!line.startsWith('["', cut) || !line.endsWith('"]')) return yield entries
      entries.push({ text: line.slice(0, cut), hash: line.slice(cut + 2, -2) })
    }
    yield entries
    after = page['last'] as string
  }
}

/** The one row of a question; `undefined` where SQLite cannot answer it, which the exact reading will then say. */
function tryRead(file: ReadOnlyFile, sql: string, ...params: string[]): Readonly<Record<string, unknown>> | undefined {
  try {
    return file.all(sql, ...params)[0]
  } catch {
    return undefined
  }
}

/** The bytes of a blob as the driver hands it out; none when it is no blob. */
export function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  return value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array()
}

/** A name inside a statement. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
