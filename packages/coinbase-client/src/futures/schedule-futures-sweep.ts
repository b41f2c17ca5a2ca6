import { type DecimalInput, successResponseSchema } from '@tidegate/coinbase-wire'
import { amountText } from '../check-input.js'
import type { HttpClient } from '../http/http-client.js'
import { unclearOutcome } from '../outcome.js'

/**
 * Asks for money to be swept from the futures to the spot wallet.
 *
 * - Wire: `POST /api/v3/brokerage/cfm/sweeps/schedule`
 * - Key: `transfer`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here.
 *
 * @param usdAmount - USD, above zero; everything that can be swept without.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 * @throws {InputError} `ERR_INPUT_INVALID`: nothing was sent.
 */
export async function scheduleFuturesSweep(client: HttpClient, usdAmount?: DecimalInput): Promise<void> {
  const endpoint = 'scheduleFuturesSweep'
  const body = usdAmount === undefined ? {} : { usd_amount: amountText(usdAmount, 'usdAmount') }
  const { success } = await client.call(endpoint, { schema: successResponseSchema, body: () => body })
  if (!success) throw unclearOutcome(endpoint, 'Coinbase did not schedule the sweep and gives no reason')
}
