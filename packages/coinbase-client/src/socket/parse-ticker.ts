import type { WireTicker } from '@tidegate/coinbase-wire'
import { type Decimal, readDecimal, type Ticker } from '@tidegate/trading-model'

/** Reads a ticker under the id its subscriber asked for; `undefined` when it carries no price (some snapshots are empty). */
export function parseTicker(ticker: WireTicker, productId: string): Ticker | undefined {
  const price = readDecimal(ticker.price)
  if (!price) return undefined
  const optional: Record<Exclude<keyof Ticker, 'productId' | 'price'>, Decimal | undefined> = {
    bestBid: readDecimal(ticker.best_bid),
    bestBidSize: readDecimal(ticker.best_bid_quantity),
    bestAsk: readDecimal(ticker.best_ask),
    bestAskSize: readDecimal(ticker.best_ask_quantity),
    volume24h: readDecimal(ticker.volume_24_h),
    low24h: readDecimal(ticker.low_24_h),
    high24h: readDecimal(ticker.high_24_h),
    priceChangePct24h: readDecimal(ticker.price_percent_chg_24_h),
  }
  const known = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined))
  return { productId, price, ...(known as Partial<Ticker>) }
}
