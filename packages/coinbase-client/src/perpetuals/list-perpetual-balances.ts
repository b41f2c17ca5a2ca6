import { perpetualBalancesResponseSchema, type WirePerpetualBalances } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { type FromWire, readWire } from '../read-wire.js'

/** Collateral of one portfolio; quantities in units of each asset. */
export type PerpetualBalances = FromWire<WirePerpetualBalances>

/**
 * Lists the collateral of a perpetuals portfolio by asset.
 *
 * - Wire: `GET /api/v3/brokerage/intx/balances/{portfolio_uuid}`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function listPerpetualBalances(
  client: HttpClient,
  portfolioId: string,
): Promise<readonly PerpetualBalances[]> {
  const answer = await client.call('listPerpetualBalances', {
    schema: perpetualBalancesResponseSchema,
    parameters: { portfolio_uuid: portfolioId },
  })
  return readWire(answer.portfolio_balances)
}
