import type { EditAck, Intent } from '@tidegate/trading-model'
import { quarantine } from '../lifecycle/quarantine.js'
import { editFields } from '../order-log.js'
import { recordOutcome } from './record-outcome.js'
import type { SubmitDeps } from './submit.js'

/**
 * Records that the venue took an edit. That is not yet that it came true: a fill can overtake it, so the order is read until it shows
 * one or the other.
 *
 * @returns `undefined` when the store would not take it; reading the order finds out again.
 */
export async function settleEditAck(deps: SubmitDeps, edit: Intent, ack: EditAck): Promise<Intent | undefined> {
  const { context, books } = deps
  const target = edit.targetIntentId === undefined ? undefined : await context.journal.getIntent(edit.targetIntentId)
  if (target && target.venueOrderId !== ack.orderId) {
    return quarantine(context, books, edit, `the venue acknowledged an edit of order ${ack.orderId}`)
  }
  const taken = await recordOutcome(context, edit.intentId, { type: 'edit_accepted' })
  context.log.info('edit_accepted', {
    ...editFields(edit, target),
    venue_order_id: ack.orderId,
    state: taken?.state ?? '',
  })
  return taken
}
