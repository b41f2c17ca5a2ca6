import { createRequire } from 'node:module'
import pg from 'pg'

/** A row as the database gives it; integers are bigint. */
export type Row = Readonly<Record<string, string | bigint | null>>

/** What the judge reads of a journal, all of one moment. */
export interface JournalTables {
  readonly intents: readonly Row[]
  readonly idempotency_keys: readonly Row[]
  readonly limit_rows: readonly Row[]
  readonly reservations: readonly Row[]
  readonly fills: readonly Row[]
  readonly modes: readonly Row[]
  readonly audit: readonly Row[]
  readonly audit_head: readonly Row[]
}

const queries: Readonly<Record<keyof JournalTables, string>> = {
  intents: 'select * from intents order by ordinal',
  idempotency_keys: 'select * from idempotency_keys',
  limit_rows: 'select * from limit_rows',
  reservations: 'select * from reservations',
  fills: 'select * from fills',
  modes: 'select * from modes',
  audit: 'select * from audit order by seq',
  audit_head: 'select * from audit_head',
}

interface ReadOnlyDatabase {
  prepare(sql: string): { all(): unknown[]; setReadBigInts?(enabled: boolean): unknown }
  exec(sql: string): unknown
  close(): void
  defaultSafeIntegers?(enabled: boolean): unknown
}

/**
 * Reads a SQLite journal with a driver and statements of the judge's own: nothing here is the product's. Read-only, in one
 * transaction, beside the owner.
 */
export function readSqliteJournal(path: string): JournalTables {
  const database = openReadOnly(path)
  try {
    database.exec('pragma busy_timeout = 5000')
    database.exec('begin')
    const all = (sql: string): readonly Row[] => {
      const statement = database.prepare(sql)
      statement.setReadBigInts?.(true)
      return statement.all() as Row[]
    }
    const tables = Object.fromEntries(Object.entries(queries).map(([name, sql]) => [name, all(sql)]))
    database.exec('commit')
    return tables as unknown as JournalTables
  } finally {
    database.close()
  }
}

/** Reads a journal on PostgreSQL, in one read-only transaction that sees one moment. */
export async function readPostgresJournal(url: string): Promise<JournalTables> {
  const asBigint = (type: number): ((value: string) => unknown) =>
    type === 20 ? (value) => BigInt(value) : (value) => value
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: asBigint as never } })
  await client.connect()
  try {
    await client.query('begin transaction isolation level repeatable read read only')
    const tables: Record<string, unknown> = {}
    for (const [name, sql] of Object.entries(queries)) tables[name] = (await client.query(sql)).rows
    await client.query('commit')
    return tables as unknown as JournalTables
  } finally {
    await client.end()
  }
}

function openReadOnly(path: string): ReadOnlyDatabase {
  const builtin = process.getBuiltinModule('node:sqlite') as
    | { DatabaseSync: new (path: string, options: { readOnly: boolean }) => ReadOnlyDatabase }
    | undefined
  if (builtin) return new builtin.DatabaseSync(path, { readOnly: true })
  const Libsql = createRequire(import.meta.url)('libsql') as new (
    path: string,
    options: { readonly: boolean },
  ) => ReadOnlyDatabase
  const database = new Libsql(path, { readonly: true })
  database.defaultSafeIntegers?.(true)
  return database
}
