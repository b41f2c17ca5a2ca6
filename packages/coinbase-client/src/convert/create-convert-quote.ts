import { convertTradeResponseSchema, type DecimalInput, type WireConvertTrade } from '@tidegate/coinbase-wire'
import { amountText } from '../check-input.js'
import type { HttpClient } from '../http/http-client.js'
import { type FromWire, readWire } from '../read-wire.js'

/** A conversion, quoted or under way. Money with its currency. */
export type ConvertTrade = FromWire<WireConvertTrade>

/** What to convert: wallets by their ids. */
export interface ConvertRequest {
  readonly fromAccountId: string
  readonly toAccountId: string
  /** Units of the source currency, above zero. */
  readonly amount: DecimalInput
  readonly incentive?: { readonly id: string; readonly code?: string }
}

/**
 * Asks for a quote of a conversion, such as USDC to USD. Nothing moves before the quote is committed.
 *
 * - Wire: `POST /api/v3/brokerage/convert/quote`
 * - Key: `trade`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 * @throws {InputError} `ERR_INPUT_INVALID` unless `amount` is a decimal above zero.
 */
export async function createConvertQuote(client: HttpClient, request: ConvertRequest): Promise<ConvertTrade> {
  const amount = amountText(request.amount, 'amount')
  const { trade } = await client.call('createConvertQuote', {
    schema: convertTradeResponseSchema,
    body: () => ({
      from_account: request.fromAccountId,
      to_account: request.toAccountId,
      amount,
      ...(request.incentive
        ? { trade_incentive_metadata: { user_incentive_id: request.incentive.id, code_val: request.incentive.code } }
        : {}),
    }),
  })
  return readWire(trade)
}
