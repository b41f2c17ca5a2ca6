import { v2LedgerRowResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { readWire } from '../read-wire.js'
import type { V2Transaction } from './types.js'

/**
 * Gets one row of a wallet's ledger.
 *
 * - Wire: `GET /v2/accounts/{account_id}/transactions/{transaction_id}`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getV2Transaction(
  client: HttpClient,
  accountId: string,
  transactionId: string,
): Promise<V2Transaction> {
  const { data } = await client.call('getV2Transaction', {
    schema: v2LedgerRowResponseSchema,
    parameters: { account_id: accountId, transaction_id: transactionId },
  })
  return readWire(data)
}
