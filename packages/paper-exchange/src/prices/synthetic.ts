import type { Candle, Clock, PriceEvent, PriceSource, Timers } from '@tidegate/trading-model'
import { DEFAULT_PRODUCTS, type ListedProduct } from '../products.js'
import type { PriceReplay } from '../state/pass-gap.js'
import { profileOf } from './market-profile.js'
import { type MarketStatistics, MarketTally } from './market-tally.js'
import { OrderFlow } from './order-flow.js'
import { type PastTrade, PathHistory } from './path-history.js'
import { syntheticReplay } from './synthetic-replay.js'

export interface SyntheticPricesOptions {
  /** Same seed, same start and same clock: same market, bit for bit. */
  readonly seed: number
  readonly products?: readonly ListedProduct[]
  readonly clock: Clock
  readonly timers: Timers
  /** How often the market moves. */
  readonly stepMs?: number
}

/** A price source that can also tell its past. A paper exchange uses the past for candles and first trades. */
export interface PriceHistory {
  /** Oldest first; buckets that start in `[startMs, endMs)`. */
  candles(productId: string, granularityMs: number, startMs: number, endMs: number): readonly Candle[]
  /** The last trades before a moment, oldest first. */
  pastTrades(productId: string, beforeMs: number, count: number): readonly PastTrade[]
}

export interface SyntheticPrices extends PriceSource, PriceHistory, PriceReplay {
  statistics(): readonly MarketStatistics[]
}

/**
 * A seeded market that moves: prices around a random path with wandering volatility, books of about 120 levels a side, trades of
 * both directions. **Synthetic**: invented from the seed, not a copy, delay or forecast of any real market.
 */
export function createSyntheticPrices(options: SyntheticPricesOptions): SyntheticPrices {
  const { seed, clock, timers } = options
  const listed = (options.products ?? DEFAULT_PRODUCTS).filter((product) => product.alias === undefined)
  const histories = new Map(listed.map((product) => [product.productId, historyOf(product, seed)]))
  const tallies = new Map(listed.map((product) => [product.productId, new MarketTally(product)]))
  return {
    name: `synthetic (seed ${seed})`,
    open(sink) {
      const startMs = clock.nowMs()
      const flows = listed.map((product) => flowOf(product, seed, startMs))
      const deliver = (events: readonly PriceEvent[]) => {
        for (const event of events) {
          tallies.get(event.productId)?.count(event)
          sink(event)
        }
      }
      for (const flow of flows) deliver(flow.open(startMs))
      const timer = timers.every(options.stepMs ?? 100, () => {
        const nowMs = clock.nowMs()
        for (const flow of flows) deliver(flow.step(nowMs))
      })
      return () => timer.cancel()
    },
    candles: (productId, granularityMs, startMs, endMs) =>
      histories.get(productId)?.candles(granularityMs, startMs, endMs) ?? [],
    pastTrades: (productId, beforeMs, count) => histories.get(productId)?.trades(beforeMs, count) ?? [],
    replay: syntheticReplay(seed, listed),
    statistics: () => [...tallies.values()].map((tally) => tally.result()),
  }
}

function flowOf(product: ListedProduct, seed: number, startMs: number): OrderFlow {
  return new OrderFlow(product, profileOf(product), product.referencePrice.toNumber(), seed, startMs)
}

function historyOf(product: ListedProduct, seed: number): PathHistory {
  return new PathHistory(product, profileOf(product), product.referencePrice.toNumber(), seed)
}
