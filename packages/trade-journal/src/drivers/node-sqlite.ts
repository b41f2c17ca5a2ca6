import { type SqliteFile, type SqlRow, type SqlValue, statementCache } from './sqlite-file.js'

interface NodeStatement {
  all(...params: SqlValue[]): SqlRow[]
  run(...params: SqlValue[]): { changes: number | bigint }
  setReadBigInts(enabled: boolean): void
}

interface NodeDatabase {
  prepare(sql: string): NodeStatement
  exec(sql: string): void
  close(): void
}

interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => NodeDatabase
}

/** Opens `path` with Node's own SQLite; `undefined` where this Node has none (before 22.13). */
export function openNodeSqlite(path: string): SqliteFile | undefined {
  const sqlite = process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined
  if (!sqlite) return undefined
  const database = new sqlite.DatabaseSync(path)
  const prepare = statementCache((sql) => {
    const statement = database.prepare(sql)
    statement.setReadBigInts(true)
    return statement
  })
  return {
    driver: 'node:sqlite',
    all: (sql, params) => prepare(sql).all(...params),
    run: (sql, params) => BigInt(prepare(sql).run(...params).changes),
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
  }
}
