import { v2AddressResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { readWire } from '../read-wire.js'
import type { V2Address } from './types.js'

/**
 * Makes a new deposit address of a wallet.
 *
 * - Wire: `POST /v2/accounts/{account_id}/addresses`
 * - Key: `transfer`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here.
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 */
export async function createV2Address(client: HttpClient, accountId: string, name?: string): Promise<V2Address> {
  const { data } = await client.call('createV2Address', {
    schema: v2AddressResponseSchema,
    parameters: { account_id: accountId },
    body: () => (name === undefined ? {} : { name }),
  })
  return readWire(data)
}
