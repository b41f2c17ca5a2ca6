import { convertTradeResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { refusedOutcome, unclearOutcome } from '../outcome.js'
import { readWire } from '../read-wire.js'
import type { ConvertTrade } from './create-convert-quote.js'
import type { ConvertWallets } from './get-convert-trade.js'

/**
 * Commits a quoted conversion, once.
 *
 * - Wire: `POST /api/v3/brokerage/convert/trade/{trade_id}`
 * - Key: `trade`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here.
 *
 * @returns `status` tells whether it is done (`TRADE_STATUS_COMPLETED`) or under way; words unknown to us pass through.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 */
export async function commitConvertTrade(
  client: HttpClient,
  tradeId: string,
  wallets: ConvertWallets,
): Promise<ConvertTrade> {
  const endpoint = 'commitConvertTrade'
  const { trade } = await client.call(endpoint, {
    schema: convertTradeResponseSchema,
    parameters: { trade_id: tradeId },
    body: () => ({ from_account: wallets.fromAccountId, to_account: wallets.toAccountId }),
  })
  const context = { tradeId: trade.id, status: trade.status, cancellation: { ...trade.cancellation_reason } }
  if (trade.id !== tradeId) throw unclearOutcome(endpoint, 'Coinbase answered with another conversion', context)
  if (trade.status === 'TRADE_STATUS_CANCELED') {
    const { error_code, code, message } = trade.cancellation_reason ?? {}
    const reason = error_code ?? code ?? trade.status
    throw refusedOutcome(endpoint, `Coinbase canceled the conversion: ${message ?? reason}`, reason, context)
  }
  if (
    trade.status === undefined ||
    trade.status === 'TRADE_STATUS_UNSPECIFIED' ||
    trade.status === 'TRADE_STATUS_CREATED'
  ) {
    throw unclearOutcome(endpoint, 'Coinbase does not say that the conversion was started', context)
  }
  return readWire(trade)
}
