import { getOrderResponseSchema } from '@tidegate/coinbase-wire'
import { type VenueOrder, VenueRejectedError } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { parseOrder } from './parse-order.js'

/**
 * Gets one order.
 *
 * - Wire: `GET /api/v3/brokerage/orders/historical/{order_id}`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @returns `undefined` when the venue does not show it. Right after a create that proves nothing.
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` for an answer that cannot be used.
 */
export async function getOrder(client: HttpClient, orderId: string): Promise<VenueOrder | undefined> {
  try {
    const { order } = await client.call('getOrder', {
      schema: getOrderResponseSchema,
      parameters: { order_id: orderId },
    })
    return order === null ? undefined : parseOrder(order)
  } catch (error) {
    if (error instanceof VenueRejectedError && isNotFound(error)) return undefined
    throw error
  }
}

function isNotFound(error: VenueRejectedError): boolean {
  return error.httpStatus === 404 || (error.httpStatus === 400 && /not found/i.test(error.shortMessage))
}
