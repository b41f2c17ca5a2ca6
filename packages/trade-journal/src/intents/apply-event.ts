import { type Intent, type IntentEvent, InvariantError } from '@tidegate/trading-model'
import { giveBackApproval } from '../approvals/use-approval.js'
import type { JournalContext } from '../context.js'
import { type WriteTx, write } from '../write.js'
import { loadIntent } from './store-intent.js'
import { transition } from './transition.js'

/** Transaction 3 and every later change: see {@link Journal.apply}. */
export async function applyEvent(
  ctx: JournalContext,
  intentId: string,
  event: IntentEvent,
  actor: string,
  options: { readonly ignoreIllegal?: boolean } = {},
): Promise<Intent> {
  if (event.type === 'approved' || event.type === 'submit_begun') {
    throw new InvariantError(`Event ${event.type} has a door of its own`, {
      hint: event.type === 'approved' ? 'use decideApproval' : 'use beginSubmit',
    })
  }
  return await write(ctx, async (tx) => {
    const before = await loadIntent(tx.trx, intentId)
    const next = await transition(tx, before, event, { actor, ignoreIllegal: options.ignoreIllegal })
    if (next !== before.intent) await consequences(tx, next, event)
    return next
  })
}

async function consequences(tx: WriteTx, intent: Intent, event: IntentEvent): Promise<void> {
  if (event.type === 'not_sent') await giveBackApproval(tx, intent)
  if (event.type === 'approval_denied') {
    await tx.trx
      .updateTable('approvals')
      .set({ decision: 'denied', decided_by: event.by, decided_at_ms: BigInt(tx.nowMs), reason: event.reason })
      .where('intent_id', '=', intent.intentId)
      .where('decision', 'is', null)
      .execute()
  }
  if (event.type === 'never_accepted') {
    await tx.trx
      .insertInto('tombstones')
      .values({
        intent_id: intent.intentId,
        client_order_id: intent.clientOrderId,
        product_id: intent.terms.productId,
        not_before_ms: intent.notBeforeMs === undefined ? null : BigInt(intent.notBeforeMs),
        buried_at_ms: BigInt(tx.nowMs),
      })
      .onConflict((conflict) => conflict.column('intent_id').doUpdateSet({ buried_at_ms: BigInt(tx.nowMs) }))
      .execute()
  }
  if (event.type === 'acked') await tx.trx.deleteFrom('tombstones').where('intent_id', '=', intent.intentId).execute()
}
