import { listAccountsResponseSchema } from '@tidegate/coinbase-wire'
import type { Balance } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { iteratePages } from '../iterate-pages.js'
import { parseAccount } from './parse-account.js'

const PAGE_SIZE = 250

/**
 * Hands out the wallets of the key's portfolio page by page as asked for. Wallets that were never used are not listed.
 *
 * - Wire: `GET /api/v3/brokerage/accounts`
 * - Key: `view`, weight 1 of the private bucket a page
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` where the list cannot be shown to be complete; what came before stands.
 */
export async function* iterateAccounts(client: HttpClient): AsyncGenerator<Balance, void, undefined> {
  const accounts = iteratePages({
    endpoint: 'listAccounts',
    fetch: async (cursor) => {
      const page = await client.call('listAccounts', {
        schema: listAccountsResponseSchema,
        query: { limit: PAGE_SIZE, cursor },
      })
      return { items: page.accounts, cursor: page.cursor, hasNext: page.has_next }
    },
    keyOf: (account) => account.uuid,
  })
  for await (const account of accounts) yield parseAccount(account)
}
