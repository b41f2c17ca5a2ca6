import { type Intent, type IntentState, isTerminal, type VenueOrder } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'
import { editFields } from '../order-log.js'
import { applyEdit } from './apply-edit.js'
import { showsTerms } from './shows-terms.js'

/** Edits whose terms may turn up: those under way, and those that were refused or given up by proof, for a copy may come late. */
const mayShow: readonly IntentState[] = ['SUBMITTING', 'UNKNOWN', 'ACKED', 'REJECTED', 'NEVER_ACCEPTED', 'FAILED']

/**
 * Why an order shows other terms than its intent has, when an edit of ours is the reason. Asked before anybody is alarmed.
 *
 * - The intent in hand is older than the edit: the stored one is returned, to look again with.
 * - An edit under way has come true: it is recorded, and the edited intent returned. One that was refused or given up is recorded,
 *   too, and the account may only reduce: a copy of it came through.
 * - An edit came true a moment ago and this read still shows the order before it: reads of the venue may lag.
 *
 * @returns `undefined` when no edit explains it.
 */
export async function explainByEdit(
  context: DeskContext,
  intent: Intent,
  order: VenueOrder,
): Promise<Intent | undefined> {
  const { journal, clock, settings } = context
  const stored = await journal.getIntent(intent.intentId)
  if (stored && stored.termsHash !== intent.termsHash) return stored
  const edits = (await journal.listIntents({ targetIntentId: intent.intentId })).filter((item) => item.kind === 'edit')
  const made = edits.find((edit) => mayShow.includes(edit.state) && showsTerms(order, edit.terms))
  if (made) {
    if (isTerminal(made.state)) {
      context.log.error('edit_surfaced', { ...editFields(made, stored ?? intent), state: made.state })
      await context.trip('account', 'REDUCE_ONLY', `edit ${made.intentId} came true after it was ${made.state}`)
    }
    await applyEdit(context, made)
    return journal.getIntent(intent.intentId)
  }
  const last = edits.find((edit) => edit.state === 'APPLIED')
  return last && clock.nowMs() - last.updatedAtMs < settings.settleTimeoutMs ? stored : undefined
}
