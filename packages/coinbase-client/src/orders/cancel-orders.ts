import {
  cancelOrdersResponseSchema,
  MAX_CANCELS_PER_REQUEST,
  type WireCancelOrdersResponse,
} from '@tidegate/coinbase-wire'
import { type CancelResult, VenueError } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'

/**
 * Asks for orders to be cancelled, 100 at a time, ahead of everything else in the rate budget. Repeats are safe.
 *
 * - Wire: `POST /api/v3/brokerage/orders/batch_cancel`
 * - Key: `trade`, weight 1 of the private bucket
 *
 * @returns One result per id, in order. `accepted` means taken: the order may still fill. "No such order" and a lost answer
 * are `unknown`.
 * @throws {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError} `ERR_VENUE_NOT_SENT` when nothing at all was asked for.
 */
export async function cancelOrders(client: HttpClient, orderIds: readonly string[]): Promise<readonly CancelResult[]> {
  const unique = [...new Set(orderIds)]
  const results = new Map<string, CancelResult>()
  for (let start = 0; start < unique.length; start += MAX_CANCELS_PER_REQUEST) {
    const chunk = unique.slice(start, start + MAX_CANCELS_PER_REQUEST)
    for (const result of await cancelChunk(client, chunk, start === 0)) results.set(result.orderId, result)
  }
  return orderIds.map((orderId) => results.get(orderId) ?? { orderId, outcome: 'unknown' })
}

async function cancelChunk(client: HttpClient, orderIds: readonly string[], isFirst: boolean): Promise<CancelResult[]> {
  try {
    const answer = await client.call('cancelOrders', {
      schema: cancelOrdersResponseSchema,
      body: () => ({ order_ids: orderIds }),
      urgent: true,
    })
    return orderIds.map((orderId) => readResult(answer, orderId))
  } catch (error) {
    if (!(error instanceof VenueError) || (isFirst && error.outcome === 'not-applied')) throw error
    return orderIds.map((orderId) => ({ orderId, outcome: 'unknown', reason: error.code }))
  }
}

function readResult(answer: WireCancelOrdersResponse, orderId: string): CancelResult {
  const result = answer.results.find((each) => each.order_id === orderId)
  if (!result) return { orderId, outcome: 'unknown', reason: 'NOT_ANSWERED' }
  if (result.success) return { orderId, outcome: 'accepted' }
  const reason = result.failure_reason ?? 'UNKNOWN_CANCEL_FAILURE_REASON'
  // A cancel that is already under way was taken; "unknown" reasons prove nothing.
  if (reason === 'DUPLICATE_CANCEL_REQUEST') return { orderId, outcome: 'accepted', reason }
  return { orderId, outcome: reason.startsWith('UNKNOWN_') ? 'unknown' : 'refused', reason }
}
