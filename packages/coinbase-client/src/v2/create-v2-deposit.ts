import { type DecimalInput, v2FiatTransferResponseSchema } from '@tidegate/coinbase-wire'
import { amountText } from '../check-input.js'
import type { HttpClient } from '../http/http-client.js'
import { readWire } from '../read-wire.js'
import { checkFiatTransfer } from './check-fiat-transfer.js'
import type { V2FiatTransfer } from './types.js'

/** A fiat deposit to order. */
export interface V2DepositOrder {
  /** Units of `currency`, above zero. */
  readonly amount: DecimalInput
  readonly currency: string
  readonly paymentMethodId: string
  /** Commits at once, without a look at the fee. @default false */
  readonly commit?: boolean
}

/**
 * Orders a fiat deposit into a wallet through a payment method, once.
 *
 * - Wire: `POST /v2/accounts/{account_id}/deposits`
 * - Key: `transfer`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here.
 *
 * @returns The deposit: `created` until it is committed.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 * @throws {InputError} `ERR_INPUT_INVALID`: nothing was sent.
 */
export async function createV2Deposit(
  client: HttpClient,
  accountId: string,
  order: V2DepositOrder,
): Promise<V2FiatTransfer> {
  const endpoint = 'createV2Deposit'
  const amount = amountText(order.amount, 'amount')
  const { data } = await client.call(endpoint, {
    schema: v2FiatTransferResponseSchema,
    parameters: { account_id: accountId },
    body: () => ({
      amount,
      currency: order.currency,
      payment_method: order.paymentMethodId,
      commit: order.commit ?? false,
    }),
  })
  return readWire(checkFiatTransfer(data, endpoint, order.currency))
}
