import { v2FiatTransferResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { unclearOutcome } from '../outcome.js'
import { readWire } from '../read-wire.js'
import { checkFiatTransfer } from './check-fiat-transfer.js'
import type { V2FiatTransfer } from './types.js'

/**
 * Commits a fiat deposit that was ordered without commit, once.
 *
 * - Wire: `POST /v2/accounts/{account_id}/deposits/{deposit_id}/commit`
 * - Key: `transfer`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here.
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 */
export async function commitV2Deposit(
  client: HttpClient,
  accountId: string,
  depositId: string,
): Promise<V2FiatTransfer> {
  const endpoint = 'commitV2Deposit'
  const { data } = await client.call(endpoint, {
    schema: v2FiatTransferResponseSchema,
    parameters: { account_id: accountId, deposit_id: depositId },
  })
  if (data.id !== depositId) {
    throw unclearOutcome(endpoint, 'Coinbase answered with another deposit', { transferId: data.id })
  }
  return readWire(checkFiatTransfer(data, endpoint))
}
