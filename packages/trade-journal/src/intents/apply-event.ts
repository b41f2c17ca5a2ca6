import { type Intent, type IntentEvent, InvariantError } from '@tidegate/trading-model'
import { giveBackApproval } from '../approvals/use-approval.js'
import type { JournalContext } from '../context.js'
import { type WriteTx, write } from '../write.js'
import { openChangeOf, termsChangedBy } from './change-target.js'
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
  if (event.type === 'approved' || event.type === 'submit_begun' || event.type === 'terms_changed') {
    throw new InvariantError(`Event ${event.type} has a door of its own`, {
      hint: doors[event.type],
    })
  }
  return await write(ctx, async (tx) => {
    const before = await loadIntent(tx.trx, intentId)
    const next = await transition(tx, before, event, { actor, ignoreIllegal: options.ignoreIllegal })
    if (next !== before.intent) await consequences(tx, next, event, actor)
    return next
  })
}

const doors = {
  approved: 'use decideApproval',
  submit_begun: 'use beginSubmit',
  terms_changed: 'apply edit_applied to the edit',
} as const

async function consequences(tx: WriteTx, intent: Intent, event: IntentEvent, actor: string): Promise<void> {
  if (event.type === 'edit_applied' && intent.targetIntentId !== undefined) {
    await transition(tx, await loadIntent(tx.trx, intent.targetIntentId), termsChangedBy(intent), { actor })
  }
  if (intent.kind !== 'edit' && (event.type === 'disowned' || event.type === 'never_accepted')) {
    const edit = await openChangeOf(tx.trx, intent.intentId)
    if (edit?.state === 'QUARANTINED') {
      const lost = { type: 'edit_lost', reason: `its order was settled: ${event.reason}` } as const
      await transition(tx, await loadIntent(tx.trx, edit.intentId), lost, { actor })
    }
  }
  if (event.type === 'not_sent') await giveBackApproval(tx, intent)
  if (event.type === 'approval_denied') {
    await tx.trx
      .updateTable('approvals')
      .set({ decision: 'denied', decided_by: event.by, decided_at_ms: BigInt(tx.nowMs), reason: event.reason })
      .where('intent_id', '=', intent.intentId)
      .where('decision', 'is', null)
      .execute()
  }
  if (event.type === 'never_accepted' && intent.kind !== 'edit') {
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
