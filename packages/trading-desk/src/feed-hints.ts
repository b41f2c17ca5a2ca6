import { isTerminal, type VenueOrder } from '@tidegate/trading-model'
import type { DeskContext } from './context.js'
import { hasEnded } from './lifecycle/order-kind.js'
import type { OrderTracker } from './lifecycle/order-tracker.js'
import type { Submitter } from './pipeline/submitter.js'

export interface HintDeps {
  readonly context: DeskContext
  readonly tracker: OrderTracker
  readonly submitter: Submitter
  /** An order in doubt showed up. */
  readonly onDoubtful: () => void
  /** An order that the journal does not know. */
  readonly onForeign: (venueOrderId: string) => void
  readonly onGap: (reason: string) => void
}

/**
 * Listens to the user channel. It only says where to look: states and executions are read by REST.
 *
 * @returns The way to stop.
 */
export function listenToFeed(deps: HintDeps): () => void {
  const { context, tracker, submitter } = deps
  if (!context.feed) return () => {}

  async function notFollowed(order: VenueOrder): Promise<void> {
    const { journal } = context
    const intent =
      (await journal.findByVenueOrderId(order.orderId)) ?? (await journal.findByClientOrderId(order.clientOrderId))
    if (!intent) {
      if (!hasEnded(order) || order.filledSize.gt(0)) deps.onForeign(order.orderId)
    } else if (isTerminal(intent.state) && intent.venueOrderId !== order.orderId) {
      // We gave it up, and here it is: taken back, or a bug that halts.
      deps.onForeign(order.orderId)
    } else if (intent.state === 'UNKNOWN' || (intent.state === 'SUBMITTING' && !submitter.isRunning(intent.intentId))) {
      deps.onDoubtful()
    } else if (intent.venueOrderId !== undefined && !hasEnded(order)) {
      tracker.follow(intent)
    }
  }

  return context.feed.listen({
    onOrder: (order) => {
      if (context.isClosing() || tracker.hint(order)) return
      context.background('hint_failed', notFollowed(order))
    },
    onGap: (reason) => {
      if (!context.isClosing()) deps.onGap(reason)
    },
  })
}
