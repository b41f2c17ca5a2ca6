import { createRequire } from 'node:module'
import { createSqlWatch } from './watch-sql.js'

interface Statement {
  all(...params: unknown[]): unknown
  run(...params: unknown[]): unknown
}
interface Database {
  prepare: (this: Database, sql: string) => Statement
  exec: (this: Database, sql: string) => unknown
}
type DatabaseClass = { readonly prototype: Database }

/**
 * Puts labels around every statement of the SQLite that this Node has: its own, or libsql. Product code is not touched; it asks the
 * driver as ever, and the driver's class answers through the watch.
 */
export function watchSqlite(): void {
  const builtin = process.getBuiltinModule('node:sqlite') as { DatabaseSync: DatabaseClass } | undefined
  const libsql = (): DatabaseClass => createRequire(import.meta.url)('libsql') as DatabaseClass
  const { prototype } = builtin ? builtin.DatabaseSync : libsql()
  const watch = createSqlWatch()
  const { prepare, exec } = prototype

  prototype.exec = function (this: Database, sql) {
    return watch.around(sql, [], () => exec.call(this, sql))
  }
  prototype.prepare = function (this: Database, sql) {
    const statement = prepare.call(this, sql)
    const all = statement.all.bind(statement)
    const run = statement.run.bind(statement)
    statement.all = (...params) => watch.around(sql, flat(params), () => all(...params))
    statement.run = (...params) => watch.around(sql, flat(params), () => run(...params))
    return statement
  }
}

/** libsql takes one array of parameters, `node:sqlite` takes them one by one. */
function flat(params: readonly unknown[]): readonly unknown[] {
  return Array.isArray(params[0]) ? (params[0] as unknown[]) : params
}
