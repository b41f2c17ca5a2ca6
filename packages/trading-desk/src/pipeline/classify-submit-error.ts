import { BaseError, type PublicCode, VenueError, type VenueRateLimitError } from '@tidegate/trading-model'
import { describeError } from '../context.js'

/** What a failed submit proves. Only documented refusals are a no; everything else is doubt. */
export type SubmitFailure =
  | { readonly kind: 'rejected'; readonly code: PublicCode; readonly reason: string }
  /** Surely not at the venue. `retry`: worth another try within the order's time. */
  | {
      readonly kind: 'not_sent'
      readonly code: PublicCode
      readonly reason: string
      readonly retry: boolean
      readonly waitMs: number
    }
  | { readonly kind: 'unknown'; readonly code: PublicCode; readonly reason: string }

/**
 * Reads a thrown value as evidence. A list of what may be believed, never a list of what may not: an unknown error, a schema
 * surprise or a bug of ours after the request left all mean that the order may be live.
 */
export function classifySubmitError(error: unknown): SubmitFailure {
  const reason = describeError(error)
  if (!BaseError.isInstance(error) || !(error instanceof VenueError || 'outcome' in error)) {
    return { kind: 'unknown', code: 'ERR_VENUE_OUTCOME_UNKNOWN', reason }
  }
  const venueError = error as VenueError
  const code: string = venueError.code
  if (code === 'ERR_VENUE_REJECTED') return readRejection(venueError)
  if (code === 'ERR_VENUE_NOT_SENT') return notSent(venueError, true, 0)
  // 401 can pass with a fresh token (clock, TLS stack); a missing permission cannot.
  if (code === 'ERR_VENUE_AUTH') return notSent(venueError, venueError.httpStatus !== 403, 0)
  if (code === 'ERR_VENUE_UNAVAILABLE') return notSent(venueError, false, 0)
  if (code !== 'ERR_VENUE_RATE_LIMIT') return { kind: 'unknown', code: 'ERR_VENUE_OUTCOME_UNKNOWN', reason }
  return venueError.outcome === 'not-applied'
    ? notSent(venueError, true, (venueError as VenueRateLimitError).retryAfterMs)
    : { kind: 'unknown', code: venueError.code, reason: venueError.shortMessage }
}

function notSent(error: VenueError, retry: boolean, waitMs: number): SubmitFailure {
  return { kind: 'not_sent', code: error.code, reason: error.shortMessage, retry, waitMs }
}

function readRejection(error: VenueError): SubmitFailure {
  const { venueReason } = error.context
  const word = typeof venueReason === 'string' ? venueReason : ''
  // The venue knows this id: an order exists, ours or one it confuses with ours.
  if (word.includes('DUPLICATE_CLIENT_ORDER_ID')) {
    return { kind: 'unknown', code: 'ERR_VENUE_OUTCOME_UNKNOWN', reason: `the venue says ${word}` }
  }
  return {
    kind: 'rejected',
    code: publicCode(word),
    reason: word ? `${word}: ${error.shortMessage}` : error.shortMessage,
  }
}

/** The specification's four names where the venue's word means one of them. */
function publicCode(word: string): PublicCode {
  if (/INSUFFICIENT_FUND/.test(word)) return 'INSUFFICIENT_FUNDS'
  if (/(INVALID_.*SIZE|SIZE_(TOO|PRECISION|BELOW|ABOVE)|(BASE|QUOTE)_SIZE|ORDER_SIZE)/.test(word))
    return 'INVALID_ORDER_SIZE'
  if (/(INVALID_PRODUCT|UNKNOWN_PRODUCT|PRODUCT_NOT_FOUND)/.test(word)) return 'PRODUCT_NOT_FOUND'
  if (/(INVALID_.*PRICE|PRICE_PRECISION)/.test(word)) return 'INVALID_PRICE'
  return 'ERR_VENUE_REJECTED'
}
