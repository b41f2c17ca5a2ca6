import { listPortfoliosResponseSchema, type WirePortfolio } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { type FromWire, readWire } from '../read-wire.js'

/** A portfolio of the user. */
export type Portfolio = FromWire<WirePortfolio>

/**
 * Lists the portfolios of the user. A key sees and trades one of them only.
 *
 * - Wire: `GET /api/v3/brokerage/portfolios`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @param portfolioType - `DEFAULT`, `CONSUMER`, `INTX` …; all of them without.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function listPortfolios(client: HttpClient, portfolioType?: string): Promise<readonly Portfolio[]> {
  const { portfolios } = await client.call('listPortfolios', {
    schema: listPortfoliosResponseSchema,
    query: { portfolio_type: portfolioType },
  })
  return readWire(portfolios)
}
