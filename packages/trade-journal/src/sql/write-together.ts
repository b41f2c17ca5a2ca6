import { type Compilable, ExpressionWrapper, type OperationNode, sql, type Transaction } from 'kysely'
import type { Database } from './database.js'
import type { SqlDialectName } from './ddl.js'

/** An insert, update or delete that somebody built and nobody ran. */
export interface Change extends Compilable {
  toOperationNode(): OperationNode
}

/**
 * Makes several changes, none of which reads what another one wrote. PostgreSQL gets them as one statement, because each trip
 * to it is made with rows locked that everybody waits for; SQLite, where a trip costs nothing, one by one.
 *
 * @returns How many rows the last change touched.
 */
export async function writeTogether(
  trx: Transaction<Database>,
  dialect: SqlDialectName,
  changes: readonly Change[],
): Promise<bigint> {
  const last = changes.at(-1)
  if (!last) return 0n
  const before = changes.slice(0, -1)
  if (dialect === 'sqlite' || before.length === 0) {
    for (const change of before) await trx.executeQuery(change.compile())
    const { numAffectedRows = 0n } = await trx.executeQuery(last.compile())
    return numAffectedRows
  }
  const parts = before.map((change, index) => sql`${sql.id(`change_${index}`)} as (${fragment(change)})`)
  const { numAffectedRows = 0n } = await sql`with ${sql.join(parts)} ${fragment(last)}`.execute(trx)
  return numAffectedRows
}

function fragment(change: Change): ExpressionWrapper<Database, never, unknown> {
  return new ExpressionWrapper(change.toOperationNode())
}
