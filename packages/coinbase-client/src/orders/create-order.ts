import {
  createOrderResponseSchema,
  toOrderConfiguration,
  type WireCreateOrderRequestInput,
} from '@tidegate/coinbase-wire'
import { type Clock, InputError, type OrderTerms, type VenueAck, VenueRejectedError } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { parseCreateAnswer } from './parse-create-answer.js'

/** One order to send. */
export interface NewOrder {
  /** Idempotency key at the venue: a fresh id for every intent, at most 128 characters. */
  readonly clientOrderId: string
  readonly terms: OrderTerms
}

/**
 * Sends an order, once: whatever happens it is never sent again from here.
 *
 * - Wire: `POST /api/v3/brokerage/orders`
 *
 * > [!WARNING]
 * > On {@link VenueOutcomeUnknownError} the order may be live: ask for it by time window, never resend.
 *
 * @param order - The order, or a function that hands it out when the rate budget lets it through and that may throw to
 * keep it from leaving.
 * @returns Acknowledgement: accepted for processing, not yet resting. `receivedAtMs` in ms since epoch (UTC), our clock.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`: nothing is live.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`: it may be live.
 * @throws {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT` with outcome `unknown`.
 * @throws {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError} `ERR_VENUE_NOT_SENT`: surely not live.
 */
export async function createOrder(
  client: HttpClient,
  clock: Clock,
  order: NewOrder | (() => NewOrder),
): Promise<VenueAck> {
  let sent: NewOrder | undefined
  const answer = await client.call('createOrder', {
    schema: createOrderResponseSchema,
    body: () => {
      sent = typeof order === 'function' ? order() : order
      return writeOrder(sent)
    },
  })
  const { clientOrderId, terms } = sent as unknown as NewOrder
  const ack = parseCreateAnswer(answer, { clientOrderId, productId: terms.productId, side: terms.side })
  return { ...ack, receivedAtMs: clock.nowMs() }
}

function writeOrder({ clientOrderId, terms }: NewOrder): WireCreateOrderRequestInput {
  try {
    return {
      client_order_id: clientOrderId,
      product_id: terms.productId,
      side: terms.side,
      order_configuration: toOrderConfiguration(terms),
    }
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause
    throw new VenueRejectedError(
      `Coinbase has no such order: ${cause.shortMessage}`,
      'UNSUPPORTED_ORDER_CONFIGURATION',
      {
        endpoint: 'createOrder',
        cause,
      },
    )
  }
}
