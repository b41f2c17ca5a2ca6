import type { DeskContext } from '../context.js'
import type { OrderTracker } from '../lifecycle/order-tracker.js'
import { recordOutcome } from './record-outcome.js'
import type { Submitter } from './submitter.js'

/**
 * Stops intake, waits a bounded time for submits under way, and writes down as unknown what had no answer by then, so that the next
 * start has nothing to guess. Resting orders stay at the venue.
 */
export async function closeDesk({
  context,
  submitter,
  tracker,
}: {
  readonly context: DeskContext
  readonly submitter: Submitter
  readonly tracker: OrderTracker
}): Promise<void> {
  if (context.isClosing()) return
  context.beginClosing()
  await submitter.settle(context.settings.closeWaitMs)
  tracker.stop()
  const left = await context.journal.listIntents({ states: ['SUBMITTING'] }).catch(() => [])
  for (const intent of left) {
    if (!submitter.isRunning(intent.intentId)) continue
    await recordOutcome(context, intent.intentId, {
      type: 'outcome_unknown',
      code: 'ERR_VENUE_OUTCOME_UNKNOWN',
      reason: 'the desk closed before the answer came',
    })
  }
  context.log.info('desk_closed', { unanswered: left.length })
}
