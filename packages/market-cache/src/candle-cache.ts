import type { Candle, Fresh, Granularity } from '@tidegate/trading-model'
import { LRUCache } from 'lru-cache'
import { ageOf, type Kept, toFresh } from './age-value.js'
import type { MarketCacheOptions } from './market-cache-options.js'
import { createSingleFlight } from './single-flight.js'

const DEFAULT_MAX_ENTRIES = 500
/** The venue may still correct a bucket shortly after it closed, ms. */
const SETTLE_MS = 60_000

/** Candle ranges, least recently used out first. */
export interface CandleCache {
  read(productId: string, granularity: Granularity, startMs: number, endMs: number): Promise<Fresh<readonly Candle[]>>
}

/** Makes the cache. A range that is over is kept for the products' time, one that still grows for the ticker's. */
export function createCandleCache(options: MarketCacheOptions): CandleCache {
  const { source, clock, ttl, log } = options
  const flight = createSingleFlight()
  const ranges = new LRUCache<string, Kept<readonly Candle[]>>({ max: options.maxCandleEntries ?? DEFAULT_MAX_ENTRIES })

  return {
    async read(productId, granularity, startMs, endMs) {
      const key = `${productId}|${granularity}|${startMs}|${endMs}`
      const nowMs = clock.nowMs()
      const boundMs = endMs + SETTLE_MS <= nowMs ? ttl.productsMs : ttl.tickerMs
      const kept = ranges.get(key)
      // What was fetched before the range was over must be fetched once more after it.
      const isFinal = kept !== undefined && kept.receivedAtMs >= endMs + SETTLE_MS
      const keptBoundMs = isFinal ? boundMs : ttl.tickerMs
      if (kept && ageOf(kept, nowMs) <= keptBoundMs) return toFresh(kept, nowMs, keptBoundMs)
      try {
        const loaded = await flight(key, async () => {
          const askedAtMs = clock.nowMs()
          const candles = await source.candles(productId, granularity, startMs, endMs)
          const fetched: Kept<readonly Candle[]> = {
            value: candles,
            asOfMs: askedAtMs,
            receivedAtMs: clock.nowMs(),
            source: 'cache',
          }
          ranges.set(key, fetched)
          return fetched
        })
        return { ...toFresh(loaded, clock.nowMs(), boundMs), source: 'rest' }
      } catch (error) {
        if (!kept) throw error
        log?.warn('market_refresh_failed', { kind: 'candles', productId, granularity, error })
        return toFresh(kept, clock.nowMs(), keptBoundMs, true)
      }
    },
  }
}
