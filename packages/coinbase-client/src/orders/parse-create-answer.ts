import type { EndpointName, WireCreateOrderResponse } from '@tidegate/coinbase-wire'
import { refusedOutcome, unclearOutcome } from '../outcome.js'
import { readRefusal } from './refusal-reason.js'

/** What was sent, as far as the answer has to agree with it. `side` is `undefined` where the venue decides it. */
export interface SentOrder<Side extends string | undefined = string> {
  readonly clientOrderId: string
  readonly productId: string
  readonly side: Side
}

/** An acknowledgement that agrees with what was sent. */
export interface CreateAnswer<Side extends string | undefined = string> extends SentOrder<Side> {
  readonly orderId: string
}

/**
 * Reads the answer to a create, or to a close, which has its shape. Success counts only when it names an order and echoes
 * ours: the venue answers a used `client_order_id` with success and the earlier order.
 *
 * @throws {VenueRejectedError} a parsed refusal with a reason or a sentence: nothing is live.
 * @throws {VenueOutcomeUnknownError} everything else, `DUPLICATE_CLIENT_ORDER_ID` included: an order under this id exists.
 */
export function parseCreateAnswer<Side extends string | undefined>(
  answer: WireCreateOrderResponse,
  sent: SentOrder<Side>,
  endpoint: EndpointName = 'createOrder',
): CreateAnswer<Side> {
  return answer.success ? readAck(answer, sent, endpoint) : throwRefusal(answer, endpoint)
}

function readAck<Side extends string | undefined>(
  answer: WireCreateOrderResponse,
  sent: SentOrder<Side>,
  endpoint: EndpointName,
): CreateAnswer<Side> {
  const ack = answer.success_response
  const orderId = ack?.order_id ?? answer.order_id
  const context = { orderId, acknowledged: { ...ack }, sent }
  if (orderId === undefined) throw unclearOutcome(endpoint, 'Coinbase reports success without an order id', context)
  const isOurs =
    ack?.client_order_id === sent.clientOrderId &&
    (ack.product_id === undefined || sameMarket(ack.product_id, sent.productId)) &&
    (ack.side === undefined || sent.side === undefined || ack.side === sent.side)
  if (!ack || !isOurs) {
    throw unclearOutcome(endpoint, 'Coinbase acknowledged an order that does not agree with the one sent', context)
  }
  return { orderId, clientOrderId: sent.clientOrderId, productId: ack.product_id ?? sent.productId, side: sent.side }
}

function throwRefusal(answer: WireCreateOrderResponse, endpoint: EndpointName): never {
  const { reason, message, isShrug, raw } = readRefusal(answer)
  const context = { ...raw, ...(message ? { venueMessage: message } : {}) }
  if (reason === 'DUPLICATE_CLIENT_ORDER_ID') {
    throw unclearOutcome(endpoint, 'Coinbase already has an order with this client_order_id', context)
  }
  if (reason === undefined && (message === undefined || isShrug)) {
    throw unclearOutcome(endpoint, 'Coinbase refuses the order without any reason', context)
  }
  throw refusedOutcome(
    endpoint,
    `Coinbase rejected the order: ${reason ?? 'no reason word'}${message ? ` (${message})` : ''}`,
    reason ?? 'UNKNOWN_FAILURE_REASON',
    context,
  )
}

/** Equal, or the two names of one unified USD/USDC book. */
function sameMarket(a: string, b: string): boolean {
  return a === b || a.replace(/-USDC$/, '-USD') === b.replace(/-USDC$/, '-USD')
}
