import { z } from 'zod'
import { decimalText, identifier, listOf, openEnum, optionalText, text } from './primitives.js'

/** Page marks of the v2 interface. `next_uri` carries a query: sign the path alone. */
export const v2PaginationSchema = z.object({
  next_starting_after: optionalText,
  next_uri: optionalText,
})

const v2MoneySchema = z.object({ amount: decimalText, currency: text })

/** `GET /v2/accounts`. The currency is an object in most answers, a code in some. */
export const v2AccountsResponseSchema = z.object({
  pagination: v2PaginationSchema.nullish(),
  data: listOf(
    z.object({
      id: identifier,
      name: optionalText,
      type: optionalText,
      currency: z
        .union([z.string(), z.object({ code: z.string() })])
        .nullish()
        .transform((value) => (typeof value === 'object' ? value?.code : value)),
      balance: v2MoneySchema.nullish(),
    }),
  ),
})
export type WireV2AccountsInput = z.input<typeof v2AccountsResponseSchema>

/** A row of the ledger. The sign of `amount` is its direction: positive came in. */
export const v2TransactionSchema = z.object({
  id: identifier,
  type: openEnum,
  status: openEnum,
  amount: v2MoneySchema,
  created_at: optionalText,
  network: z
    .object({ hash: optionalText, network_name: optionalText, name: optionalText, status: optionalText })
    .nullish(),
})
export type WireV2Transaction = z.output<typeof v2TransactionSchema>
export type WireV2TransactionInput = z.input<typeof v2TransactionSchema>

/** `GET /v2/accounts/{account_id}/transactions`. */
export const v2TransactionsResponseSchema = z.object({
  pagination: v2PaginationSchema.nullish(),
  data: listOf(v2TransactionSchema),
})
export type WireV2TransactionsInput = z.input<typeof v2TransactionsResponseSchema>

/** Ledger types that move money in or out, rather than between our own trades. */
export const TRANSFER_TRANSACTION_TYPES = [
  'send',
  'receive',
  'transfer',
  'fiat_deposit',
  'fiat_withdrawal',
  'exchange_deposit',
  'exchange_withdrawal',
  'pro_deposit',
  'pro_withdrawal',
  'intx_deposit',
  'intx_withdrawal',
  'vault_withdrawal',
  'staking_transfer',
  'unstaking_transfer',
] as const
