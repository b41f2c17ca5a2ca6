import { marketTradesResponseSchema } from '@tidegate/coinbase-wire'
import { type Decimal, type MarketTrade, readDecimal } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { unreadable } from '../protocol-error.js'
import { parseMarketTrade } from './parse-market-trade.js'

/**
 * Gets the last trades of a product, newest first, with the best bid and ask of that moment.
 *
 * - Wire: `GET /api/v3/brokerage/products/{product_id}/ticker`, or its public twin without a key
 *
 * @returns `makerSide` is the resting side, as the venue labels trades; the aggressor is the opposite.
 */
export async function getMarketTrades(
  client: HttpClient,
  productId: string,
  limit: number,
): Promise<{ trades: readonly MarketTrade[]; bestBid?: Decimal; bestAsk?: Decimal }> {
  const endpoint = client.canSign ? 'getMarketTrades' : 'getPublicMarketTrades'
  const answer = await client.call(endpoint, {
    schema: marketTradesResponseSchema,
    parameters: { product_id: productId },
    query: { limit },
  })
  const bestBid = readDecimal(answer.best_bid)
  const bestAsk = readDecimal(answer.best_ask)
  return {
    trades: answer.trades.map((trade) => {
      const read = parseMarketTrade(trade, productId)
      if (!read) throw unreadable(endpoint, 'a trade has no price, size, side or time', { tradeId: trade.trade_id })
      return read
    }),
    ...(bestBid ? { bestBid } : {}),
    ...(bestAsk ? { bestAsk } : {}),
  }
}
