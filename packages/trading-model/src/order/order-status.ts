/**
 * States of an intent. Denied (we said no), rejected (the venue said no) and unknown (sent, no verdict) are three words.
 *
 * `AWAITING_APPROVAL → RESERVED → SUBMITTING → ACKED | REJECTED | UNKNOWN`, `ACKED → OPEN → FILLED | CANCELLED | EXPIRED | FAILED`,
 * `UNKNOWN → ACKED | NEVER_ACCEPTED | QUARANTINED`.
 */
export const INTENT_STATES = [
  'DENIED',
  'AWAITING_APPROVAL',
  'APPROVAL_DENIED',
  'APPROVAL_EXPIRED',
  'RESERVED',
  'ABANDONED',
  'SUBMITTING',
  'UNKNOWN',
  'REJECTED',
  'NEVER_ACCEPTED',
  'QUARANTINED',
  'ACKED',
  'OPEN',
  'FILLED',
  'CANCELLED',
  'EXPIRED',
  'FAILED',
] as const
export type IntentState = (typeof INTENT_STATES)[number]

/** States in which nothing more can happen at the venue and no reservation is held. `QUARANTINED` is not one: a human decides. */
export const TERMINAL_INTENT_STATES: ReadonlySet<IntentState> = new Set<IntentState>([
  'DENIED',
  'APPROVAL_DENIED',
  'APPROVAL_EXPIRED',
  'ABANDONED',
  'REJECTED',
  'NEVER_ACCEPTED',
  'FILLED',
  'CANCELLED',
  'EXPIRED',
  'FAILED',
])

/** True when nothing more can happen to an intent in this state and it holds no reservation. */
export function isTerminal(state: IntentState): boolean {
  return TERMINAL_INTENT_STATES.has(state)
}

/** State of an order as the venue tells it. The set is open: an unknown word is kept and treated as not terminal. */
export const VENUE_ORDER_STATUSES = [
  'PENDING',
  'QUEUED',
  'OPEN',
  'EDIT_QUEUED',
  'CANCEL_QUEUED',
  'FILLED',
  'CANCELLED',
  'EXPIRED',
  'FAILED',
  'UNKNOWN_ORDER_STATUS',
] as const
export type VenueOrderStatus = (typeof VENUE_ORDER_STATUSES)[number]

/** Cancellation runs beside the state, because an order may fill while its cancel is under way. */
export const CANCEL_STATES = ['none', 'requested', 'sent', 'unknown', 'refused', 'confirmed'] as const
export type CancelState = (typeof CANCEL_STATES)[number]
