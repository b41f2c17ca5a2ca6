import { parseTimestamp, type WireMarketTrade } from '@tidegate/coinbase-wire'
import { type MarketTrade, readDecimal } from '@tidegate/trading-model'

/** Reads a public trade; `undefined` when price, size, side or time is unknown. The venue's side is the maker's. */
export function parseMarketTrade(
  trade: WireMarketTrade,
  productId: string = trade.product_id,
): MarketTrade | undefined {
  const price = readDecimal(trade.price)
  const size = readDecimal(trade.size)
  const tradedAtMs = parseTimestamp(trade.time)
  const { side } = trade
  if (!price || !size || tradedAtMs === undefined || (side !== 'BUY' && side !== 'SELL')) return undefined
  return { tradeId: trade.trade_id, productId, price, size, makerSide: side, tradedAtMs }
}
