import type { BookSink, Fresh, MarketReader, MarketTrade, Ticker } from '@tidegate/trading-model'
import { createBookReader } from './book-reader.js'
import { createCandleCache } from './candle-cache.js'
import { createLiveBooks } from './live-books.js'
import { createLiveTickers } from './live-tickers.js'
import type { MarketCacheOptions } from './market-cache-options.js'
import { createProductCatalog } from './product-catalog.js'
import { createTickerReader } from './ticker-reader.js'
import { createWatchers } from './watchers.js'

const DEFAULT_WATCH_INTERVAL_MS = 100

/** The view everybody reads, and the ends a stream is plugged into. */
export interface MarketCache extends MarketReader, BookSink {
  onTicker(ticker: Ticker, asOfMs: number): void
  onTrade(trade: MarketTrade): void
  /** The product whose book `productId` trades: itself, or what its alias names. Asks the venue when unknown. */
  bookProductId(productId: string): Promise<string>
  /** Stops timers and listeners; reads keep working. */
  close(): void
}

/**
 * Makes the market view: stream where one is alive, REST where not, age and source on every value.
 *
 * - Wire: `GET /products`, `/products/{id}`, `/product_book`, `/products/{id}/ticker`, `/products/{id}/candles`,
 *   through {@link MarketCacheOptions.source}; one request per key at a time.
 *
 * @returns Reader and sink in one; connect `onTicker`, `onTrade` and the sink to a `MarketFeed`.
 *
 * @example
 * const cache = createMarketCache({ source, clock, timers, ttl: { productsMs: 3_600_000, tickerMs: 5_000, orderbookMs: 1_000 } })
 * const ticker = await cache.ticker('BTC-USD', 2_000)
 * // { value: { price: 64000.01, … }, asOfMs: 1795521600000, ageMs: 12, source: 'stream', stale: false }
 */
export function createMarketCache(options: MarketCacheOptions): MarketCache {
  const { clock, timers, log, metrics } = options
  const products = createProductCatalog(options)
  const watchers = createWatchers(timers, options.watchIntervalMs ?? DEFAULT_WATCH_INTERVAL_MS)
  const peek = (productId: string) => products.peek(productId)
  const onChange = (bookProductId: string): void => watchers.changed(bookProductId)
  const books = createLiveBooks({
    clock,
    peek,
    onChange,
    log,
    metrics,
    onUnknown: (productId) => {
      // The sender asks again; by then the record is here.
      products.one(productId).catch((error: unknown) => log?.debug('book_without_product', { productId, error }))
    },
  })
  const tickers = createLiveTickers({ clock, peek, onChange })
  const tickerReader = createTickerReader(options, tickers)
  const bookReader = createBookReader(options, books)
  const candles = createCandleCache(options)

  const bookProductId = async (productId: string): Promise<string> => {
    const product = await products.one(productId)
    return product.alias ?? product.productId
  }

  const measured = <T>(kind: string, fresh: Fresh<T>): Fresh<T> => {
    metrics?.count('market_reads_total', { kind, source: fresh.source, stale: String(fresh.stale) })
    return fresh
  }

  /** Quotes of a readable book younger than the ticker; the age stays the ticker's, so it never looks too young. */
  const withQuotes = (fresh: Fresh<Ticker>, bookId: string): Fresh<Ticker> => {
    const book = books.get(bookId)
    if (!book || book.asOfMs < fresh.asOfMs) return fresh
    const top = book.read(1)
    const bid = top?.bids[0]
    const ask = top?.asks[0]
    if (!bid || !ask) return fresh
    const value = {
      ...fresh.value,
      bestBid: bid.price,
      bestBidSize: bid.size,
      bestAsk: ask.price,
      bestAskSize: ask.size,
    }
    return { ...fresh, value }
  }

  const named = (fresh: Fresh<Ticker>, productId: string): Fresh<Ticker> =>
    fresh.value.productId === productId ? fresh : { ...fresh, value: { ...fresh.value, productId } }

  return {
    bookProductId,
    products: async () => measured('products', await products.all()),
    product: (productId) => products.one(productId),
    async ticker(productId, maxAgeMs) {
      const bookId = await bookProductId(productId)
      return measured('ticker', named(withQuotes(await tickerReader.read(bookId, maxAgeMs), bookId), productId))
    },
    async book(productId, depth, maxAgeMs) {
      const bookId = await bookProductId(productId)
      const fresh = measured('book', await bookReader.read(bookId, depth, maxAgeMs))
      return fresh.value.productId === productId ? fresh : { ...fresh, value: { ...fresh.value, productId } }
    },
    async candles(productId, granularity, startMs, endMs) {
      const bookId = await bookProductId(productId)
      return measured('candles', await candles.read(bookId, granularity, startMs, endMs))
    },
    watch(productId, listener) {
      let stop: (() => void) | undefined
      let isStopped = false
      const begin = (bookId: string): void => {
        if (isStopped) return
        stop = watchers.add(bookId, () => {
          const fresh = tickerReader.peek(bookId)
          if (fresh) listener(named(withQuotes(fresh, bookId), productId))
        })
      }
      const known = products.peek(productId)
      if (known) begin(known.alias ?? known.productId)
      else {
        bookProductId(productId).then(begin, (error: unknown) =>
          log?.debug('watch_without_product', { productId, error }),
        )
      }
      return () => {
        isStopped = true
        stop?.()
      }
    },
    open: (productId) => books.open(productId),
    invalidateAll(reason) {
      tickers.breakAll()
      books.invalidateAll(reason)
    },
    onTicker: (ticker, asOfMs) => tickers.onTicker(ticker, asOfMs),
    onTrade: (trade) => tickers.onTrade(trade),
    close: () => watchers.close(),
  }
}
