import {
  VenueAuthError,
  VenueOutcomeUnknownError,
  VenueRateLimitError,
  VenueRejectedError,
} from '@tidegate/trading-model'

/**
 * What happens to one submit.
 *
 * - `ack_lost`: the order is live, the answer is not. `vanished`: neither. `late`: the answer is lost and the order appears later.
 * - `wrong_ack`: success, but for another product. `hang`: no answer at all, the order is live.
 */
export type SubmitFault =
  | 'none'
  | 'ack_lost'
  | 'vanished'
  | 'late'
  | 'rejected'
  | 'duplicate_id'
  | 'not_sent'
  | 'unauthorized'
  | 'forbidden'
  | 'rate_limited'
  | 'throws'
  | 'hang'
  | 'wrong_ack'

const endpoint = 'memory venue'

/** Whether the venue takes the order although the caller hears of a failure, or nothing. */
export function livesAfter(fault: SubmitFault): boolean {
  return ['ack_lost', 'duplicate_id', 'throws', 'hang'].includes(fault)
}

/** What the caller of a submit hears instead of an answer; returns where it gets an answer, or waits for ever. */
export function failSubmit(fault: SubmitFault): void {
  switch (fault) {
    case 'unauthorized':
      throw new VenueAuthError('Unauthorized', { endpoint, httpStatus: 401 })
    case 'forbidden':
      throw new VenueAuthError('Missing required scopes', { endpoint, httpStatus: 403 })
    case 'rate_limited':
      throw new VenueRateLimitError('Too many requests', 'unknown', 1_000, { endpoint, httpStatus: 429 })
    case 'rejected':
      throw new VenueRejectedError('Insufficient balance', 'INSUFFICIENT_FUND', { endpoint, httpStatus: 200 })
    case 'duplicate_id':
      throw new VenueRejectedError('Duplicate', 'DUPLICATE_CLIENT_ORDER_ID', { endpoint, httpStatus: 200 })
    case 'vanished':
    case 'late':
    case 'ack_lost':
      throw new VenueOutcomeUnknownError('socket hang up', { endpoint })
    case 'throws':
      throw new TypeError('cannot read properties of undefined')
    case 'none':
    case 'hang':
    case 'wrong_ack':
    case 'not_sent':
  }
}
