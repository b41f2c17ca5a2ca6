import { type CancelResult, type Intent, isTerminal, type Principal, type VenueOrder } from '@tidegate/trading-model'
import { requirePermission } from '../check-permission.js'
import { type DeskContext, describeError } from '../context.js'
import type { CancelAllResult, CancelOneResult } from '../desk.js'
import { hasEnded, isLive, OPEN_STATES } from '../lifecycle/order-kind.js'
import type { SameBook } from '../same-book.js'
import { type CancelDeps, cancelIntent } from './cancel.js'
import { cancelAtVenue, cancelUnrecorded, recordCancel, requestCancel } from './send-cancel.js'

export interface CancelAllDeps extends CancelDeps {
  readonly books: SameBook
}

/** A cancel already taken is asked for again only after this long, ms. */
const askAgainMs = 2_000

/**
 * Cancels everything that may still trade, ours and what was placed outside, until two listings in a row show nothing live or the
 * time is up. A filter takes the aliases of the product with it, because they trade on the same book.
 *
 * - Wire: list orders without the OPEN filter, `POST /api/v3/brokerage/orders/batch_cancel` in hundreds.
 */
export async function cancelAllOrders(
  deps: CancelAllDeps,
  principal: Principal,
  productId?: string,
): Promise<CancelAllResult> {
  const { context, tracker } = deps
  const { settings, clock, timers } = context
  requirePermission(principal, 'cancel_order', context.adminTrades ?? false)
  const results = new Map<string, CancelOneResult>()
  const askedAtMs = new Map<string, number>()
  const endsAtMs = clock.nowMs() + settings.cancelAllMaxMs
  let emptyListings = 0
  let remaining: readonly string[] = []

  while (emptyListings < 2) {
    const { intents, isBlind } = await openIntents(deps, productId)
    const quick = await withdrawUnsent(deps, principal.name, intents)
    for (const result of quick) results.set(result.id, result)
    const listing = await liveAtVenue(deps, productId)
    // Without the journal an end cannot be recorded: then an order that was asked for and is not listed counts as gone.
    const live = mergeLive(listing ?? [], intents, (orderId) => !isBlind || !askedAtMs.has(orderId))
    const now = clock.nowMs()
    const due = [...live.keys()].filter((orderId) => now - (askedAtMs.get(orderId) ?? -askAgainMs) >= askAgainMs)
    for (const orderId of due) askedAtMs.set(orderId, now)
    for (const [orderId, result] of await cancelMany(deps, principal.name, due, live, isBlind))
      results.set(orderId, result)
    tracker.wakeAll()

    const doubtful = intents.filter((item) => item.state === 'SUBMITTING' || item.state === 'UNKNOWN')
    remaining = [...live.keys(), ...doubtful.map((item) => item.intentId)]
    emptyListings = listing && live.size === 0 ? emptyListings + 1 : 0
    if (emptyListings >= 2 || clock.nowMs() >= endsAtMs) break
    await timers.sleep(settings.cancelAllPauseMs)
  }
  return {
    results: await Promise.all([...results.values()].map((result) => latest(context, result))),
    allGone: emptyListings >= 2 && remaining.length === 0,
    remaining,
  }
}

/** Blind without the journal: then only what is followed is known to be ours. */
async function openIntents(
  { context, books, tracker }: CancelAllDeps,
  productId: string | undefined,
): Promise<{ readonly intents: readonly Intent[]; readonly isBlind: boolean }> {
  const wanted = (item: Intent) => productId === undefined || books.isSame(item.terms.productId, productId)
  try {
    const intents = await context.journal.listIntents({ states: OPEN_STATES })
    return { intents: intents.filter(wanted), isBlind: false }
  } catch (error) {
    context.log.error('cancel_all_without_journal', { error: describeError(error) })
    return { intents: tracker.following().filter(wanted), isBlind: true }
  }
}

/** What was not sent is given up; what is in doubt is flagged, so that it is cancelled when it is found. */
async function withdrawUnsent(
  deps: CancelAllDeps,
  by: string,
  intents: readonly Intent[],
): Promise<readonly CancelOneResult[]> {
  const results: CancelOneResult[] = []
  for (const intent of intents) {
    if (isLive(intent) || intent.state === 'QUARANTINED') continue
    if (intent.state === 'SUBMITTING' || intent.state === 'UNKNOWN') {
      const flagged = intent.cancel === 'none' ? await requestCancel(deps.context, intent, by) : intent
      results.push({ id: intent.intentId, outcome: 'requested', cancel: flagged.cancel, intent: flagged })
    } else {
      results.push(await cancelIntent(deps, by, intent.intentId, intent))
    }
  }
  return results
}

async function liveAtVenue(
  { context, books }: CancelAllDeps,
  productId: string | undefined,
): Promise<readonly VenueOrder[] | undefined> {
  try {
    const orders = await context.venue.listOrders({ only: 'live' })
    return orders
      .filter((order) => !hasEnded(order))
      .filter((order) => !productId || books.isSame(order.productId, productId))
  } catch (error) {
    context.log.warn('cancel_all_listing_failed', { error: describeError(error) })
    return undefined
  }
}

/** Venue order id → our intent, where it is ours. Lists lag, so what we know to be live is cancelled without being listed. */
function mergeLive(
  listing: readonly VenueOrder[],
  intents: readonly Intent[],
  isTrusted: (orderId: string) => boolean,
): Map<string, Intent | undefined> {
  const live = new Map<string, Intent | undefined>(listing.map((order) => [order.orderId, undefined]))
  for (const intent of intents) {
    if (intent.venueOrderId === undefined) continue
    const isOurWord = isLive(intent) && isTrusted(intent.venueOrderId)
    if (isOurWord || live.has(intent.venueOrderId)) live.set(intent.venueOrderId, intent)
  }
  return live
}

async function cancelMany(
  { context }: CancelAllDeps,
  by: string,
  orderIds: readonly string[],
  live: ReadonlyMap<string, Intent | undefined>,
  isBlind: boolean,
): Promise<ReadonlyMap<string, CancelOneResult>> {
  if (orderIds.length === 0) return new Map()
  for (const orderId of orderIds) {
    const intent = live.get(orderId)
    if (intent?.cancel === 'none') await requestCancel(context, intent, by)
  }
  const nameless = isBlind ? orderIds.filter((orderId) => !live.get(orderId)) : []
  const ours = orderIds.filter((orderId) => !nameless.includes(orderId))
  const answers = [...(await cancelAtVenue(context, ours)), ...(await cancelUnrecorded(context, by, nameless))]
  const results = new Map<string, CancelOneResult>()
  for (const result of answers) {
    const intent = live.get(result.orderId)
    const recorded = intent && (await recordCancel(context, intent, result))
    results.set(result.orderId, resultOf(result, recorded))
  }
  return results
}

function resultOf(result: CancelResult, intent: Intent | undefined): CancelOneResult {
  return {
    id: result.orderId,
    outcome: result.outcome === 'accepted' ? 'requested' : result.outcome,
    cancel: intent?.cancel ?? (result.outcome === 'accepted' ? 'sent' : result.outcome),
    ...(intent ? { intent } : {}),
    ...(result.reason === undefined ? {} : { reason: result.reason }),
  }
}

/** The answer tells where each order stands at the end, not what the venue said on the way. */
async function latest({ journal }: DeskContext, result: CancelOneResult): Promise<CancelOneResult> {
  if (!result.intent) return result
  try {
    const intent = (await journal.getIntent(result.intent.intentId)) ?? result.intent
    const gone = intent.state === 'CANCELLED' || intent.state === 'ABANDONED'
    const outcome = gone ? 'cancelled' : isTerminal(intent.state) ? 'refused' : result.outcome
    const reason = isTerminal(intent.state) && !gone ? { reason: `it is ${intent.state} already` } : {}
    return { ...result, outcome, cancel: intent.cancel, intent, ...reason }
  } catch {
    return result
  }
}
