import { type CancelResult, type Intent, isTerminal, type Principal } from '@tidegate/trading-model'
import { requirePermission } from '../check-permission.js'
import { type DeskContext, describeError } from '../context.js'
import type { CancelOneResult } from '../desk.js'
import { findIntent } from '../find-intent.js'
import { isLive } from '../lifecycle/order-kind.js'
import type { OrderTracker } from '../lifecycle/order-tracker.js'
import { waitFor } from '../wait-for.js'
import { cancelAtVenue, cancelUnrecorded, recordCancel, requestCancel } from './send-cancel.js'
import { abandon } from './submit.js'
import type { Submitter } from './submitter.js'

export interface CancelDeps {
  readonly context: DeskContext
  readonly tracker: OrderTracker
  readonly submitter: Submitter
  /** An order of somebody else turned up. */
  readonly onForeign: (venueOrderId: string) => void
}

/**
 * Cancels one order, in every mode, before recovery is done and without market data. What was not sent yet is given up here; what is
 * live is cancelled at the venue; what is in doubt is cancelled as soon as it is found.
 *
 * @param id - Intent id, venue order id, or the caller's client_order_id.
 */
export async function cancelOrder(deps: CancelDeps, principal: Principal, id: string): Promise<CancelOneResult> {
  const { context } = deps
  requirePermission(principal, 'cancel_order', context.adminTrades ?? false)
  let intent: Intent | undefined
  try {
    intent = await findIntent(context, id, principal)
  } catch (error) {
    // A store that fails must not keep an order alive: what is followed is known without it.
    context.log.error('cancel_lookup_failed', { order_id: id, error: describeError(error) })
    const followed = findFollowed(deps, id, principal)
    if (followed) return cancelIntent(deps, principal.name, id, followed)
    return answerForeign(deps, id, (await cancelUnrecorded(context, principal.name, [id]))[0])
  }
  if (intent) return cancelIntent(deps, principal.name, id, intent)
  return answerForeign(deps, id, (await cancelAtVenue(context, [id]))[0])
}

/** The live order with this name, from memory. */
function findFollowed({ context, tracker }: CancelDeps, id: string, principal: Principal): Intent | undefined {
  const wish = { account: context.accountId, principal: principal.name, key: id, intentId: '' }
  const names = new Set([id, context.journal.clientOrderIdFor(wish)])
  return tracker
    .following()
    .find((item) => id === item.intentId || id === item.venueOrderId || names.has(item.clientOrderId))
}

/** Cancels an intent wherever it stands. */
export async function cancelIntent(deps: CancelDeps, by: string, id: string, first: Intent): Promise<CancelOneResult> {
  const { context, submitter } = deps
  const { settings, timers } = context
  let intent = first
  if (intent.state === 'AWAITING_APPROVAL' || intent.state === 'RESERVED') {
    intent = await abandon(context, intent, `cancelled by ${by} before it was sent`)
    if (intent.state === 'ABANDONED') return { ...answer(id, intent, 'cancelled'), reason: 'it was never sent' }
  }
  if (intent.state === 'SUBMITTING' || intent.state === 'UNKNOWN') {
    intent = await requestCancel(context, intent, by)
    const running = submitter.running(intent.intentId)
    const known = running && (await waitFor(running, settings.cancelWaitMs, timers))
    intent = await freshest(context, known ?? intent)
  }
  if (isTerminal(intent.state)) return over(id, intent)
  if (isLive(intent) && intent.venueOrderId !== undefined) return cancelLive(deps, by, id, intent, intent.venueOrderId)
  if (intent.state === 'QUARANTINED') return cancelQuarantined(deps, id, intent)
  return { ...answer(id, intent, 'requested'), reason: `it is ${intent.state}; it is cancelled as soon as it is found` }
}

async function cancelLive(
  deps: CancelDeps,
  by: string,
  id: string,
  live: Intent,
  venueOrderId: string,
): Promise<CancelOneResult> {
  const { context, tracker } = deps
  const requested = await requestCancel(context, live, by)
  const [result] = await cancelAtVenue(context, [venueOrderId])
  const intent = result ? await recordCancel(context, requested, result) : requested
  tracker.follow(intent)
  tracker.wake(intent.intentId)
  const ended = await tracker.finished(intent.intentId, context.settings.cancelWaitMs)
  if (ended && isTerminal(ended.state)) return over(id, ended)
  const now = await freshest(context, intent)
  if (isTerminal(now.state)) return over(id, now)
  if (result?.outcome === 'refused' && now.cancel === 'refused') {
    return { ...answer(id, now, 'refused'), reason: result.reason ?? 'the venue refused' }
  }
  if (!result || result.outcome === 'unknown') {
    return { ...answer(id, now, 'unknown'), reason: 'no clear answer; it is asked again until the order has ended' }
  }
  return answer(id, now, 'requested')
}

/** The order behind it is in question, but a cancel of what the venue named can only help. */
async function cancelQuarantined(deps: CancelDeps, id: string, intent: Intent): Promise<CancelOneResult> {
  if (intent.venueOrderId === undefined) {
    return { ...answer(id, intent, 'refused'), reason: 'it is quarantined: a person has to look at the venue' }
  }
  const [result] = await cancelAtVenue(deps.context, [intent.venueOrderId])
  const outcome = result?.outcome === 'accepted' ? 'requested' : (result?.outcome ?? 'unknown')
  return { ...answer(id, intent, outcome), reason: `it is quarantined; the venue said ${result?.reason ?? outcome}` }
}

/** An id that the journal does not know: an order from outside, or nothing. */
function answerForeign({ onForeign }: CancelDeps, id: string, result: CancelResult | undefined): CancelOneResult {
  const reason = result?.reason ?? ''
  if (result?.outcome === 'accepted') {
    onForeign(id)
    return { id, outcome: 'requested', cancel: 'sent', reason: 'an order placed outside Tidegate' }
  }
  if (/UNKNOWN_CANCEL_ORDER|NOT_FOUND|INVALID_CANCEL_REQUEST/.test(reason)) {
    return { id, outcome: 'not_found', cancel: 'none', reason }
  }
  if (result?.outcome === 'refused') return { id, outcome: 'refused', cancel: 'refused', reason }
  return { id, outcome: 'unknown', cancel: 'unknown', reason }
}

function over(id: string, intent: Intent): CancelOneResult {
  if (intent.state === 'CANCELLED' || intent.state === 'ABANDONED') return answer(id, intent, 'cancelled')
  return { ...answer(id, intent, 'refused'), reason: `it is ${intent.state} already` }
}

function answer(id: string, intent: Intent, outcome: CancelOneResult['outcome']): CancelOneResult {
  return { id, outcome, cancel: intent.cancel, intent }
}

async function freshest(context: DeskContext, intent: Intent): Promise<Intent> {
  try {
    return (await context.journal.getIntent(intent.intentId)) ?? intent
  } catch {
    return intent
  }
}
