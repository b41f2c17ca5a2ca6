import { v2PriceResponseSchema } from '@tidegate/coinbase-wire'
import type { Decimal } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { unreadable } from '../protocol-error.js'

/**
 * Gets an indicative price of a pair, such as `BTC-USD`.
 *
 * - Wire: `GET /v2/prices/{currency_pair}/{price_type}`
 * - Key: `none`, weight 1 of the public bucket
 *
 * @returns Quote units (USD) for one base unit (BTC); `buy` and `sell` carry a spread.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getV2Price(
  client: HttpClient,
  currencyPair: string,
  priceType: 'spot' | 'buy' | 'sell' = 'spot',
): Promise<Decimal> {
  const { data } = await client.call('getV2Price', {
    schema: v2PriceResponseSchema,
    parameters: { currency_pair: currencyPair, price_type: priceType },
  })
  if (!data.amount) throw unreadable('getV2Price', 'the price is unknown', { currencyPair })
  return data.amount
}
