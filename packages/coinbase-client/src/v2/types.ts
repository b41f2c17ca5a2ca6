import type {
  WireV2Account,
  WireV2Address,
  WireV2CryptoCurrency,
  WireV2Currency,
  WireV2FiatTransfer,
  WireV2LedgerRow,
} from '@tidegate/coinbase-wire'
import type { FromWire } from '../read-wire.js'

/** A wallet as the v2 interface shows it, staked and vault wallets included. */
export type V2Account = FromWire<WireV2Account>

/** A row of the ledger. The sign of `amount` is its direction: positive came in. */
export type V2Transaction = FromWire<WireV2LedgerRow>

/** A fiat deposit or withdrawal. */
export type V2FiatTransfer = FromWire<WireV2FiatTransfer>

/** Where crypto can be sent to; with a `destinationTag` the address alone loses money. */
export type V2Address = FromWire<WireV2Address>

/** A fiat currency. */
export type V2Currency = FromWire<WireV2Currency>

/** A crypto currency. */
export type V2CryptoCurrency = FromWire<WireV2CryptoCurrency>
