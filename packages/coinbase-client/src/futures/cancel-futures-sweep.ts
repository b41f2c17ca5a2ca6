import { successResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { unclearOutcome } from '../outcome.js'

/**
 * Cancels the pending sweep.
 *
 * - Wire: `DELETE /api/v3/brokerage/cfm/sweeps`
 * - Key: `transfer`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here.
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 */
export async function cancelFuturesSweep(client: HttpClient): Promise<void> {
  const endpoint = 'cancelFuturesSweep'
  const { success } = await client.call(endpoint, { schema: successResponseSchema })
  if (!success) throw unclearOutcome(endpoint, 'Coinbase did not cancel the sweep and gives no reason')
}
