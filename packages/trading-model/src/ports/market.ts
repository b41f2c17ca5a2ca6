import type { Candle, Fresh, Granularity, MarketTrade, OrderBook, Product, Ticker } from '../market/market.js'
import type { Decimal } from '../money/decimal.js'
import type { VenueOrder } from '../order/venue-order.js'

/** Market data as the venue's REST interface gives it; each call is one request. Implemented by coinbase-client. */
export interface MarketSource {
  /** All spot products, complete. */
  products(): Promise<readonly Product[]>
  /** `undefined` when the venue knows no such product. */
  product(productId: string): Promise<Product | undefined>
  /** At most `depth` levels a side. */
  book(productId: string, depth: number): Promise<{ book: OrderBook; asOfMs: number }>
  /** Last trades, newest first, with the best bid and ask of that moment. */
  trades(
    productId: string,
    limit: number,
  ): Promise<{ trades: readonly MarketTrade[]; bestBid?: Decimal; bestAsk?: Decimal }>
  /** Oldest first; `[startMs, endMs)`; buckets without a trade are absent. Pages as the venue needs. */
  candles(productId: string, granularity: Granularity, startMs: number, endMs: number): Promise<readonly Candle[]>
}

/** The view everybody reads: stream where there is one, REST where not, age on every value. Implemented by market-cache. */
export interface MarketReader {
  products(): Promise<Fresh<readonly Product[]>>
  /** @throws NotFoundError when the venue knows no such product. */
  product(productId: string): Promise<Product>
  /** `maxAgeMs`: fetch again when older. `stale` is set when even that did not help. */
  ticker(productId: string, maxAgeMs?: number): Promise<Fresh<Ticker>>
  book(productId: string, depth: number, maxAgeMs?: number): Promise<Fresh<OrderBook>>
  candles(
    productId: string,
    granularity: Granularity,
    startMs: number,
    endMs: number,
  ): Promise<Fresh<readonly Candle[]>>
  /** Called on every change of a product's ticker or book, conflated; returns the way to stop. */
  watch(productId: string, listener: (ticker: Fresh<Ticker>) => void): () => void
}

/**
 * Receives books from the stream. The sender owns sequence and reconnect; the sink owns storage.
 * Prices and sizes arrive as whole numbers: `price × 10^priceDecimals`, `size × 10^sizeDecimals`, exact below 2^53.
 */
export interface BookSink {
  /** `undefined` while the product's increments are unknown. */
  open(productId: string): BookWriter | undefined
  /** A gap or a lost connection: no book may be read until its next snapshot. */
  invalidateAll(reason: string): void
}

export interface BookWriter {
  readonly priceDecimals: number
  readonly sizeDecimals: number
  beginSnapshot(): void
  /** `units` 0 removes the level. */
  level(side: 'bid' | 'ask', ticks: number, units: number): void
  /**
   * All changes of one frame become visible together.
   *
   * @returns Why the book cannot be read all the same (crossed, never whole): whoever sends brings a new snapshot.
   */
  commit(asOfMs: number): string | undefined
  invalidate(reason: string): void
}

export interface FeedStatus {
  readonly state: 'connecting' | 'live' | 'down' | 'closed'
  readonly lastFrameAtMs: number | undefined
  readonly reconnects: number
  readonly gaps: number
  /** Ms from the venue sending the last frame to our reading it, of the slower connection; absent before the first frame. */
  readonly lagMs?: number
}

export interface FeedListeners {
  onTicker?(ticker: Ticker, asOfMs: number): void
  onTrade?(trade: MarketTrade): void
  /** Cumulative order state from the user channel: a hint, not the truth. */
  onOrder?(order: VenueOrder): void
  /** Something may have been missed; whoever keeps state should reconcile. */
  onGap?(reason: string): void
  onStatus?(status: FeedStatus): void
}

/** The venue's stream: heartbeats always on, reconnects and resubscribes by itself. Implemented by coinbase-client. */
export interface MarketFeed {
  /** Adds products to ticker, level2 and market_trades; resolves when the venue acknowledged. */
  subscribe(productIds: readonly string[]): Promise<{ accepted: readonly string[]; unknown: readonly string[] }>
  /** Opens the user channel. */
  subscribeUser(): Promise<void>
  listen(listeners: FeedListeners): () => void
  status(): FeedStatus
  close(): void
}

/** One thing that happened on a market: what the paper exchange trades against. */
export type PriceEvent =
  | {
      readonly kind: 'levels'
      readonly productId: string
      readonly atMs: number
      readonly isSnapshot: boolean
      /** `size` is absolute; 0 removes the level. */
      readonly changes: readonly { readonly side: 'bid' | 'ask'; readonly price: Decimal; readonly size: Decimal }[]
    }
  | {
      readonly kind: 'trade'
      readonly productId: string
      readonly atMs: number
      readonly price: Decimal
      readonly size: Decimal
      readonly aggressor: 'BUY' | 'SELL'
    }

/** Where a paper exchange gets its prices: synthetic, a tape, or the venue's public feed. */
export interface PriceSource {
  readonly name: string
  /** Starts delivering; returns the way to stop. */
  open(sink: (event: PriceEvent) => void): () => void
}
