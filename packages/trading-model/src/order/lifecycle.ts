import { formatDecimal } from '../money/decimal.js'
import { EXTERNAL_PRINCIPAL, type Intent } from './intent.js'
import type { OrderTerms } from './order.js'
import { INTENT_KINDS, type IntentKind, type IntentState, isTerminal } from './order-status.js'
import type { VenueOrder } from './venue-order.js'

/** Everything that can happen to an intent after it was recorded. */
export type IntentEvent =
  | { readonly type: 'approved'; readonly by: string }
  | { readonly type: 'approval_denied'; readonly by: string; readonly reason: string }
  | { readonly type: 'approval_expired'; readonly reason: string }
  | { readonly type: 'submit_begun'; readonly notBeforeMs: number; readonly signByMs: number }
  /** Surely not sent, or a 401: back to RESERVED, to pass transaction 2 again. */
  | { readonly type: 'not_sent'; readonly code: string; readonly reason: string }
  | { readonly type: 'acked'; readonly venueOrderId: string }
  | { readonly type: 'rejected'; readonly code: string; readonly reason: string }
  | { readonly type: 'outcome_unknown'; readonly code: string; readonly reason: string }
  | { readonly type: 'never_accepted'; readonly reason: string }
  | { readonly type: 'quarantined'; readonly reason: string }
  | { readonly type: 'abandoned'; readonly reason: string }
  /**
   * A person has looked at a quarantined order and takes it for what the venue shows. It was not what anybody here asked for, so from
   * now on it counts as an order from outside, with the venue's terms.
   */
  | {
      readonly type: 'disowned'
      readonly by: string
      readonly reason: string
      readonly venueOrderId: string
      readonly terms: OrderTerms
      readonly termsHash: string
    }
  /**
   * The venue had named an order that is not this one: it carries another client order id. What became of this one is open again, with
   * its whole exposure, and is found out like any doubt.
   */
  | { readonly type: 'mistaken'; readonly by: string; readonly reason: string }
  /** Cumulative state from the venue; older news changes nothing. */
  | { readonly type: 'venue_order'; readonly order: VenueOrder }
  | { readonly type: 'cancel_requested'; readonly by: string }
  | { readonly type: 'cancel_sent' }
  | { readonly type: 'cancel_refused'; readonly reason: string }
  | { readonly type: 'cancel_unknown'; readonly reason: string }
  /** The venue took the edit; whether it comes true only the order shows, because a fill may overtake it. */
  | { readonly type: 'edit_accepted' }
  /** The order shows the terms that the edit wished for. */
  | { readonly type: 'edit_applied' }
  /** The venue took the edit and it never came true: the order was overtaken by a fill or its end. */
  | { readonly type: 'edit_lost'; readonly reason: string }
  /** The order's side of `edit_applied`: it has the edit's terms now. Happens in the same transaction, never alone. */
  | {
      readonly type: 'terms_changed'
      readonly byIntentId: string
      readonly terms: OrderTerms
      readonly termsHash: string
      readonly worstNotionalUsd: string
      readonly reducesExposure: boolean
      readonly priceBand: { readonly low: string; readonly high: string }
    }

export type IntentEventType = IntentEvent['type']

/** Which states an event may meet. What is not here is a bug and halts the account. */
export const EVENT_SOURCES: Readonly<Record<IntentEventType, readonly IntentState[]>> = {
  approved: ['AWAITING_APPROVAL'],
  approval_denied: ['AWAITING_APPROVAL'],
  approval_expired: ['AWAITING_APPROVAL', 'RESERVED'],
  submit_begun: ['RESERVED'],
  not_sent: ['SUBMITTING'],
  // From REJECTED: a late copy of a refused request that the venue took after all.
  acked: ['SUBMITTING', 'UNKNOWN', 'REJECTED', 'NEVER_ACCEPTED', 'QUARANTINED'],
  rejected: ['SUBMITTING'],
  outcome_unknown: ['SUBMITTING', 'UNKNOWN'],
  // From QUARANTINED: a person asked for the proof.
  never_accepted: ['UNKNOWN', 'QUARANTINED'],
  disowned: ['QUARANTINED'],
  mistaken: ['QUARANTINED'],
  quarantined: ['SUBMITTING', 'UNKNOWN', 'ACKED', 'OPEN'],
  abandoned: ['AWAITING_APPROVAL', 'RESERVED'],
  venue_order: ['ACKED', 'OPEN', 'FILLED', 'CANCELLED', 'EXPIRED', 'FAILED'],
  cancel_requested: ['AWAITING_APPROVAL', 'RESERVED', 'SUBMITTING', 'UNKNOWN', 'ACKED', 'OPEN'],
  cancel_sent: ['ACKED', 'OPEN', 'FILLED', 'CANCELLED', 'EXPIRED', 'FAILED'],
  cancel_refused: ['ACKED', 'OPEN', 'FILLED', 'CANCELLED', 'EXPIRED', 'FAILED'],
  cancel_unknown: ['ACKED', 'OPEN', 'FILLED', 'CANCELLED', 'EXPIRED', 'FAILED'],
  edit_accepted: ['SUBMITTING', 'UNKNOWN'],
  edit_applied: ['SUBMITTING', 'UNKNOWN', 'ACKED', 'REJECTED', 'NEVER_ACCEPTED', 'FAILED', 'QUARANTINED'],
  edit_lost: ['ACKED', 'QUARANTINED'],
  terms_changed: ['ACKED', 'OPEN', 'QUARANTINED', 'FILLED', 'CANCELLED', 'EXPIRED', 'FAILED'],
}

const orders: readonly IntentKind[] = ['order', 'replace']
const edits: readonly IntentKind[] = ['edit']

/** Which kinds of intent an event may meet; what is not here meets all. An edit has no order of its own to fill or cancel. */
export const EVENT_KINDS: Readonly<Partial<Record<IntentEventType, readonly IntentKind[]>>> = {
  acked: orders,
  disowned: orders,
  mistaken: orders,
  venue_order: orders,
  cancel_requested: orders,
  cancel_sent: orders,
  cancel_refused: orders,
  cancel_unknown: orders,
  terms_changed: orders,
  edit_accepted: edits,
  edit_applied: edits,
  edit_lost: edits,
}

export type Reduction =
  | {
      readonly ok: true
      readonly intent: Intent
      /**
       * How much of each reservation stays held: 1 all, 0 none, between after a partial fill. Decimal string. Of an open edit, and of a
       * replacement whose target lives, only what exceeds the target's own reservations is held; the journal works that out.
       */
      readonly heldFraction: string
    }
  | { readonly ok: false; readonly reason: string }

/**
 * The lifecycle as a pure function: same intent and event, same result. No clock, no randomness, no I/O.
 *
 * @param atMs - Time of the event, for `updatedAtMs` only.
 */
export function reduceIntent(intent: Intent, event: IntentEvent, atMs: number): Reduction {
  if (!EVENT_SOURCES[event.type].includes(intent.state)) {
    return { ok: false, reason: `event ${event.type} cannot meet state ${intent.state}` }
  }
  if (!(EVENT_KINDS[event.type] ?? INTENT_KINDS).includes(intent.kind)) {
    return { ok: false, reason: `event ${event.type} cannot meet an intent of kind ${intent.kind}` }
  }
  const before = event.type === 'mistaken' ? withoutVenueOrder(intent) : intent
  const next = { ...before, ...change(intent, event), updatedAtMs: atMs, version: intent.version + 1 }
  return { ok: true, intent: next, heldFraction: heldFraction(next) }
}

function withoutVenueOrder({ venueOrderId: _mistaken, ...intent }: Intent): Intent {
  return intent
}

function change(intent: Intent, event: IntentEvent): Partial<Intent> {
  switch (event.type) {
    case 'approved':
      return { state: 'RESERVED', approvedBy: event.by }
    case 'approval_denied':
      return { state: 'APPROVAL_DENIED', outcomeCode: 'APPROVAL_DENIED', outcomeReason: event.reason }
    case 'approval_expired':
      return { state: 'APPROVAL_EXPIRED', outcomeCode: 'APPROVAL_EXPIRED', outcomeReason: event.reason }
    case 'submit_begun':
      return { state: 'SUBMITTING', notBeforeMs: intent.notBeforeMs ?? event.notBeforeMs, signByMs: event.signByMs }
    case 'not_sent':
      return { state: 'RESERVED', outcomeCode: event.code, outcomeReason: event.reason }
    case 'acked':
      return { state: 'ACKED', venueOrderId: event.venueOrderId }
    case 'rejected':
      return { state: 'REJECTED', outcomeCode: event.code, outcomeReason: event.reason }
    case 'outcome_unknown':
      return { state: 'UNKNOWN', outcomeCode: event.code, outcomeReason: event.reason }
    case 'never_accepted':
      return { state: 'NEVER_ACCEPTED', outcomeReason: event.reason }
    case 'quarantined':
      return { state: 'QUARANTINED', outcomeCode: 'ERR_INVARIANT', outcomeReason: event.reason }
    case 'abandoned':
      return { state: 'ABANDONED', outcomeReason: event.reason }
    case 'disowned':
      return {
        kind: 'order',
        state: 'ACKED',
        principal: EXTERNAL_PRINCIPAL,
        venueOrderId: event.venueOrderId,
        terms: event.terms,
        termsHash: event.termsHash,
        worstNotionalUsd: '0',
        reducesExposure: false,
        priceBand: { low: '0', high: '0' },
        outcomeReason: `taken over by ${event.by} as the venue shows it: ${event.reason}`,
      }
    case 'mistaken':
      return { state: 'UNKNOWN', outcomeReason: `${event.reason}; said by ${event.by}` }
    case 'venue_order':
      return mergeVenueOrder(intent, event.order)
    case 'cancel_requested':
      return intent.cancel === 'none' || intent.cancel === 'refused' ? { cancel: 'requested' } : {}
    case 'cancel_sent':
      return intent.cancel === 'confirmed' ? {} : { cancel: 'sent' }
    case 'cancel_refused':
      return intent.cancel === 'confirmed' ? {} : { cancel: 'refused' }
    case 'cancel_unknown':
      return intent.cancel === 'confirmed' ? {} : { cancel: 'unknown' }
    case 'edit_accepted':
      return { state: 'ACKED' }
    case 'edit_applied':
      return { state: 'APPLIED' }
    case 'edit_lost':
      return { state: 'FAILED', outcomeReason: event.reason }
    case 'terms_changed':
      return {
        terms: event.terms,
        termsHash: event.termsHash,
        worstNotionalUsd: event.worstNotionalUsd,
        reducesExposure: event.reducesExposure,
        priceBand: event.priceBand,
      }
  }
}

const venueStates: Readonly<Record<string, IntentState>> = {
  PENDING: 'ACKED',
  QUEUED: 'ACKED',
  OPEN: 'OPEN',
  EDIT_QUEUED: 'OPEN',
  CANCEL_QUEUED: 'OPEN',
  FILLED: 'FILLED',
  CANCELLED: 'CANCELLED',
  EXPIRED: 'EXPIRED',
  FAILED: 'FAILED',
}

/** States only move forward and quantities only grow, so repeated, late and reordered news is harmless. */
function mergeVenueOrder(intent: Intent, order: VenueOrder): Partial<Intent> {
  const told = venueStates[order.status] ?? 'OPEN'
  const state = isTerminal(intent.state) ? intent.state : rank(told) >= rank(intent.state) ? told : intent.state
  const grew = order.filledSize.gte(intent.filledSize)
  return {
    state,
    ...(grew
      ? {
          filledSize: formatDecimal(order.filledSize),
          filledValue: formatDecimal(order.filledValue),
          totalFees: formatDecimal(order.totalFees),
          ...(order.averageFilledPrice ? { averageFilledPrice: formatDecimal(order.averageFilledPrice) } : {}),
        }
      : {}),
    ...(state === 'CANCELLED' ? { cancel: 'confirmed' as const } : {}),
    ...(state === 'FAILED' || state === 'EXPIRED' || state === 'CANCELLED'
      ? { outcomeReason: order.rejectReason ?? order.cancelMessage ?? intent.outcomeReason ?? '' }
      : {}),
  }
}

function rank(state: IntentState): number {
  return state === 'ACKED' ? 0 : state === 'OPEN' ? 1 : 2
}

function heldFraction(intent: Intent): string {
  // Orders from outside hold no reservations: rules count them from their terms.
  if (isTerminal(intent.state) || intent.principal === EXTERNAL_PRINCIPAL) return '0'
  if (intent.kind === 'edit') return '1'
  if (intent.terms.size.kind === 'quote') return '1'
  const left = intent.terms.size.baseSize.minus(intent.filledSize).div(intent.terms.size.baseSize)
  return left.isNegative() ? '0' : left.toFixed()
}
