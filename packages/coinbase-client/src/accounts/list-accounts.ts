import type { Balance } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { iterateAccounts } from './iterate-accounts.js'

/**
 * Lists every wallet of the key's portfolio. Wallets that were never used are not listed by the venue.
 *
 * - Wire: `GET /api/v3/brokerage/accounts`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @returns Complete list; amounts in units of each currency.
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` when the list cannot be shown to be complete.
 */
export async function listAccounts(client: HttpClient): Promise<readonly Balance[]> {
  const accounts: Balance[] = []
  for await (const account of iterateAccounts(client)) accounts.push(account)
  return accounts
}
