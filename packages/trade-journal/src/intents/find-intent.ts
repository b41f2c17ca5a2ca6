import type { Intent } from '@tidegate/trading-model'
import { fromIntentRow } from '../codec/intent-row.js'
import type { JournalContext } from '../context.js'
import { read } from '../write.js'

/** One intent by one of its ids. A client order id leads to what may be at the venue: never to a denied intent. */
export async function findIntent(
  ctx: JournalContext,
  by: 'intent_id' | 'venue_order_id' | 'client_order_id',
  id: string,
): Promise<Intent | undefined> {
  const rows = await read(
    ctx,
    async (trx) => await trx.selectFrom('intents').selectAll().where(by, '=', id).orderBy('ordinal', 'desc').execute(),
  )
  const row = rows.find((candidate) => by !== 'client_order_id' || candidate.state !== 'DENIED')
  return row && fromIntentRow(row)
}

/** What the decision about an intent was made from, as recorded. */
export async function decisionInput(ctx: JournalContext, intentId: string): Promise<string | undefined> {
  const row = await read(
    ctx,
    async (trx) =>
      await trx.selectFrom('decision_inputs').select('input').where('intent_id', '=', intentId).executeTakeFirst(),
  )
  return row?.input
}
