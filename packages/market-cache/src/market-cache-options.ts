import type { Clock, Log, MarketSource, Metrics, Timers } from '@tidegate/trading-model'

/** What a market cache is made of. */
export interface MarketCacheOptions {
  /** Asked when the stream has nothing fresh enough. */
  readonly source: MarketSource
  readonly clock: Clock
  readonly timers: Timers
  readonly log?: Log
  readonly metrics?: Metrics
  /** How old a value may be before it is fetched again when the reader names no bound, ms. */
  readonly ttl: { readonly productsMs: number; readonly tickerMs: number; readonly orderbookMs: number }
  /** Candle ranges kept, least recently used out first. Default 500. */
  readonly maxCandleEntries?: number
  /** Shortest time between two calls of one `watch` listener, ms. Default 100. */
  readonly watchIntervalMs?: number
}
