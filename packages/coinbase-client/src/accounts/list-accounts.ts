import { listAccountsResponseSchema } from '@tidegate/coinbase-wire'
import type { Balance } from '@tidegate/trading-model'
import { collectPages } from '../collect-pages.js'
import type { HttpClient } from '../http/http-client.js'
import { parseAccount } from './parse-account.js'

/**
 * Lists every wallet of the key's portfolio. Wallets that were never used are not listed by the venue.
 *
 * - Wire: `GET /api/v3/brokerage/accounts`
 *
 * @returns Complete list; amounts in units of each currency.
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` when the list cannot be shown to be complete.
 */
export async function listAccounts(client: HttpClient): Promise<readonly Balance[]> {
  const accounts = await collectPages({
    endpoint: 'listAccounts',
    fetch: async (cursor) => {
      const page = await client.call('listAccounts', {
        schema: listAccountsResponseSchema,
        query: { limit: 250, cursor },
      })
      return { items: page.accounts, cursor: page.cursor, hasNext: page.has_next }
    },
    keyOf: (account) => account.uuid,
  })
  return accounts.map(parseAccount)
}
