import type { WireCreateOrderResponse } from '@tidegate/coinbase-wire'
import { VenueOutcomeUnknownError, VenueRejectedError } from '@tidegate/trading-model'
import { readRefusal } from './refusal-reason.js'

/** What was sent, as far as the answer has to agree with it. */
export interface SentOrder {
  readonly clientOrderId: string
  readonly productId: string
  readonly side: string
}

/** An acknowledgement that agrees with what was sent. */
export interface CreateAnswer extends SentOrder {
  readonly orderId: string
}

const endpoint = 'createOrder'

/**
 * Reads the answer to a create. Success counts only when it names an order and echoes ours: the venue answers a used
 * `client_order_id` with success and the earlier order.
 *
 * @throws {VenueRejectedError} a parsed refusal with a reason or a sentence: nothing is live.
 * @throws {VenueOutcomeUnknownError} everything else, `DUPLICATE_CLIENT_ORDER_ID` included: an order under this id exists.
 */
export function parseCreateAnswer(answer: WireCreateOrderResponse, sent: SentOrder): CreateAnswer {
  return answer.success ? readAck(answer, sent) : throwRefusal(answer)
}

function readAck(answer: WireCreateOrderResponse, sent: SentOrder): CreateAnswer {
  const ack = answer.success_response
  const orderId = ack?.order_id ?? answer.order_id
  const context = { orderId, acknowledged: { ...ack }, sent }
  if (orderId === undefined) throw unclear('Coinbase reports success without an order id', context)
  const isOurs =
    ack?.client_order_id === sent.clientOrderId &&
    (ack.product_id === undefined || sameMarket(ack.product_id, sent.productId)) &&
    (ack.side === undefined || ack.side === sent.side)
  if (!ack || !isOurs) throw unclear('Coinbase acknowledged an order that does not agree with the one sent', context)
  return { orderId, clientOrderId: sent.clientOrderId, productId: ack.product_id ?? sent.productId, side: sent.side }
}

function throwRefusal(answer: WireCreateOrderResponse): never {
  const { reason, message, raw } = readRefusal(answer)
  const context = { ...raw, ...(message ? { venueMessage: message } : {}) }
  if (reason === 'DUPLICATE_CLIENT_ORDER_ID')
    throw unclear('Coinbase already has an order with this client_order_id', context)
  if (reason === undefined && message === undefined)
    throw unclear('Coinbase refuses the order without any reason', context)
  throw new VenueRejectedError(
    `Coinbase rejected the order: ${reason ?? 'no reason word'}${message ? ` (${message})` : ''}`,
    reason ?? 'UNKNOWN_FAILURE_REASON',
    { endpoint, httpStatus: 200, context },
  )
}

/** Equal, or the two names of one unified USD/USDC book. */
function sameMarket(a: string, b: string): boolean {
  return a === b || a.replace(/-USDC$/, '-USD') === b.replace(/-USDC$/, '-USD')
}

function unclear(message: string, context: Record<string, unknown>): VenueOutcomeUnknownError {
  return new VenueOutcomeUnknownError(message, {
    endpoint,
    httpStatus: 200,
    hint: 'ask for the status; do not send it again',
    context,
  })
}
