import { v2FiatTransferPageSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { iterateV2, listV2 } from './pages.js'
import type { V2FiatTransfer } from './types.js'

/**
 * Lists every fiat withdrawal from a wallet, newest first. Complete or not at all.
 *
 * - Wire: `GET /v2/accounts/{account_id}/withdrawals`
 * - Key: `view`, weight 1 of the private bucket a page
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` when the list cannot be shown to be complete.
 */
export function listV2Withdrawals(client: HttpClient, accountId: string): Promise<readonly V2FiatTransfer[]> {
  return listV2(iterateV2Withdrawals(client, accountId))
}

/**
 * Hands out every fiat withdrawal from a wallet, newest first, page by page as asked for.
 *
 * - Wire: `GET /v2/accounts/{account_id}/withdrawals`
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` where the list cannot be shown to be complete; what came before stands.
 */
export function iterateV2Withdrawals(
  client: HttpClient,
  accountId: string,
): AsyncGenerator<V2FiatTransfer, void, undefined> {
  return iterateV2(client, 'listV2Withdrawals', { account_id: accountId }, v2FiatTransferPageSchema)
}
