import { getAccountResponseSchema } from '@tidegate/coinbase-wire'
import type { Balance } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { parseAccount } from './parse-account.js'

/**
 * Gets one wallet.
 *
 * - Wire: `GET /api/v3/brokerage/accounts/{account_uuid}`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when there is no such wallet.
 */
export async function getAccount(client: HttpClient, accountId: string): Promise<Balance> {
  const { account } = await client.call('getAccount', {
    schema: getAccountResponseSchema,
    parameters: { account_uuid: accountId },
  })
  return parseAccount(account)
}
