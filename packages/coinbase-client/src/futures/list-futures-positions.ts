import { listFuturesPositionsResponseSchema, type WireFuturesPosition } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { type FromWire, readWire } from '../read-wire.js'

/** A position in whole contracts. Where the venue gives money without a currency, `currency` is `undefined`. */
export type FuturesPosition = FromWire<WireFuturesPosition>

/**
 * Lists the open US futures positions. The venue does not page them.
 *
 * - Wire: `GET /api/v3/brokerage/cfm/positions`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function listFuturesPositions(client: HttpClient): Promise<readonly FuturesPosition[]> {
  const { positions } = await client.call('listFuturesPositions', { schema: listFuturesPositionsResponseSchema })
  return readWire(positions)
}
