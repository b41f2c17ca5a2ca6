import { v2ExchangeRatesResponseSchema } from '@tidegate/coinbase-wire'
import type { Decimal } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'

/** Units of each currency for one unit of `currency`; one whose rate is unknown is absent. */
export interface V2ExchangeRates {
  readonly currency: string
  readonly rates: ReadonlyMap<string, Decimal>
}

/**
 * Gets how much of every currency one unit of a currency is worth.
 *
 * - Wire: `GET /v2/exchange-rates`
 * - Key: `none`, weight 1 of the public bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getV2ExchangeRates(client: HttpClient, currency = 'USD'): Promise<V2ExchangeRates> {
  const { data } = await client.call('getV2ExchangeRates', {
    schema: v2ExchangeRatesResponseSchema,
    query: { currency },
  })
  const rates = new Map<string, Decimal>()
  for (const [code, rate] of Object.entries(data.rates)) if (rate) rates.set(code, rate)
  return { currency: data.currency, rates }
}
