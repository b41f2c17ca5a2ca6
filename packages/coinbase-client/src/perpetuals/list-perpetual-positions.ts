import { listPerpetualPositionsResponseSchema, type WirePerpetualPositions } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { type FromWire, readWire } from '../read-wire.js'

/** Positions, and totals under `summary` or `portfolioSummary`, whichever name the venue used. */
export type PerpetualPositions = FromWire<WirePerpetualPositions>

/**
 * Lists the open positions of a perpetuals portfolio, with its totals. The venue does not page them.
 *
 * - Wire: `GET /api/v3/brokerage/intx/positions/{portfolio_uuid}`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function listPerpetualPositions(client: HttpClient, portfolioId: string): Promise<PerpetualPositions> {
  const answer = await client.call('listPerpetualPositions', {
    schema: listPerpetualPositionsResponseSchema,
    parameters: { portfolio_uuid: portfolioId },
  })
  return readWire(answer)
}
