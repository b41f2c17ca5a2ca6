import { perpetualPositionResponseSchema, type WirePerpetualPosition } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { type FromWire, readWire } from '../read-wire.js'

/** A perpetual position: sizes in base units, money with its currency. */
export type PerpetualPosition = FromWire<WirePerpetualPosition>

/**
 * Gets one open position of a perpetuals portfolio.
 *
 * - Wire: `GET /api/v3/brokerage/intx/positions/{portfolio_uuid}/{symbol}`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getPerpetualPosition(
  client: HttpClient,
  portfolioId: string,
  symbol: string,
): Promise<PerpetualPosition> {
  const { position } = await client.call('getPerpetualPosition', {
    schema: perpetualPositionResponseSchema,
    parameters: { portfolio_uuid: portfolioId, symbol },
  })
  return readWire(position)
}
