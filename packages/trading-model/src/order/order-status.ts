/**
 * States of an intent. Denied (we said no), rejected (the venue said no) and unknown (sent, no verdict) are three words.
 *
 * `AWAITING_APPROVAL → RESERVED → SUBMITTING → ACKED | REJECTED | UNKNOWN`, `ACKED → OPEN → FILLED | CANCELLED | EXPIRED | FAILED`,
 * `UNKNOWN → ACKED | NEVER_ACCEPTED | QUARANTINED`.
 *
 * An edit never becomes an order: `SUBMITTING → ACKED (taken) → APPLIED (the order shows it) | FAILED (lost on its way)`.
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
  'APPLIED',
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
  'APPLIED',
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

/**
 * What an intent wishes for. `order`: a new order. `edit`: other terms for an order that lives, which stays the same order at the
 * venue. `replace`: a new order in the place of one that is cancelled first.
 */
export const INTENT_KINDS = ['order', 'edit', 'replace'] as const
export type IntentKind = (typeof INTENT_KINDS)[number]

/** Where a change of an order may still become true: one such change at a time per target. */
export const OPEN_CHANGE_STATES: readonly IntentState[] = [
  'AWAITING_APPROVAL',
  'RESERVED',
  'SUBMITTING',
  'UNKNOWN',
  'QUARANTINED',
  'ACKED',
  'OPEN',
]
