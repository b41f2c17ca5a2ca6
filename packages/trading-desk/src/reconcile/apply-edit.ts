import type { Intent } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'
import { orderFields } from '../order-log.js'
import { recordOutcome } from '../pipeline/record-outcome.js'

/**
 * Records that an edit came true; its order has the new terms and reservations from the same moment on, and the listeners hear of
 * both.
 *
 * @returns The edit, or `undefined` when the store would not take it.
 */
export async function applyEdit(context: DeskContext, edit: Intent): Promise<Intent | undefined> {
  const applied = await recordOutcome(context, edit.intentId, { type: 'edit_applied' })
  if (applied?.state !== 'APPLIED') return applied
  context.log.info('edit_applied', { ...orderFields(applied), target: applied.targetIntentId ?? '' })
  context.metrics.count('orders_edited_total', { product: applied.terms.productId })
  const target =
    applied.targetIntentId && (await context.journal.getIntent(applied.targetIntentId).catch(() => undefined))
  if (target) context.emit({ type: 'intent', intent: target })
  return applied
}
