import { v2LedgerPageSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { iterateV2, listV2 } from './pages.js'
import type { V2Transaction } from './types.js'

/**
 * Lists every row of a wallet's ledger, newest first. Complete or not at all.
 *
 * - Wire: `GET /v2/accounts/{account_id}/transactions`
 * - Key: `view`, weight 1 of the private bucket a page
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` when the list cannot be shown to be complete.
 */
export function listV2Transactions(client: HttpClient, accountId: string): Promise<readonly V2Transaction[]> {
  return listV2(iterateV2Transactions(client, accountId))
}

/**
 * Hands out every row of a wallet's ledger, newest first, page by page as asked for.
 *
 * - Wire: `GET /v2/accounts/{account_id}/transactions`
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` where the list cannot be shown to be complete; what came before stands.
 */
export function iterateV2Transactions(
  client: HttpClient,
  accountId: string,
): AsyncGenerator<V2Transaction, void, undefined> {
  return iterateV2(client, 'listV2Transactions', { account_id: accountId }, v2LedgerPageSchema)
}
