import { z } from 'zod'
import { decimalText, flag, identifier, listOf, moneySchema, open, openEnum, optionalText, text } from './primitives.js'

/** One wallet of `GET /accounts`. Total = available + hold; wallets never used are not listed. */
export const accountSchema = open({
  uuid: identifier,
  name: text,
  currency: identifier,
  available_balance: moneySchema,
  default: flag,
  active: flag,
  created_at: optionalText,
  updated_at: optionalText,
  deleted_at: optionalText,
  type: openEnum.optional(),
  ready: flag,
  hold: moneySchema.nullish(),
  retail_portfolio_id: optionalText,
  platform: optionalText,
})
export type WireAccount = z.output<typeof accountSchema>
export type WireAccountInput = z.input<typeof accountSchema>

/** `GET /api/v3/brokerage/accounts`. */
export const listAccountsResponseSchema = z.object({
  accounts: listOf(accountSchema),
  has_next: flag,
  cursor: optionalText,
  size: decimalText,
})
export type WireListAccountsInput = z.input<typeof listAccountsResponseSchema>

/** `GET /api/v3/brokerage/accounts/{account_uuid}`. */
export const getAccountResponseSchema = z.object({ account: accountSchema })

/** `GET /api/v3/brokerage/key_permissions`. */
export const keyPermissionsResponseSchema = open({
  can_view: z.boolean(),
  can_trade: z.boolean(),
  can_transfer: z.boolean(),
  portfolio_uuid: text,
  portfolio_type: openEnum,
})
export type WireKeyPermissionsInput = z.input<typeof keyPermissionsResponseSchema>

const feeTierSchema = open({
  pricing_tier: text,
  usd_from: decimalText,
  usd_to: decimalText,
  taker_fee_rate: decimalText,
  maker_fee_rate: decimalText,
  aop_from: decimalText,
  aop_to: decimalText,
})

/** `GET /api/v3/brokerage/transaction_summary`. Totals arrive as JSON numbers; rates are fractions (0.012 is 1.2 %). */
export const transactionSummaryResponseSchema = open({
  total_volume: decimalText,
  total_fees: decimalText,
  fee_tier: feeTierSchema,
  total_balance: decimalText,
  advanced_trade_only_volume: decimalText,
  advanced_trade_only_fees: decimalText,
})
export type WireTransactionSummaryInput = z.input<typeof transactionSummaryResponseSchema>
