import { type Kysely, sql } from 'kysely'
import type { Database } from '../sql/database.js'
import type { SqlDialectName } from '../sql/ddl.js'

/** What a migration makes, by name: tables, indexes, and columns as `table.column`. Statements of other kinds make nothing. */
export function thingsMadeBy(statements: readonly string[]): readonly string[] {
  return statements.flatMap((statement) => {
    const [, whole, table, column] =
      /^create (?:unique )?(?:table|index) "(\w+)"/.exec(statement) ??
      /^(alter) table "(\w+)" add column "(\w+)"/.exec(statement) ??
      []
    if (column !== undefined) return [`${table}.${column}`]
    return whole === undefined ? [] : [whole]
  })
}

/** What the store has, in the same words. */
export async function thingsThere(db: Kysely<Database>, dialect: SqlDialectName): Promise<ReadonlySet<string>> {
  const question =
    dialect === 'postgres'
      ? sql<{ thing: string }>`
          select relname::text as thing from pg_class
          where relnamespace = current_schema()::regnamespace and relkind in ('r', 'i')
          union all
          select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
          where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`
      : sql<{ thing: string }>`
          select name as thing from sqlite_master
          union all
          select m.name || '.' || c.name from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table'`
  const { rows } = await question.execute(db)
  return new Set(rows.map((row) => row.thing))
}
