import {
  Decimal,
  EXTERNAL_PRINCIPAL,
  type Fill,
  formatDecimal,
  type Intent,
  isTerminal,
  VENUE_ORDER_STATUSES,
  type VenueOrder,
} from '@tidegate/trading-model'
import { DESK_ACTOR, type DeskContext, describeError } from '../context.js'
import { orderFields } from '../order-log.js'
import type { SameBook } from '../same-book.js'
import { compareOrder } from './compare-order.js'
import { hasEnded, isLive } from './order-kind.js'
import { quarantine } from './quarantine.js'
import { isSettled } from './settle.js'

export interface TrackOneDeps {
  readonly context: DeskContext
  readonly books: SameBook
  readonly recordFills: (fills: readonly Fill[]) => Promise<readonly Fill[]>
  /** The intent as it is now when an edit of ours is why the order shows other terms. */
  readonly explain?: (intent: Intent, order: VenueOrder) => Promise<Intent | undefined>
}

/** What is remembered between two looks at the same order. */
export interface TrackMemory {
  lastSeen?: string
  endedAtMs?: number
  settled?: string
  /** The last status that nobody here knows, so that it is said once. */
  strangeStatus?: string
}

const knownStatuses: ReadonlySet<string> = new Set(VENUE_ORDER_STATUSES)

export interface Look {
  readonly intent: Intent
  /** Something was new: worth looking again soon. */
  readonly moved: boolean
  /** No further look is needed: over and settled, or out of our hands. */
  readonly done: boolean
  /** It ended at the venue, but its executions do not add up yet. */
  readonly unsettled: boolean
}

/**
 * One look at an order: asks the venue, records executions first, then the order's state. REST is the truth; what the stream said
 * only decides when to look.
 *
 * A terminal state is recorded once the executions add up to the filled size, so that a reservation is never given back before the
 * position and the day's result know about the fill.
 *
 * - Wire: get order, list fills.
 */
export async function trackOrder(deps: TrackOneDeps, intent: Intent, memory: TrackMemory): Promise<Look> {
  const { context, books } = deps
  const { venueOrderId } = intent
  if (venueOrderId === undefined || isTerminal(intent.state))
    return { intent, moved: false, done: true, unsettled: false }
  const order = await context.venue.getOrder(venueOrderId)
  if (!order) return { intent, moved: false, done: false, unsettled: false }

  const difference = intent.principal === EXTERNAL_PRINCIPAL ? undefined : compareOrder(intent, order, books)
  if (difference && isLive(intent)) {
    const explained = await deps.explain?.(intent, order)
    if (explained) return { intent: explained, moved: true, done: isTerminal(explained.state), unsettled: false }
    const held = await quarantine(context, books, intent, difference)
    return { intent: held ?? intent, moved: true, done: held !== undefined, unsettled: false }
  }
  if (!knownStatuses.has(order.status) && memory.strangeStatus !== order.status) {
    memory.strangeStatus = order.status
    // Counted as live until the venue says something that is known: nothing is released on a word nobody understands.
    context.log.error('order_status_unknown', { ...orderFields(intent), status: order.status.slice(0, 60) })
    context.metrics.count('orders_status_unknown_total', { product: intent.terms.productId })
  }
  const settled = await settleFills(deps, intent, order, memory)
  const ended = hasEnded(order)
  if (ended) memory.endedAtMs ??= context.clock.nowMs()
  const waited = context.clock.nowMs() - (memory.endedAtMs ?? context.clock.nowMs())
  const holdBack = ended && !settled && waited < context.settings.settleTimeoutMs
  if (ended && !settled && !holdBack) {
    context.log.error('order_unsettled', { ...orderFields(intent), filled_size: formatDecimal(order.filledSize) })
    context.metrics.count('orders_unsettled_total')
  }
  const told: VenueOrder = holdBack ? { ...order, status: 'OPEN' } : order
  const seen = fingerprint(told)
  if (seen === memory.lastSeen) return { intent, moved: false, done: false, unsettled: holdBack }
  const next = await context.apply(intent.intentId, { type: 'venue_order', order: told }, DESK_ACTOR, {
    ignoreIllegal: true,
  })
  memory.lastSeen = seen
  return { intent: next, moved: true, done: isTerminal(next.state) || !isLive(next), unsettled: holdBack }
}

/** Lists and records the executions unless they are known to add up already. */
async function settleFills(
  { context, recordFills }: TrackOneDeps,
  intent: Intent,
  order: VenueOrder,
  memory: TrackMemory,
): Promise<boolean> {
  if (order.filledSize.isZero()) return true
  const target = formatDecimal(order.filledSize)
  if (memory.settled === target) return true
  const fills = await context.venue.listFills({ orderIds: [order.orderId] })
  await recordFills(fills)
  const settled = isSettled(order, fills, await incrementOf(context, intent.terms.productId))
  if (settled) memory.settled = target
  return settled
}

const smallestIncrement = new Decimal('0.00000001')

async function incrementOf(context: DeskContext, productId: string): Promise<Decimal> {
  try {
    return (await context.market.product(productId)).baseIncrement
  } catch (error) {
    context.log.debug('increment_unknown', { product: productId, error: describeError(error) })
    return smallestIncrement
  }
}

function fingerprint(order: VenueOrder): string {
  return [
    order.status,
    formatDecimal(order.filledSize),
    formatDecimal(order.filledValue),
    formatDecimal(order.totalFees),
  ].join('|')
}
