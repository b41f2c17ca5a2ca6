import { futuresPositionResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { readWire } from '../read-wire.js'
import type { FuturesPosition } from './list-futures-positions.js'

/**
 * Gets the open position in one US future.
 *
 * - Wire: `GET /api/v3/brokerage/cfm/positions/{product_id}`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getFuturesPosition(client: HttpClient, productId: string): Promise<FuturesPosition> {
  const { position } = await client.call('getFuturesPosition', {
    schema: futuresPositionResponseSchema,
    parameters: { product_id: productId },
  })
  return readWire(position)
}
