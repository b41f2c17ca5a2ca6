import {
  type Candle,
  type Clock,
  Decimal,
  type PriceEvent,
  type PriceSource,
  type Product,
  type Timers,
  ZERO,
} from '@tidegate/trading-model'
import { DEFAULT_PRODUCTS, type ListedProduct } from '../products.js'
import { profileOf } from './market-profile.js'
import { OrderFlow } from './order-flow.js'
import { type PastTrade, PathHistory } from './path-history.js'

export interface SyntheticPricesOptions {
  /** Same seed, same start and same clock: same market, bit for bit. */
  readonly seed: number
  readonly products?: readonly ListedProduct[]
  readonly clock: Clock
  readonly timers: Timers
  /** How often the market moves. */
  readonly stepMs?: number
}

/** What has been emitted so far, to judge whether a market is believable. */
export interface MarketStatistics {
  readonly productId: string
  readonly steps: number
  readonly trades: number
  /** Share of trades whose aggressor bought, 0 to 1. */
  readonly buyShare: number
  /** Base units traded. */
  readonly volume: Decimal
  readonly medianTradeSize: Decimal
  readonly lastPrice: Decimal | undefined
  /** Fewest levels a side since the start. */
  readonly minLevelsPerSide: number
}

/** A price source that can also tell its past. A paper exchange uses the past for candles and first trades. */
export interface PriceHistory {
  /** Oldest first; buckets that start in `[startMs, endMs)`. */
  candles(productId: string, granularityMs: number, startMs: number, endMs: number): readonly Candle[]
  /** The last trades before a moment, oldest first. */
  pastTrades(productId: string, beforeMs: number, count: number): readonly PastTrade[]
}

export interface SyntheticPrices extends PriceSource, PriceHistory {
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
  const tallies = new Map(listed.map((product) => [product.productId, new Tally(product)]))
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
    statistics: () => [...tallies.values()].map((tally) => tally.result()),
  }
}

function flowOf(product: ListedProduct, seed: number, startMs: number): OrderFlow {
  return new OrderFlow(product, profileOf(product), product.referencePrice.toNumber(), seed, startMs)
}

function historyOf(product: ListedProduct, seed: number): PathHistory {
  return new PathHistory(product, profileOf(product), product.referencePrice.toNumber(), seed)
}

const keptSizes = 501

class Tally {
  private steps = 0
  private trades = 0
  private buys = 0
  private volume = ZERO
  private lastPrice: Decimal | undefined
  private minLevels = Number.POSITIVE_INFINITY
  private readonly sizes: Decimal[] = []
  private readonly shown = { bid: new Set<string>(), ask: new Set<string>() }

  constructor(private readonly product: Product) {}

  count(event: PriceEvent): void {
    if (event.kind === 'trade') {
      this.trades++
      if (event.aggressor === 'BUY') this.buys++
      this.volume = this.volume.add(event.size)
      this.lastPrice = event.price
      this.sizes.push(event.size)
      if (this.sizes.length > keptSizes) this.sizes.shift()
      return
    }
    this.steps++
    for (const { side, price, size } of event.changes) {
      if (size.isZero()) this.shown[side].delete(price.toFixed())
      else this.shown[side].add(price.toFixed())
    }
    this.minLevels = Math.min(this.minLevels, this.shown.bid.size, this.shown.ask.size)
  }

  result(): MarketStatistics {
    const sizes = [...this.sizes].sort((a, b) => a.cmp(b))
    return {
      productId: this.product.productId,
      steps: this.steps,
      trades: this.trades,
      buyShare: this.trades === 0 ? 0 : this.buys / this.trades,
      volume: this.volume,
      medianTradeSize: sizes[Math.floor(sizes.length / 2)] ?? new Decimal(0),
      lastPrice: this.lastPrice,
      minLevelsPerSide: Number.isFinite(this.minLevels) ? this.minLevels : 0,
    }
  }
}
