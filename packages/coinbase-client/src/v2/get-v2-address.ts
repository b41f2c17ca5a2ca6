import { v2AddressResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { readWire } from '../read-wire.js'
import type { V2Address } from './types.js'

/**
 * Gets one deposit address.
 *
 * - Wire: `GET /v2/accounts/{account_id}/addresses/{address_id}`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getV2Address(client: HttpClient, accountId: string, addressId: string): Promise<V2Address> {
  const { data } = await client.call('getV2Address', {
    schema: v2AddressResponseSchema,
    parameters: { account_id: accountId, address_id: addressId },
  })
  return readWire(data)
}
