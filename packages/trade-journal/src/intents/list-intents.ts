import type { Intent, IntentQuery } from '@tidegate/trading-model'
import { fromIntentRow } from '../codec/intent-row.js'
import type { JournalContext } from '../context.js'
import { read } from '../write.js'

/** Intents newest first; `sinceMs` is inclusive, `untilMs` is not. */
export async function listIntents(ctx: JournalContext, query: IntentQuery = {}): Promise<readonly Intent[]> {
  // Not every database knows a list of none.
  if (query.states?.length === 0) return []
  const rows = await read(ctx, async (trx) => {
    let select = trx.selectFrom('intents').selectAll().orderBy('created_at_ms', 'desc').orderBy('ordinal', 'desc')
    if (query.states) select = select.where('state', 'in', [...query.states])
    if (query.principal !== undefined) select = select.where('principal', '=', query.principal)
    if (query.productId !== undefined) select = select.where('product_id', '=', query.productId)
    if (query.targetIntentId !== undefined) select = select.where('target_intent_id', '=', query.targetIntentId)
    if (query.sinceMs !== undefined) select = select.where('created_at_ms', '>=', BigInt(query.sinceMs))
    if (query.untilMs !== undefined) select = select.where('created_at_ms', '<', BigInt(query.untilMs))
    if (query.changedSinceMs !== undefined) select = select.where('updated_at_ms', '>=', BigInt(query.changedSinceMs))
    if (query.limit !== undefined) select = select.limit(query.limit)
    return await select.execute()
  })
  return rows.map(fromIntentRow)
}
