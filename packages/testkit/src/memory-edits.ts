import {
  type EditTicketFields,
  type OrderTerms,
  VenueAuthError,
  VenueNotSentError,
  type VenueOrder,
  VenueOutcomeUnknownError,
  VenueRateLimitError,
  VenueRejectedError,
} from '@tidegate/trading-model'

/**
 * What happens to one edit.
 *
 * - `ack_lost`: made, the answer is not. `vanished`: neither. `late`: the answer is lost and it is made later.
 * - `queued`: taken, made at {@link MemoryVenue.settleEdits} unless a fill overtakes it. `overtaken`: taken, never made.
 * - `third`: made with another price than asked for. `hang`: made, no answer at all.
 */
export type EditFault =
  | 'none'
  | 'queued'
  | 'overtaken'
  | 'ack_lost'
  | 'vanished'
  | 'late'
  | 'rejected'
  | 'not_sent'
  | 'unauthorized'
  | 'rate_limited'
  | 'throws'
  | 'hang'
  | 'third'

const endpoint = 'memory venue'

/** Faults that keep an edit from arriving at all. @throws as the venue would */
export function failBeforeEdit(fault: EditFault): void {
  if (fault === 'not_sent') throw new VenueNotSentError('connect ECONNREFUSED', { endpoint })
  if (fault === 'unauthorized') throw new VenueAuthError('Unauthorized', { endpoint, httpStatus: 401 })
  if (fault === 'rate_limited') {
    throw new VenueRateLimitError('Too many requests', 'unknown', 1_000, { endpoint, httpStatus: 429 })
  }
  if (fault === 'rejected') throw refused('COMMANDER_REJECTED_EDIT_ORDER')
}

/** The connection broke after the request had left. */
export function lostAnswer(): VenueOutcomeUnknownError {
  return new VenueOutcomeUnknownError('socket hang up', { endpoint })
}

/** A refusal in the venue's words. */
export function refused(reason: string): VenueRejectedError {
  return new VenueRejectedError('Edit refused', reason, { endpoint, httpStatus: 200 })
}

/** Why the venue does not make an edit of this order now. */
export function whyNotEdited(
  order: VenueOrder | undefined,
  isDead: boolean,
  { terms }: EditTicketFields,
): string | undefined {
  if (!order) return 'ORDER_NOT_FOUND'
  if (isDead) return 'ONLY_OPEN_ORDERS_CAN_BE_EDITED'
  if (order.status === 'CANCEL_QUEUED') return 'CANNOT_EDIT_ORDER_PENDING_CANCEL'
  if (terms.orderType !== 'LIMIT' || terms.size.kind !== 'base') return 'ONLY_LIMIT_ORDER_EDITS_SUPPORTED'
  return terms.size.baseSize.lte(order.filledSize) ? 'CANNOT_EDIT_TO_BELOW_FILLED_SIZE' : undefined
}

/** The order with the terms of the edit; everything filled stays. */
export function withTerms(order: VenueOrder, terms: OrderTerms): VenueOrder {
  if (terms.orderType !== 'LIMIT' || terms.size.kind !== 'base') return order
  return { ...order, status: 'OPEN', baseSize: terms.size.baseSize, limitPrice: terms.limitPrice }
}
