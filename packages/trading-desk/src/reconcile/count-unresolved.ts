import type { DeskContext } from '../context.js'

/**
 * The rule of the breaker: whenever a look at the venue has ended, with or without an answer, the UNKNOWN intents in the journal,
 * orders and edits alike, are counted, whoever sent them and whenever; with `haltAtUnknown` or more of them the account halts. The journal is the counter, so
 * neither a restart nor another process forgets one, and a person who resumes with as many still open sees it halt again.
 */
export async function haltWhenUnresolved(context: DeskContext): Promise<void> {
  const { journal, metrics, settings } = context
  const unresolved = await journal.listIntents({ states: ['UNKNOWN'] })
  metrics.gauge('orders_unknown', unresolved.length)
  if (unresolved.length < settings.haltAtUnknown) return
  await context.trip('account', 'HALTED', `${unresolved.length} orders are in doubt at once`)
}
