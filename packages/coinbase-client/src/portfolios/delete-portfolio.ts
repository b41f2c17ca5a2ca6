import { doneResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'

/**
 * Deletes an empty portfolio.
 *
 * - Wire: `DELETE /api/v3/brokerage/portfolios/{portfolio_uuid}`
 * - Key: `trade`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here.
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 */
export async function deletePortfolio(client: HttpClient, portfolioId: string): Promise<void> {
  await client.call('deletePortfolio', {
    schema: doneResponseSchema,
    parameters: { portfolio_uuid: portfolioId },
  })
}
