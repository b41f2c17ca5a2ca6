import type { Intent } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'
import { editFields } from '../order-log.js'
import { recordOutcome } from '../pipeline/record-outcome.js'

/**
 * Records that an edit came true; its order has the new terms and reservations from the same moment on, and the listeners hear of
 * both.
 *
 * @returns The edit, or `undefined` when the store would not take it.
 */
export async function applyEdit(context: DeskContext, edit: Intent): Promise<Intent | undefined> {
  const running = underWay.get(context) ?? new Map<string, Promise<Intent | undefined>>()
  underWay.set(context, running)
  const begun = running.get(edit.intentId)
  if (begun) return begun
  const work = apply(context, edit).finally(() => running.delete(edit.intentId))
  running.set(edit.intentId, work)
  return work
}

/** Who looks at an order and who looks at its edit may see it at the same moment: one of them records and tells. */
const underWay = new WeakMap<DeskContext, Map<string, Promise<Intent | undefined>>>()

async function apply(context: DeskContext, edit: Intent): Promise<Intent | undefined> {
  const { journal } = context
  const before = await journal.getIntent(edit.intentId).catch(() => undefined)
  if (before?.state === 'APPLIED') return before
  const applied = await recordOutcome(context, edit.intentId, { type: 'edit_applied' })
  if (applied?.state !== 'APPLIED') return applied
  const target = applied.targetIntentId && (await journal.getIntent(applied.targetIntentId).catch(() => undefined))
  context.log.info('edit_applied', editFields(applied, target || undefined))
  context.metrics.count('orders_edited_total', { product: applied.terms.productId })
  if (target) context.emit({ type: 'intent', intent: target })
  return applied
}
