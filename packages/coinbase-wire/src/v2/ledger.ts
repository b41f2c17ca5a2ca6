import { z } from 'zod'
import {
  amount,
  flag,
  identifier,
  listOf,
  moment,
  open,
  openEnum,
  optionalText,
  optionalV2Money,
  text,
  v2Money,
} from '../primitives.js'
import { v2PaginationSchema } from '../transfers.js'

const pagination = v2PaginationSchema.nullish()

/** A wallet of the v2 interface, staked and vault wallets included. */
export const v2AccountSchema = open({
  id: identifier,
  name: optionalText,
  primary: flag,
  type: optionalText,
  currency: z
    .union([z.string(), open({ code: z.string() })])
    .nullish()
    .transform((value) => (typeof value === 'object' ? value?.code : value)),
  balance: optionalV2Money,
  created_at: moment,
  updated_at: moment,
})
export type WireV2Account = z.output<typeof v2AccountSchema>

/** `GET /v2/accounts/{account_id}`. */
export const v2AccountResponseSchema = open({ data: v2AccountSchema })

/** A row of the ledger as data. The sign of `amount` is its direction: positive came in. */
export const v2LedgerRowSchema = open({
  id: identifier,
  type: openEnum,
  status: openEnum,
  amount: v2Money,
  native_amount: optionalV2Money,
  description: optionalText,
  created_at: moment,
  updated_at: moment,
  idem: optionalText,
  network: open({
    hash: optionalText,
    network_name: optionalText,
    name: optionalText,
    status: optionalText,
    transaction_fee: optionalV2Money,
  })
    .nullish()
    .transform((value) => value ?? undefined),
  advanced_trade_fill: open({
    fill_price: amount,
    product_id: optionalText,
    order_id: optionalText,
    commission: amount,
    order_side: optionalText,
  })
    .nullish()
    .transform((value) => value ?? undefined),
})
export type WireV2LedgerRow = z.output<typeof v2LedgerRowSchema>

/** A page of `GET /v2/accounts/{account_id}/transactions` and of an address's transactions. */
export const v2LedgerPageSchema = open({ pagination, data: listOf(v2LedgerRowSchema) })

/** One transaction: `GET …/transactions/{transaction_id}`, and the answer to a send. */
export const v2LedgerRowResponseSchema = open({ data: v2LedgerRowSchema })

/** A page of `GET /v2/accounts`. */
export const v2AccountPageSchema = open({ pagination, data: listOf(v2AccountSchema) })

const reference = open({ id: optionalText, resource: optionalText })
  .nullish()
  .transform((value) => value ?? undefined)

/** A fiat deposit or withdrawal: `created` waits for a commit, `completed` and `canceled` are final. */
export const v2FiatTransferSchema = open({
  id: identifier,
  status: openEnum,
  payment_method: reference,
  transaction: reference,
  amount: v2Money,
  subtotal: optionalV2Money,
  fee: optionalV2Money,
  committed: flag,
  instant: flag,
  user_reference: optionalText,
  created_at: moment,
  updated_at: moment,
  payout_at: moment,
  resource: optionalText,
})
export type WireV2FiatTransfer = z.output<typeof v2FiatTransferSchema>

/** A page of `GET /v2/accounts/{account_id}/deposits` or `/withdrawals`. */
export const v2FiatTransferPageSchema = open({ pagination, data: listOf(v2FiatTransferSchema) })

/** One deposit or withdrawal, and the answer to making or committing one. */
export const v2FiatTransferResponseSchema = open({ data: v2FiatTransferSchema })

/** Where crypto can be sent to. With a `destination_tag` the address alone loses money. */
export const v2AddressSchema = open({
  id: identifier,
  address: text,
  currency: optionalText,
  name: optionalText,
  network: optionalText,
  destination_tag: optionalText,
  address_info: open({ address: optionalText, destination_tag: optionalText })
    .nullish()
    .transform((value) => value ?? undefined),
  created_at: moment,
  updated_at: moment,
})
export type WireV2Address = z.output<typeof v2AddressSchema>

/** A page of `GET /v2/accounts/{account_id}/addresses`. */
export const v2AddressPageSchema = open({ pagination, data: listOf(v2AddressSchema) })

/** One address, and the answer to making one. */
export const v2AddressResponseSchema = open({ data: v2AddressSchema })
