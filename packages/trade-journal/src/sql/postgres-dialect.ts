import { InvariantError } from '@tidegate/trading-model'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { cleanText } from './clean-text.js'
import { LostCommit, Repeatable } from './engine.js'
import { isConnectionLoss, isOutdated, isRepeatable, mapPostgresError } from './map-postgres-error.js'

/**
 * Kysely over a pool of PostgreSQL connections. Writes run READ COMMITTED and rely on row locks and conditional updates;
 * read-only transactions see one moment (REPEATABLE READ).
 *
 * @param name - `host:port/database`, for sentences.
 */
export function postgresDialect(pool: Pool, name: string): Dialect {
  return {
    createDriver: () => new PoolDriver(pool, name),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  }
}

class PoolDriver implements Driver {
  readonly #pool: Pool
  readonly #name: string

  constructor(pool: Pool, name: string) {
    this.#pool = pool
    this.#name = name
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<Connection> {
    try {
      return new Connection(await this.#pool.connect(), this.#name)
    } catch (error) {
      throw mapPostgresError(error, this.#name, 'connect')
    }
  }

  async releaseConnection(connection: Connection): Promise<void> {
    connection.release()
  }

  async beginTransaction(connection: Connection, settings: TransactionSettings): Promise<void> {
    const how =
      settings.accessMode === 'read only'
        ? 'isolation level repeatable read read only'
        : 'isolation level read committed'
    await connection.begin(`begin ${how}`)
  }

  async commitTransaction(connection: Connection): Promise<void> {
    await connection.commit()
  }

  async rollbackTransaction(connection: Connection): Promise<void> {
    // Thrown away, and with it its transaction: nobody waits for an answer on a dead line.
    if (connection.isBroken()) return
    try {
      await connection.executeQuery(CompiledQuery.raw('rollback'))
    } catch {
      // Thrown away as well; the first error is the one to report.
    }
  }

  async destroy(): Promise<void> {
    await this.#pool.end()
  }
}

class Connection implements DatabaseConnection {
  readonly #client: PoolClient
  readonly #name: string
  #broken: Error | undefined

  constructor(client: PoolClient, name: string) {
    this.#client = client
    this.#name = name
    client.on('error', this.#notice)
  }

  readonly #notice = (error: Error): void => {
    this.#broken = error
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      return await this.#run(query.sql, query.parameters)
    } catch (error) {
      const fault = mapPostgresError(error, this.#name, query.sql.slice(0, 60))
      throw isRepeatable(error) ? new Repeatable(fault) : fault
    }
  }

  isBroken(): boolean {
    return this.#broken !== undefined
  }

  /** A connection may have died while nobody used it; nothing has happened on it yet. */
  async begin(statement: string): Promise<void> {
    try {
      await this.#run(statement, [])
    } catch (error) {
      const fault = mapPostgresError(error, this.#name, 'begin')
      throw isConnectionLoss(error) ? new Repeatable(fault) : fault
    }
  }

  async commit(): Promise<void> {
    try {
      await this.#run('commit', [])
    } catch (error) {
      const fault = mapPostgresError(error, this.#name, 'commit')
      if (isConnectionLoss(error)) throw new LostCommit(fault)
      throw isRepeatable(error) ? new Repeatable(fault) : fault
    }
  }

  streamQuery(): AsyncIterableIterator<never> {
    // A cursor would hold its locks across awaits.
    throw new InvariantError('The journal does not stream queries')
  }

  release(): void {
    this.#client.off('error', this.#notice)
    this.#client.release(this.#broken)
  }

  async #run<R>(text: string, parameters: readonly unknown[]): Promise<QueryResult<R>> {
    try {
      const name = statementName(text)
      const values = parameters.map(toParameter)
      const { rows, rowCount } = await this.#client.query({ text, values, ...(name === undefined ? {} : { name }) })
      return { rows: rows as R[], numAffectedRows: BigInt(rowCount ?? 0) }
    } catch (error) {
      if (isConnectionLoss(error) || isOutdated(error)) this.#broken = error as Error
      throw error
    }
  }
}

/** Each connection keeps the statements it has seen parsed and planned, by name; there are few, and we wrote them all. */
const maxStatements = 400
const statementNames = new Map<string, string>()

/** Not for `begin`, `commit` and what makes tables: nothing is gained there. */
function statementName(text: string): string | undefined {
  if (!/^\s*(select|insert|update|delete|with)\b/i.test(text)) return undefined
  const known = statementNames.get(text)
  if (known !== undefined || statementNames.size >= maxStatements) return known
  const name = `tidegate_${statementNames.size + 1}`
  statementNames.set(text, name)
  return name
}

const MAX_INT64 = 2n ** 63n - 1n

/** As text, which the server reads by the type of the column. */
function toParameter(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return cleanText(value)
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new InvariantError(`${value} is no whole number: the store takes no float`)
    return String(value)
  }
  if (typeof value !== 'bigint') throw new InvariantError(`The store does not take a ${typeof value}`)
  if (value > MAX_INT64 || value < -MAX_INT64 - 1n) throw new InvariantError(`${value} does not fit into 64 bits`)
  return String(value)
}
