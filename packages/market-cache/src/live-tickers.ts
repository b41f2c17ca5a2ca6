import type { Clock, MarketTrade, Product, Ticker } from '@tidegate/trading-model'
import type { Kept } from './age-value.js'

export interface LiveTickersOptions {
  readonly clock: Clock
  readonly peek: (productId: string) => Product | undefined
  readonly onChange: (bookProductId: string) => void
}

/** Tickers of the stream, by the id of the book they belong to. */
export interface LiveTickers {
  onTicker(ticker: Ticker, asOfMs: number): void
  onTrade(trade: MarketTrade): void
  /** `isBroken` since the stream said that something may have been missed, until the product's next ticker. */
  get(bookProductId: string): { readonly kept: Kept<Ticker>; readonly isBroken: boolean } | undefined
  /** Everything received so far stops being trusted. */
  breakAll(): void
}

/** Makes an empty set of tickers. An older message never replaces a newer one. */
export function createLiveTickers(options: LiveTickersOptions): LiveTickers {
  const tickers = new Map<string, { kept: Kept<Ticker>; isBroken: boolean }>()
  const bookIdOf = (productId: string): string => options.peek(productId)?.alias ?? productId

  const put = (ticker: Ticker, asOfMs: number): void => {
    const bookProductId = bookIdOf(ticker.productId)
    const before = tickers.get(bookProductId)
    if (before && !before.isBroken && asOfMs < before.kept.asOfMs) return
    const kept: Kept<Ticker> = {
      value: ticker.productId === bookProductId ? ticker : { ...ticker, productId: bookProductId },
      asOfMs,
      receivedAtMs: options.clock.nowMs(),
      source: 'stream',
    }
    tickers.set(bookProductId, { kept, isBroken: false })
    options.onChange(bookProductId)
  }

  return {
    onTicker: put,
    onTrade(trade) {
      const before = tickers.get(bookIdOf(trade.productId))
      // A trade alone is no ticker: it moves the price of one that stands, and mends none that is broken.
      if (!before || before.isBroken || trade.tradedAtMs <= before.kept.asOfMs) return
      put({ ...before.kept.value, price: trade.price }, trade.tradedAtMs)
    },
    get: (bookProductId) => tickers.get(bookProductId),
    breakAll() {
      for (const entry of tickers.values()) entry.isBroken = true
    },
  }
}
