import { v2AccountResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { readWire } from '../read-wire.js'
import type { V2Account } from './types.js'

/**
 * Gets a wallet by its id, or by its currency.
 *
 * - Wire: `GET /v2/accounts/{account_id}`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getV2Account(client: HttpClient, accountId: string): Promise<V2Account> {
  const { data } = await client.call('getV2Account', {
    schema: v2AccountResponseSchema,
    parameters: { account_id: accountId },
  })
  return readWire(data)
}
