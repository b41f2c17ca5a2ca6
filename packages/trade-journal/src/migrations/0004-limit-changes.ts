import { sql } from 'kysely'
import type { Ddl } from '../sql/ddl.js'

/** What was made of the limits while gateways ran, so that all of them follow and a restart forgets no overlay. Never edited after landing. */
export function limitChanges0004({ table, index, int }: Ddl): void {
  table('limit_changes', (t) =>
    t
      .addColumn('seq', int, (c) => c.primaryKey().notNull())
      .addColumn('kind', 'text', (c) => c.notNull().check(sql`kind in ('tightened', 'loosened', 'overlaid')`))
      .addColumn('body', 'text', (c) => c.notNull())
      .addColumn('changed_by', 'text', (c) => c.notNull())
      .addColumn('at_ms', int, (c) => c.notNull()),
  )
  index('limit_changes_kind', 'limit_changes', ['kind', 'seq'])
}
