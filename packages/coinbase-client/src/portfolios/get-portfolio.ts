import { portfolioBreakdownResponseSchema, type WirePortfolioBreakdown } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { type FromWire, readWire } from '../read-wire.js'

/** What a portfolio holds. `…Fiat` amounts are in the asked currency, `…Crypto` in units of the asset. */
export type PortfolioBreakdown = FromWire<WirePortfolioBreakdown>

/**
 * Breaks a portfolio down: balances, spot, perpetual and futures positions.
 *
 * - Wire: `GET /api/v3/brokerage/portfolios/{portfolio_uuid}`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @param currency - Currency of the totals; the user's own without.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getPortfolio(
  client: HttpClient,
  portfolioId: string,
  currency?: string,
): Promise<PortfolioBreakdown> {
  const { breakdown } = await client.call('getPortfolio', {
    schema: portfolioBreakdownResponseSchema,
    parameters: { portfolio_uuid: portfolioId },
    query: { currency },
  })
  return readWire(breakdown)
}
