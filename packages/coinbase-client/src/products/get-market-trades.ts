import { marketTradesResponseSchema } from '@tidegate/coinbase-wire'
import { type Decimal, type MarketTrade, readDecimal } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { unreadable } from '../protocol-error.js'
import { rememberRaw } from '../raw-of.js'
import { parseMarketTrade } from './parse-market-trade.js'

/**
 * Gets the last trades of a product, newest first, with the best bid and ask of that moment.
 *
 * - Wire: `GET /api/v3/brokerage/products/{product_id}/ticker`, or its public twin without a key
 * - Key: `view`, weight 3 of the private bucket; without a key `none`, weight 1 of the public one
 *
 * @param window - Ms since epoch (UTC); the venue takes whole seconds.
 * @returns `makerSide` is the resting side, as the venue labels trades; the aggressor is the opposite.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getMarketTrades(
  client: HttpClient,
  productId: string,
  limit: number,
  window: { readonly sinceMs?: number; readonly untilMs?: number } = {},
): Promise<{ trades: readonly MarketTrade[]; bestBid?: Decimal; bestAsk?: Decimal }> {
  const endpoint = client.canSign ? 'getMarketTrades' : 'getPublicMarketTrades'
  const answer = await client.call(endpoint, {
    schema: marketTradesResponseSchema,
    parameters: { product_id: productId },
    query: {
      limit,
      start: window.sinceMs === undefined ? undefined : Math.floor(window.sinceMs / 1000),
      end: window.untilMs === undefined ? undefined : Math.ceil(window.untilMs / 1000),
    },
  })
  const bestBid = readDecimal(answer.best_bid)
  const bestAsk = readDecimal(answer.best_ask)
  return {
    trades: answer.trades.map((trade) => {
      const read = parseMarketTrade(trade, productId)
      if (!read) throw unreadable(endpoint, 'a trade has no price, size, side or time', { tradeId: trade.trade_id })
      return rememberRaw(read, trade)
    }),
    ...(bestBid ? { bestBid } : {}),
    ...(bestAsk ? { bestAsk } : {}),
  }
}
