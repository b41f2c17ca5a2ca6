import type { Intent } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'
import { findIntent } from '../find-intent.js'
import { isLive } from '../lifecycle/order-kind.js'
import type { OrderTracker } from '../lifecycle/order-tracker.js'
import type { UnknownResolver } from '../reconcile/resolve-unknowns.js'
import { waitFor } from '../wait-for.js'

export interface ReadOrderDeps {
  readonly context: DeskContext
  readonly tracker: OrderTracker
  readonly resolver: UnknownResolver
  /** Looks for an order from outside; `undefined` when the venue does not show it. */
  readonly adopt: (venueOrderId: string) => Promise<Intent | undefined>
}

/**
 * An order as it stands: what is live or in doubt is asked for at the venue first, for a bounded time; what cannot be asked in time is
 * answered from the journal.
 *
 * @throws {VenueError} Only for an id the journal does not know, when the venue does not answer.
 */
export async function readOrder(deps: ReadOrderDeps, id: string): Promise<Intent | undefined> {
  const { context, tracker, resolver } = deps
  const { journal, settings, timers } = context
  const intent = await findIntent(context, id)
  if (!intent) return deps.adopt(id)
  if (isLive(intent)) {
    tracker.follow(intent)
    await tracker.refresh(intent.intentId, settings.refreshWaitMs)
  } else if (intent.state === 'UNKNOWN') {
    await waitFor(
      resolver.pass(false).catch(() => undefined),
      settings.refreshWaitMs,
      timers,
    )
  } else {
    return intent
  }
  return (await journal.getIntent(intent.intentId)) ?? intent
}
