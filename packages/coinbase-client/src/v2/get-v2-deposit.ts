import { v2FiatTransferResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { readWire } from '../read-wire.js'
import type { V2FiatTransfer } from './types.js'

/**
 * Gets one fiat deposit.
 *
 * - Wire: `GET /v2/accounts/{account_id}/deposits/{deposit_id}`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getV2Deposit(client: HttpClient, accountId: string, depositId: string): Promise<V2FiatTransfer> {
  const { data } = await client.call('getV2Deposit', {
    schema: v2FiatTransferResponseSchema,
    parameters: { account_id: accountId, deposit_id: depositId },
  })
  return readWire(data)
}
