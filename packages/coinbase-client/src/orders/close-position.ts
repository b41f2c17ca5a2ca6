import { createOrderResponseSchema, type DecimalInput } from '@tidegate/coinbase-wire'
import type { Clock, VenueAck } from '@tidegate/trading-model'
import { amountText } from '../check-input.js'
import type { HttpClient } from '../http/http-client.js'
import { parseCreateAnswer } from './parse-create-answer.js'

/** A futures or perpetual position to close. */
export interface PositionClose {
  /** Idempotency key at the venue: a fresh id for every intent, at most 128 characters. */
  readonly clientOrderId: string
  readonly productId: string
  /** Contracts, above zero; the whole position without. */
  readonly size?: DecimalInput
}

/**
 * Closes a futures or perpetual position, or a part of it, with an order, once.
 *
 * - Wire: `POST /api/v3/brokerage/orders/close_position`
 * - Key: `trade`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here.
 *
 * @returns Acknowledgement of the closing order; the venue chooses its side.
 * @throws {InputError} `ERR_INPUT_INVALID`: nothing was sent.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 */
export async function closePosition(
  client: HttpClient,
  clock: Clock,
  close: PositionClose,
): Promise<Omit<VenueAck, 'side'>> {
  const endpoint = 'closePosition'
  const { clientOrderId, productId } = close
  const size = close.size === undefined ? {} : { size: amountText(close.size, 'size') }
  const answer = await client.call(endpoint, {
    schema: createOrderResponseSchema,
    body: () => ({ client_order_id: clientOrderId, product_id: productId, ...size }),
  })
  const { side: _chosenByVenue, ...ack } = parseCreateAnswer(
    answer,
    { clientOrderId, productId, side: undefined },
    endpoint,
  )
  return { ...ack, receivedAtMs: clock.nowMs() }
}
