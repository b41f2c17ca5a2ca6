import { BaseError, type Intent, type IntentEvent } from '@tidegate/trading-model'
import { DESK_ACTOR, type DeskContext, describeError } from '../context.js'

/**
 * Transaction 3, and it keeps trying: what the venue said is worth more than anything else we could do now.
 * A repeat after a commit whose answer was lost changes nothing.
 *
 * @returns The intent after the event, or `undefined` when the store would not take it; reconciliation then finds out again.
 */
export async function recordOutcome(
  context: DeskContext,
  intentId: string,
  event: IntentEvent,
): Promise<Intent | undefined> {
  const delays = context.settings.storeRetryDelaysMs
  for (let attempt = 0; ; attempt++) {
    try {
      return await context.apply(intentId, event, DESK_ACTOR, { ignoreIllegal: true })
    } catch (error) {
      const delay = delays[attempt]
      const hopeless = BaseError.isInstance(error) && error.code === 'ERR_INVARIANT'
      context.log.error('outcome_not_recorded', {
        intent_id: intentId,
        event: event.type,
        attempt,
        error: describeError(error),
      })
      if (delay === undefined || hopeless) return undefined
      await context.timers.sleep(delay)
    }
  }
}
