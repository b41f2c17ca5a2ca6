import type { z } from 'zod'
import { flag, identifier, listOf, moment, open, optionalText } from './primitives.js'

/** A bank account, card or fiat wallet; `type` is e.g. `ACH` or `COINBASE_FIAT_ACCOUNT`. */
export const paymentMethodSchema = open({
  id: identifier,
  type: optionalText,
  name: optionalText,
  currency: optionalText,
  verified: flag,
  allow_buy: flag,
  allow_sell: flag,
  allow_deposit: flag,
  allow_withdraw: flag,
  created_at: moment,
  updated_at: moment,
})
export type WirePaymentMethod = z.output<typeof paymentMethodSchema>

/** `GET /api/v3/brokerage/payment_methods`. */
export const listPaymentMethodsResponseSchema = open({ payment_methods: listOf(paymentMethodSchema) })

/** `GET /api/v3/brokerage/payment_methods/{payment_method_id}`. */
export const paymentMethodResponseSchema = open({ payment_method: paymentMethodSchema })
