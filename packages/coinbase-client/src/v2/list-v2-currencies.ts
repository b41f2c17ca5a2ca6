import { v2CurrenciesResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { readWire } from '../read-wire.js'
import type { V2Currency } from './types.js'

/**
 * Lists the fiat currencies. The venue does not page them.
 *
 * - Wire: `GET /v2/currencies`
 * - Key: `none`, weight 1 of the public bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function listV2Currencies(client: HttpClient): Promise<readonly V2Currency[]> {
  const { data } = await client.call('listV2Currencies', { schema: v2CurrenciesResponseSchema })
  return readWire(data)
}
