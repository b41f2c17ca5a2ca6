import { perpetualPortfolioResponseSchema, type WirePerpetualPortfolio } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { type FromWire, readWire } from '../read-wire.js'

/** Margins and totals, in the collateral currency (USDC). */
export type PerpetualPortfolio = FromWire<WirePerpetualPortfolio>

/**
 * Gets margins and totals of a perpetuals portfolio.
 *
 * - Wire: `GET /api/v3/brokerage/intx/portfolio/{portfolio_uuid}`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getPerpetualPortfolio(client: HttpClient, portfolioId: string): Promise<PerpetualPortfolio> {
  const answer = await client.call('getPerpetualPortfolio', {
    schema: perpetualPortfolioResponseSchema,
    parameters: { portfolio_uuid: portfolioId },
  })
  return readWire(answer)
}
