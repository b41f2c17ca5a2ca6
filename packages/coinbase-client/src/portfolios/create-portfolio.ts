import { portfolioResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { readWire } from '../read-wire.js'
import type { Portfolio } from './list-portfolios.js'

/**
 * Makes an empty portfolio.
 *
 * - Wire: `POST /api/v3/brokerage/portfolios`
 * - Key: `trade`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here.
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 */
export async function createPortfolio(client: HttpClient, name: string): Promise<Portfolio> {
  const { portfolio } = await client.call('createPortfolio', {
    schema: portfolioResponseSchema,
    body: () => ({ name }),
  })
  return readWire(portfolio)
}
