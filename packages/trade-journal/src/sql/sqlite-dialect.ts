import { InvariantError } from '@tidegate/trading-model'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from 'kysely'
import type { SqliteFile, SqlValue } from '../drivers/sqlite-file.js'
import { cleanText } from './clean-text.js'
import { mapStoreError } from './map-store-error.js'

/**
 * Kysely over one open SQLite file. Transactions begin IMMEDIATE (read-only ones deferred) and hold the only connection
 * until they end, in the order they asked for it: two never interleave.
 */
export function sqliteDialect(file: SqliteFile): Dialect {
  return {
    createDriver: () => new SerialDriver(file),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
}

class SerialDriver implements Driver {
  readonly #connection: DatabaseConnection
  readonly #file: SqliteFile
  #held = false
  readonly #waiting: (() => void)[] = []

  constructor(file: SqliteFile) {
    this.#file = file
    this.#connection = connectionOver(file)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#held) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#held = true
    return this.#connection
  }

  async releaseConnection(): Promise<void> {
    const next = this.#waiting.shift()
    // Handed over while still held, so that nobody slips in between.
    if (next) next()
    else this.#held = false
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const begin = settings.accessMode === 'read only' ? 'begin' : 'begin immediate'
    await connection.executeQuery(CompiledQuery.raw(begin))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw('rollback'))
    } catch {
      // SQLite has rolled back by itself (disk full, I/O error); the first error is the one to report.
    }
  }

  async destroy(): Promise<void> {
    this.#file.close()
  }
}

function connectionOver(file: SqliteFile): DatabaseConnection {
  return {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const params = query.parameters.map(toSqlValue)
      try {
        if (answersWithRows(query.sql)) return { rows: file.all(query.sql, params) as R[] }
        return { rows: [], numAffectedRows: file.run(query.sql, params) }
      } catch (error) {
        throw mapStoreError(error, query.sql.slice(0, 60))
      }
    },
    streamQuery() {
      // A cursor would hold the only connection across awaits.
      throw new InvariantError('The journal does not stream queries')
    },
  }
}

function answersWithRows(sql: string): boolean {
  return /^\s*(select|pragma|with|values)\b/i.test(sql) || /\breturning\b/i.test(sql)
}

const MAX_INT64 = 2n ** 63n - 1n

function toSqlValue(value: unknown): SqlValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return cleanText(value)
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new InvariantError(`${value} is no whole number: the store takes no float`)
    return BigInt(value)
  }
  if (typeof value !== 'bigint') throw new InvariantError(`The store does not take a ${typeof value}`)
  if (value > MAX_INT64 || value < -MAX_INT64 - 1n) throw new InvariantError(`${value} does not fit into 64 bits`)
  return value
}
