import { type DecimalInput, v2LedgerRowResponseSchema } from '@tidegate/coinbase-wire'
import { amountText } from '../check-input.js'
import type { HttpClient } from '../http/http-client.js'
import { refusedOutcome, unclearOutcome } from '../outcome.js'
import { readWire } from '../read-wire.js'
import type { V2Transaction } from './types.js'

/** What to send and where to. */
export interface V2Send {
  /** Address, e-mail or user id. */
  readonly to: string
  /** Units of `currency`, above zero, network fee not included. */
  readonly amount: DecimalInput
  readonly currency: string
  /** A fresh id for every intent. */
  readonly idempotencyKey: string
  readonly network?: string
  /** Memo or tag; without it money to some addresses is lost. */
  readonly destinationTag?: string
  readonly description?: string
}

/**
 * Sends crypto out of a wallet, once. There is no way back.
 *
 * - Wire: `POST /v2/accounts/{account_id}/transactions`
 * - Key: `transfer`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here.
 * - Idempotency: `idempotencyKey` at the venue; the same key never sends twice there.
 *
 * @returns The ledger row: `status` is `pending` until the network has it.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 * @throws {InputError} `ERR_INPUT_INVALID`: nothing was sent.
 */
export async function sendV2Money(client: HttpClient, accountId: string, send: V2Send): Promise<V2Transaction> {
  const endpoint = 'sendV2Money'
  const amount = amountText(send.amount, 'amount')
  const { data } = await client.call(endpoint, {
    schema: v2LedgerRowResponseSchema,
    parameters: { account_id: accountId },
    body: () => ({
      type: 'send',
      to: send.to,
      amount,
      currency: send.currency,
      idem: send.idempotencyKey,
      ...(send.network === undefined ? {} : { network: send.network }),
      ...(send.destinationTag === undefined ? {} : { destination_tag: send.destinationTag }),
      ...(send.description === undefined ? {} : { description: send.description }),
    }),
  })
  const context = { transactionId: data.id, status: data.status }
  if (data.amount.currency !== send.currency) {
    throw unclearOutcome(endpoint, 'Coinbase answered with a transaction in another currency', context)
  }
  if (data.idem !== undefined && data.idem !== send.idempotencyKey) {
    throw unclearOutcome(endpoint, 'Coinbase answered with the transaction of another request', context)
  }
  if (data.status === 'failed' || data.status === 'expired' || data.status === 'canceled') {
    throw refusedOutcome(endpoint, `Coinbase did not send: the transaction is ${data.status}`, data.status, context)
  }
  return readWire(data)
}
