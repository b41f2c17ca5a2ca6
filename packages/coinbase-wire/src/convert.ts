import type { z } from 'zod'
import { amount, flag, identifier, moment, open, optionalListOf, optionalMoney, optionalText } from './primitives.js'

const feeSchema = open({
  title: optionalText,
  description: optionalText,
  amount: optionalMoney,
  label: optionalText,
})
const optionalFee = feeSchema.nullish().transform((value) => value ?? undefined)

const scaledPrice = open({ amount: optionalMoney, scale: amount })
  .nullish()
  .transform((value) => value ?? undefined)

/** A conversion, quoted or under way. `status` is `TRADE_STATUS_CREATED`, `…_STARTED`, `…_COMPLETED`, `…_CANCELED` or newer. */
export const convertTradeSchema = open({
  id: identifier,
  status: optionalText,
  user_entered_amount: optionalMoney,
  amount: optionalMoney,
  subtotal: optionalMoney,
  total: optionalMoney,
  fees: optionalListOf(feeSchema),
  total_fee: optionalFee,
  total_fee_without_tax: optionalFee,
  unit_price: open({ target_to_fiat: scaledPrice, target_to_source: scaledPrice, source_to_fiat: scaledPrice })
    .nullish()
    .transform((value) => value ?? undefined),
  user_warnings: optionalListOf(open({ id: optionalText, code: optionalText, message: optionalText })),
  user_reference: optionalText,
  source_currency: optionalText,
  target_currency: optionalText,
  source_id: optionalText,
  target_id: optionalText,
  exchange_rate: optionalMoney,
  fiat_denoted_total: optionalMoney,
  tax_details: optionalListOf(open({ name: optionalText, amount: optionalMoney })),
  cancellation_reason: open({ message: optionalText, code: optionalText, error_code: optionalText })
    .nullish()
    .transform((value) => value ?? undefined),
  trade_incentive_info: open({
    applied_incentive: flag,
    user_incentive_id: optionalText,
    code_val: optionalText,
    ends_at: moment,
    fee_without_incentive: optionalMoney,
    redeemed: flag,
  })
    .nullish()
    .transform((value) => value ?? undefined),
})
export type WireConvertTrade = z.output<typeof convertTradeSchema>

/** Answer to `POST /convert/quote` and to both methods of `/convert/trade/{trade_id}`. */
export const convertTradeResponseSchema = open({ trade: convertTradeSchema })
