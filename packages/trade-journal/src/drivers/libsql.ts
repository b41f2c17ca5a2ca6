import { createRequire } from 'node:module'
import { type SqliteFile, type SqlRow, type SqlValue, statementCache } from './sqlite-file.js'

interface LibsqlStatement {
  all(params: readonly SqlValue[]): SqlRow[]
  run(params: readonly SqlValue[]): { changes: number | bigint }
}

interface LibsqlDatabase {
  prepare(sql: string): LibsqlStatement
  exec(sql: string): void
  close(): void
  defaultSafeIntegers(enabled: boolean): unknown
}

/**
 * Opens `path` with libsql's synchronous interface: the bridge for Node 20. `undefined` when it is not installed.
 * It ends the whole process on text that is not UTF-8, so checks of a suspect file read text as blobs.
 */
export function openLibsql(path: string): SqliteFile | undefined {
  const Database = loadLibsql()
  if (!Database) return undefined
  const database = new Database(path)
  database.defaultSafeIntegers(true)
  const prepare = statementCache((sql) => database.prepare(sql))
  return {
    driver: 'libsql',
    all: (sql, params) => prepare(sql).all(params),
    run(sql, params) {
      if (!transactionWords.test(sql)) return BigInt(prepare(sql).run(params).changes)
      database.exec(sql)
      return 0n
    },
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
  }
}

/** A prepared one that finds the file locked stays half run, and no later transaction can commit beside it. */
const transactionWords = /^(begin|commit|rollback)\b/i

function loadLibsql(): (new (path: string) => LibsqlDatabase) | undefined {
  try {
    return createRequire(import.meta.url)('libsql') as new (
      path: string,
    ) => LibsqlDatabase
  } catch (error) {
    if ((error as { code?: unknown }).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}
