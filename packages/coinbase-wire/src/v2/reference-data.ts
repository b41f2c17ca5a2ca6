import { z } from 'zod'
import { amount, countText, identifier, listOf, moment, open, optionalText } from '../primitives.js'

/** `GET /v2/currencies`: fiat currencies. */
export const v2CurrenciesResponseSchema = open({
  data: listOf(open({ id: identifier, name: optionalText, min_size: amount })),
})
export type WireV2Currency = z.output<typeof v2CurrenciesResponseSchema>['data'][number]

/** `GET /v2/currencies/crypto`. */
export const v2CryptoCurrenciesResponseSchema = open({
  data: listOf(
    open({
      code: identifier,
      name: optionalText,
      asset_id: optionalText,
      type: optionalText,
      exponent: countText,
      address_regex: optionalText,
    }),
  ),
})
export type WireV2CryptoCurrency = z.output<typeof v2CryptoCurrenciesResponseSchema>['data'][number]

/** `GET /v2/exchange-rates`: units of each currency for one unit of `currency`. */
export const v2ExchangeRatesResponseSchema = open({
  data: open({ currency: identifier, rates: z.record(z.string(), amount) }),
})

/** `GET /v2/prices/{currency_pair}/{spot|buy|sell}`: quote units for one base unit. */
export const v2PriceResponseSchema = open({ data: open({ base: optionalText, currency: identifier, amount }) })

/** `GET /v2/time`: whole seconds. */
export const v2TimeResponseSchema = open({ data: open({ iso: moment, epoch: countText }) })
