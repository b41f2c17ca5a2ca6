/** What a statement may be bound to. Numbers never get here: SQLite would take them for REAL. */
export type SqlValue = string | bigint | null

/** One result row; integers are bigint. */
export type SqlRow = Record<string, unknown>

/**
 * One open SQLite file, synchronous. The only thing the rest of the journal knows about a driver.
 * Every method throws the driver's own error; {@link mapStoreError} turns it into ours.
 */
export interface SqliteFile {
  readonly driver: 'node:sqlite' | 'libsql'
  /** Runs a statement that answers with rows. */
  all(sql: string, params: readonly SqlValue[]): SqlRow[]
  /** Runs a statement that answers with none; returns how many rows it changed. */
  run(sql: string, params: readonly SqlValue[]): bigint
  /** Runs several statements without parameters. */
  exec(sql: string): void
  close(): void
}

/** Keeps prepared statements by their text; the oldest goes when `limit` is reached. */
export function statementCache<S>(prepare: (sql: string) => S, limit = 200): (sql: string) => S {
  const kept = new Map<string, S>()
  return (sql) => {
    const known = kept.get(sql)
    if (known !== undefined) return known
    const statement = prepare(sql)
    const oldest = kept.size >= limit ? kept.keys().next().value : undefined
    if (oldest !== undefined) kept.delete(oldest)
    kept.set(sql, statement)
    return statement
  }
}
