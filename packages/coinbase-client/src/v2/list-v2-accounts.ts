import { v2AccountPageSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { iterateV2, listV2 } from './pages.js'
import type { V2Account } from './types.js'

/**
 * Lists every wallet, staked and vault wallets included. Complete or not at all.
 *
 * - Wire: `GET /v2/accounts`
 * - Key: `view`, weight 1 of the private bucket a page
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` when the list cannot be shown to be complete.
 */
export function listV2Accounts(client: HttpClient): Promise<readonly V2Account[]> {
  return listV2(iterateV2Accounts(client))
}

/**
 * Hands out every wallet, staked and vault wallets included, page by page as asked for.
 *
 * - Wire: `GET /v2/accounts`
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` where the list cannot be shown to be complete; what came before stands.
 */
export function iterateV2Accounts(client: HttpClient): AsyncGenerator<V2Account, void, undefined> {
  return iterateV2(client, 'listV2Accounts', {}, v2AccountPageSchema)
}
