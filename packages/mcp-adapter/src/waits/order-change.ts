import { InputError, type Intent, type IntentState, isTerminal } from '@tidegate/trading-model'
import { orderNotFound } from '../not-found.js'
import { showOrder, statusWord } from '../shared/show-order.js'
import type { SurfaceContext } from '../surface-deps.js'
import type { Condition } from './condition.js'

/** Orders changed since the last look that are read at once; more than that in a few seconds come with the next look. */
const MAX_CHANGED = 200

/** An order reaches a state in which nothing more can happen to it. @throws NotFoundError `ORDER_NOT_FOUND`. */
export async function orderFinished(context: SurfaceContext, orderId: string): Promise<Condition> {
  const followed = await follow(context, orderId)
  return {
    ...followed,
    known() {
      const intent = followed.intent()
      return {
        happened: isTerminal(intent.state),
        shown: { order: showOrder(intent, context.clock.nowMs()) },
        words: `The order is ${statusWord(intent.state)}, ${intent.filledSize} filled; waiting for its end`,
      }
    },
  }
}

/**
 * A person decides about an order that waits, or nobody does in time.
 *
 * @throws NotFoundError `ORDER_NOT_FOUND`. InputError when the order needs no approval.
 */
export async function approvalDecided(context: SurfaceContext, orderId: string): Promise<Condition> {
  const followed = await follow(context, orderId)
  if (!followed.intent().needsApproval) {
    throw new InputError([
      { field: 'order_id', problem: 'names an order that needs no approval', fix: 'wait for event order instead' },
    ])
  }
  return {
    ...followed,
    known() {
      const intent = followed.intent()
      return {
        happened: intent.state !== 'AWAITING_APPROVAL',
        shown: { decision: decisionOf(intent), order: showOrder(intent, context.clock.nowMs()) },
        words: `Approval of the order: ${decisionOf(intent)}`,
      }
    },
  }
}

const decisions: Readonly<Partial<Record<IntentState, string>>> = {
  AWAITING_APPROVAL: 'pending',
  APPROVAL_DENIED: 'denied',
  APPROVAL_EXPIRED: 'expired',
}

function decisionOf({ state, approvedBy }: Intent): string {
  return decisions[state] ?? (approvedBy === undefined ? 'withdrawn' : 'approved')
}

interface Followed extends Pick<Condition, 'watch' | 'lookAgain'> {
  intent(): Intent
}

/** Keeps the newest version of one order, from the desk's events and, for what other processes did, from the store. */
async function follow({ desk }: SurfaceContext, orderId: string): Promise<Followed> {
  const found = await desk.getOrder(orderId)
  if (!found) throw orderNotFound(orderId)
  let latest = found
  const take = (intent: Intent): void => {
    if (intent.intentId === latest.intentId && intent.version >= latest.version) latest = intent
  }
  return {
    intent: () => latest,
    watch: (changed) =>
      desk.listen((event) => {
        if (event.type !== 'intent' || event.intent.intentId !== latest.intentId) return
        take(event.intent)
        changed()
      }),
    async lookAgain() {
      const { productId } = latest.terms
      const query = { productId, changedSinceMs: latest.updatedAtMs, limit: MAX_CHANGED }
      for (const intent of await desk.listOrders(query)) take(intent)
    },
  }
}
