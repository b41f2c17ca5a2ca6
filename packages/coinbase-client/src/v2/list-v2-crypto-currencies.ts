import { v2CryptoCurrenciesResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { readWire } from '../read-wire.js'
import type { V2CryptoCurrency } from './types.js'

/**
 * Lists the crypto currencies. The venue does not page them.
 *
 * - Wire: `GET /v2/currencies/crypto`
 * - Key: `none`, weight 1 of the public bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function listV2CryptoCurrencies(client: HttpClient): Promise<readonly V2CryptoCurrency[]> {
  const { data } = await client.call('listV2CryptoCurrencies', { schema: v2CryptoCurrenciesResponseSchema })
  return readWire(data)
}
