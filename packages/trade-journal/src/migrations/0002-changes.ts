import { sql } from 'kysely'
import type { Ddl } from '../sql/ddl.js'

/**
 * Edits and replacements: intents about another intent. The index is what lets a target have one open change, whatever the code
 * above does. Never edited after landing.
 */
export function changes0002({ column, index }: Ddl): void {
  column('intents', 'kind', 'text', (c) =>
    c.notNull().defaultTo('order').check(sql`kind in ('order', 'edit', 'replace')`),
  )
  column('intents', 'target_intent_id', 'text')
  column('intents', 'target_filled_size', 'text')
  column('intents', 'wish_hash', 'text')
  index('intents_open_change', 'intents', ['target_intent_id'], {
    unique: true,
    where:
      "target_intent_id is not null and state in ('AWAITING_APPROVAL', 'RESERVED', 'SUBMITTING', 'UNKNOWN', 'QUARANTINED', 'ACKED', 'OPEN')",
  })
  index('intents_target', 'intents', ['target_intent_id', 'ordinal'], { where: 'target_intent_id is not null' })
}
