import { v2FiatTransferResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { unclearOutcome } from '../outcome.js'
import { readWire } from '../read-wire.js'
import { checkFiatTransfer } from './check-fiat-transfer.js'
import type { V2FiatTransfer } from './types.js'

/**
 * Commits a fiat withdrawal that was ordered without commit, once.
 *
 * - Wire: `POST /v2/accounts/{account_id}/withdrawals/{withdrawal_id}/commit`
 * - Key: `transfer`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here.
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 */
export async function commitV2Withdrawal(
  client: HttpClient,
  accountId: string,
  withdrawalId: string,
): Promise<V2FiatTransfer> {
  const endpoint = 'commitV2Withdrawal'
  const { data } = await client.call(endpoint, {
    schema: v2FiatTransferResponseSchema,
    parameters: { account_id: accountId, withdrawal_id: withdrawalId },
  })
  if (data.id !== withdrawalId) {
    throw unclearOutcome(endpoint, 'Coinbase answered with another withdrawal', { transferId: data.id })
  }
  return readWire(checkFiatTransfer(data, endpoint))
}
