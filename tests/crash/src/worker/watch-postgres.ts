import pg from 'pg'
import { createSqlWatch, type SqlWatch } from './watch-sql.js'

type Query = (this: object, ...args: unknown[]) => unknown

/**
 * Puts labels around every statement that goes to PostgreSQL: before it is sent, and after its answer has come. Each connection has a
 * transaction of its own, so each has a watch of its own.
 */
export function watchPostgres(): void {
  const prototype = pg.Client.prototype as unknown as { query: Query }
  const { query } = prototype
  const watches = new WeakMap<object, SqlWatch>()
  prototype.query = function (...args) {
    const [first, second] = args
    const sql = typeof first === 'string' ? first : ((first as { text?: string } | null)?.text ?? '')
    const params = Array.isArray(second) ? second : ((first as { values?: unknown[] } | null)?.values ?? [])
    const watch = watches.get(this) ?? createSqlWatch()
    watches.set(this, watch)
    return watch.around(sql, params as unknown[], () => query.apply(this, args))
  }
}
