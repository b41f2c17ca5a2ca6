import { BaseError, type BaseErrorOptions } from './base-error.js'
import type { ErrorCode } from './codes.js'

/** What is known about the effect of a failed call at the venue. */
export type Outcome = 'not-applied' | 'applied' | 'unknown'

export interface VenueErrorOptions extends BaseErrorOptions {
  readonly endpoint: string
  readonly httpStatus?: number
  readonly requestId?: string
}

/** A call to the venue failed; `outcome` says what is known about its effect there. */
export class VenueError extends BaseError {
  override readonly name: string = 'VenueError'
  readonly outcome: Outcome
  /** May this very call be repeated? For order commands only when also `not-applied`. */
  readonly isRetryable: boolean
  readonly endpoint: string
  readonly httpStatus: number | undefined

  constructor(code: ErrorCode, message: string, outcome: Outcome, isRetryable: boolean, options: VenueErrorOptions) {
    super(code, message, {
      ...options,
      context: {
        ...options.context,
        endpoint: options.endpoint,
        outcome,
        ...(options.httpStatus === undefined ? {} : { httpStatus: options.httpStatus }),
      },
    })
    this.outcome = outcome
    this.isRetryable = isRetryable
    this.endpoint = options.endpoint
    this.httpStatus = options.httpStatus
  }
}

/** 401 or 403: our key was not accepted. A 401 on an order goes back to RESERVED. */
export class VenueAuthError extends VenueError {
  override readonly name = 'VenueAuthError'
  constructor(message: string, options: VenueErrorOptions) {
    super('ERR_VENUE_AUTH', message, 'not-applied', false, options)
  }
}

/** 429. Order commands are `unknown`: the edge may have counted before it passed the request on. */
export class VenueRateLimitError extends VenueError {
  override readonly name = 'VenueRateLimitError'
  constructor(
    message: string,
    outcome: Outcome,
    readonly retryAfterMs: number,
    options: VenueErrorOptions,
  ) {
    super('ERR_VENUE_RATE_LIMIT', message, outcome, outcome === 'not-applied', options)
  }
}

/** The venue parsed the request and said no: nothing is live. */
export class VenueRejectedError extends VenueError {
  override readonly name = 'VenueRejectedError'
  constructor(
    message: string,
    /** The venue's own reason word, e.g. `INSUFFICIENT_FUND`. */
    readonly venueReason: string,
    options: VenueErrorOptions,
  ) {
    super('ERR_VENUE_REJECTED', message, 'not-applied', false, {
      ...options,
      context: { ...options.context, venueReason },
    })
  }
}

/** Sent, no verdict: the order may be live. Reconcile, never resend. */
export class VenueOutcomeUnknownError extends VenueError {
  override readonly name = 'VenueOutcomeUnknownError'
  constructor(message: string, options: VenueErrorOptions) {
    super('ERR_VENUE_OUTCOME_UNKNOWN', message, 'unknown', false, options)
  }
}

/** Failed before the first byte left. */
export class VenueNotSentError extends VenueError {
  override readonly name = 'VenueNotSentError'
  constructor(message: string, options: VenueErrorOptions) {
    super('ERR_VENUE_NOT_SENT', message, 'not-applied', true, options)
  }
}

/** A read came back in a shape we do not know. */
export class VenueProtocolError extends VenueError {
  override readonly name = 'VenueProtocolError'
  constructor(message: string, options: VenueErrorOptions) {
    super('ERR_VENUE_PROTOCOL', message, 'not-applied', true, options)
  }
}

/** This environment of the venue does not serve the call (the static sandbox has no market data). */
export class VenueUnavailableError extends VenueError {
  override readonly name = 'VenueUnavailableError'
  constructor(message: string, options: VenueErrorOptions) {
    super('ERR_VENUE_UNAVAILABLE', message, 'not-applied', false, options)
  }
}
