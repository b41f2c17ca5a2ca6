import { v2AddressPageSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { iterateV2, listV2 } from './pages.js'
import type { V2Address } from './types.js'

/**
 * Lists every deposit address of a wallet. Complete or not at all.
 *
 * - Wire: `GET /v2/accounts/{account_id}/addresses`
 * - Key: `view`, weight 1 of the private bucket a page
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` when the list cannot be shown to be complete.
 */
export function listV2Addresses(client: HttpClient, accountId: string): Promise<readonly V2Address[]> {
  return listV2(iterateV2Addresses(client, accountId))
}

/**
 * Hands out every deposit address of a wallet, page by page as asked for.
 *
 * - Wire: `GET /v2/accounts/{account_id}/addresses`
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` where the list cannot be shown to be complete; what came before stands.
 */
export function iterateV2Addresses(client: HttpClient, accountId: string): AsyncGenerator<V2Address, void, undefined> {
  return iterateV2(client, 'listV2Addresses', { account_id: accountId }, v2AddressPageSchema)
}
