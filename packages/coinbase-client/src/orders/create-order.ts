import {
  createOrderResponseSchema,
  type NewOrderRequest,
  toOrderConfiguration,
  type WireCreateOrderRequestInput,
} from '@tidegate/coinbase-wire'
import { type Clock, InputError, type OrderTerms, type VenueAck, VenueRejectedError } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { attachedOf } from './attached-of.js'
import { parseCreateAnswer } from './parse-create-answer.js'
import { type RawOrder, writeRawOrder } from './raw-order.js'

/** One order to send. */
export interface NewOrder {
  /** Idempotency key at the venue: a fresh id for every intent, at most 128 characters. */
  readonly clientOrderId: string
  readonly terms: OrderTerms
}

/** An order as terms of the model, or in any of the venue's twelve kinds. */
export type AnyOrder = NewOrder | RawOrder

/**
 * Sends an order, once: whatever happens it is never sent again from here.
 *
 * - Wire: `POST /api/v3/brokerage/orders`
 * - Key: `trade`, weight 1 of the private bucket
 *
 * > [!WARNING]
 * > On {@link VenueOutcomeUnknownError} the order may be live: ask for it by time window, never resend.
 *
 * @param order - The order, or a function that hands it out when the rate budget lets it through and that may throw to
 * keep it from leaving.
 * @returns Acknowledgement: accepted for processing, not yet resting. `receivedAtMs` in ms since epoch (UTC), our clock.
 * @throws {InputError} `ERR_INPUT_INVALID`: nothing was sent.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`: nothing is live.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`: it may be live.
 * @throws {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT` with outcome `unknown`.
 * @throws {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError} `ERR_VENUE_NOT_SENT`: surely not live.
 */
export async function createOrder(
  client: HttpClient,
  clock: Clock,
  order: AnyOrder | (() => AnyOrder),
): Promise<VenueAck> {
  let sent: AnyOrder | undefined
  const answer = await client.call('createOrder', {
    schema: createOrderResponseSchema,
    body: () => {
      sent = typeof order === 'function' ? order() : order
      return writeOrder(sent)
    },
  })
  const { clientOrderId, ...asked } = sent as unknown as AnyOrder
  const { productId, side } = 'terms' in asked ? asked.terms : asked
  const ack = parseCreateAnswer(answer, { clientOrderId, productId, side })
  return { ...ack, receivedAtMs: clock.nowMs() }
}

function writeOrder(order: AnyOrder): WireCreateOrderRequestInput | NewOrderRequest {
  if (!('terms' in order)) return writeRawOrder(order)
  const { clientOrderId, terms } = order
  try {
    return {
      client_order_id: clientOrderId,
      product_id: terms.productId,
      side: terms.side,
      order_configuration: toOrderConfiguration(terms),
      ...attachedOf(terms),
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
