import { createRequire } from 'node:module'
import {
  type Anchors,
  type ComparedTable,
  comparedTables,
  type Field,
  type Row,
  type Verdict,
  Verification,
} from '@tidegate/audit-verifier'

interface Database {
  prepare(sql: string): {
    all(params: readonly unknown[]): Record<string, unknown>[]
    run(params: readonly unknown[]): unknown
  }
  exec(sql: string): void
  close(): void
}
const Libsql = createRequire(import.meta.url)('libsql') as new (path: string) => Database

/** One stored value: its kind and its bytes, so that single bytes of it can be changed. */
export interface Cell {
  readonly kind: 'text' | 'integer' | 'null'
  readonly bytes: Buffer
}
export type RawRow = Readonly<Record<string, Cell>>
export type Rows = Readonly<Record<string, readonly Row[]>>
export type RawStore = Readonly<Record<string, readonly RawRow[]>>

/** Opens a store's file past every rule. */
export function openRaw(path: string): Database {
  const database = new Libsql(path)
  database.exec('pragma busy_timeout = 5000; pragma foreign_keys = off; pragma synchronous = off')
  return database
}

/** Everything the verifier reads, in the order of the rows' numbers. */
export function dump(path: string): RawStore {
  const database = openRaw(path)
  const tables = ['meta', 'audit', 'audit_head', ...Object.keys(comparedTables)]
  const store = Object.fromEntries(tables.map((table) => [table, dumpTable(database, table)]))
  database.close()
  return store
}

function dumpTable(database: Database, table: string): readonly RawRow[] {
  const columns = database
    .prepare(`select name from pragma_table_info('${table}')`)
    .all([])
    .map(({ name }) => String(name))
  const values = columns.flatMap((column, at) => [`typeof(${column}) as k${at}`, `cast(${column} as blob) as v${at}`])
  const rows = database.prepare(`select ${values.join(', ')} from ${table} order by rowid`).all([])
  return rows.map((row) =>
    Object.fromEntries(
      columns.map((column, at) => {
        const kind = row[`k${at}`] as Cell['kind']
        return [column, { kind, bytes: Buffer.from((row[`v${at}`] ?? []) as Uint8Array) }]
      }),
    ),
  )
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A cell as the verifier's own readers would make of it. */
export function fieldOf({ kind, bytes }: Cell): Field {
  if (kind === 'null') return null
  try {
    const text = utf8.decode(bytes)
    if (kind === 'text') return text
    const number = Number(text)
    return Number.isSafeInteger(number) ? number : BigInt(text)
  } catch {
    return undefined
  }
}

export function rowOf(raw: RawRow): Row {
  return Object.fromEntries(Object.entries(raw).map(([column, cell]) => [column, fieldOf(cell)]))
}

/** The whole check over rows in memory. */
export function judge(store: RawStore, anchors: Anchors): Verdict {
  return judgeRows(Object.fromEntries(Object.entries(store).map(([table, rows]) => [table, rows.map(rowOf)])), anchors)
}

/** The same, where the rows were read before. */
export function judgeRows(store: Rows, anchors: Anchors): Verdict {
  return verificationOf(store, anchors).verdict()
}

/** A check that was fed everything. */
export function verificationOf(store: Rows, anchors: Anchors): Verification {
  const verification = new Verification(anchors, { isOnlyWriter: true })
  verification.identity(store['meta']?.[0])
  for (const row of store['audit'] ?? []) verification.entry(row)
  if (verification.isWhole) compareAll(verification, store)
  verification.head(store['audit_head']?.[0])
  return verification
}

/** Compares the tables with what the entries told; true when all is as they say. */
export function compareAll(verification: Verification, store: Rows): boolean {
  const comparison = verification.compare()
  for (const table of Object.keys(comparedTables) as ComparedTable[]) {
    for (const row of store[table] ?? []) comparison.row(table, row)
  }
  return comparison.end()
}

/** Every change of a cell by one byte that is tried: two for each byte of a text, each bit of a number, and no value at all. */
export function* changesOf({ kind, bytes }: Cell): Generator<Cell> {
  if (kind === 'text') {
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [1 << (at % 7), 0x80]) yield { kind, bytes: withByte(bytes, at, bytes.readUInt8(at) ^ mask) }
    }
    yield { kind, bytes: Buffer.concat([bytes, Buffer.from('x')]) }
  }
  if (kind === 'integer') {
    const value = BigInt(bytes.toString())
    for (let bit = 0n; bit < 64n; bit++) {
      yield { kind, bytes: Buffer.from(String(BigInt.asIntN(64, value ^ (1n << bit)))) }
    }
  }
  yield kind === 'null' ? { kind: 'text', bytes: Buffer.from('x') } : { kind: 'null', bytes: Buffer.alloc(0) }
}

export function withByte(bytes: Buffer, at: number, byte: number): Buffer {
  const changed = Buffer.from(bytes)
  changed.writeUInt8(byte, at)
  return changed
}

/** Writes a cell into a store's file. */
export function writeCell(
  database: Database,
  place: { table: string; column: string; where: string },
  { kind, bytes }: Cell,
): void {
  const hex = `x'${bytes.toString('hex')}'`
  const value = kind === 'null' ? 'null' : kind === 'text' ? `cast(${hex} as text)` : bytes.toString()
  database.exec(`update ${place.table} set ${place.column} = ${value} where ${place.where}`)
}
