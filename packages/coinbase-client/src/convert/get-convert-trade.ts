import { convertTradeResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { readWire } from '../read-wire.js'
import type { ConvertTrade } from './create-convert-quote.js'

/** The wallets of a conversion; the venue wants them again with its id. */
export interface ConvertWallets {
  readonly fromAccountId: string
  readonly toAccountId: string
}

/**
 * Gets a conversion.
 *
 * - Wire: `GET /api/v3/brokerage/convert/trade/{trade_id}`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getConvertTrade(
  client: HttpClient,
  tradeId: string,
  wallets: ConvertWallets,
): Promise<ConvertTrade> {
  const { trade } = await client.call('getConvertTrade', {
    schema: convertTradeResponseSchema,
    parameters: { trade_id: tradeId },
    query: { from_account: wallets.fromAccountId, to_account: wallets.toAccountId },
  })
  return readWire(trade)
}
