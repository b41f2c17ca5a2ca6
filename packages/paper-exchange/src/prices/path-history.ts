import { type Candle, Decimal, type Product } from '@tidegate/trading-model'
import type { MarketProfile } from './market-profile.js'
import { PricePath } from './price-path.js'
import { mix, mixText, NoiseStream } from './seeded-noise.js'

const minuteMs = 60_000
const hourMs = 3_600_000
/** About two years. */
const keptHours = 17_520
/** Mean over median of the lognormal trade sizes. */
const meanOverMedian = Math.exp(1.4 ** 2 / 2)

interface Bar {
  open: number
  high: number
  low: number
  close: number
  units: number
}

/** A trade of the time before the market was opened. */
export interface PastTrade {
  readonly price: Decimal
  readonly size: Decimal
  readonly aggressor: 'BUY' | 'SELL'
  readonly atMs: number
}

/**
 * The past of one synthetic market, read off the same {@link PricePath} that its present follows: candles of any granularity are
 * sums of the same minutes, so they agree with each other. Synthetic like the rest.
 */
export class PathHistory {
  private readonly path: PricePath
  private readonly tick: number
  private readonly unit: number
  private readonly productSeed: number
  private readonly hours = new Map<number, Bar>()
  private lastMs = Number.NaN
  private lastTicks = 0

  constructor(
    private readonly product: Product,
    private readonly profile: MarketProfile,
    private readonly referencePrice: number,
    seed: number,
  ) {
    this.tick = product.priceIncrement.toNumber()
    this.unit = product.baseIncrement.toNumber()
    this.productSeed = mixText(seed >>> 0, product.productId)
    this.path = new PricePath(this.productSeed, profile.dailyVolatility, 'candles')
  }

  /** Buckets that start in `[startMs, endMs)`, oldest first. `granularityMs` is a whole number of minutes that divides a day. */
  candles(granularityMs: number, startMs: number, endMs: number): readonly Candle[] {
    const candles: Candle[] = []
    for (let at = Math.ceil(startMs / granularityMs) * granularityMs; at < endMs; at += granularityMs) {
      const bar = granularityMs % hourMs === 0 ? this.fromHours(at, granularityMs) : this.fromMinutes(at, granularityMs)
      candles.push(this.toCandle(at, bar))
    }
    return candles
  }

  /** The last `count` trades before a moment, oldest first. */
  trades(beforeMs: number, count: number): readonly PastTrade[] {
    const stream = new NoiseStream(mix(this.productSeed, 3, beforeMs))
    const trades: PastTrade[] = []
    let atMs = beforeMs
    for (let index = 0; index < count; index++) {
      const rate = this.profile.tradesPerSecond * this.path.activityAt(atMs)
      atMs -= Math.max(1, Math.round((-Math.log(1 - stream.unit()) / rate) * 1_000))
      const aggressor = stream.unit() < 0.5 ? 'BUY' : 'SELL'
      const mid = this.ticksAt(atMs)
      const half = Math.max(0.5, (mid * this.profile.spreadBps) / 20_000)
      const ticks = Math.max(1, aggressor === 'BUY' ? Math.ceil(mid + half) : Math.floor(mid - half))
      const notional = this.profile.tradeNotional * Math.exp(1.4 * stream.normal())
      trades.push({
        price: this.product.priceIncrement.mul(ticks),
        size: this.product.baseIncrement.mul(Math.max(1, Math.round(notional / this.unitPrice(ticks)))),
        aggressor,
        atMs,
      })
    }
    return trades.reverse()
  }

  private fromHours(at: number, lengthMs: number): Bar {
    let sum: Bar | undefined
    for (let hour = at; hour < at + lengthMs; hour += hourMs) {
      let bar = this.hours.get(hour)
      if (!bar) {
        bar = this.fromMinutes(hour, hourMs)
        if (this.hours.size > keptHours) this.hours.clear()
        this.hours.set(hour, bar)
      }
      sum = join(sum, bar)
    }
    return sum ?? this.minute(at)
  }

  private fromMinutes(at: number, lengthMs: number): Bar {
    let sum: Bar | undefined
    for (let minute = at; minute < at + lengthMs; minute += minuteMs) sum = join(sum, this.minute(minute))
    return sum ?? this.minute(at)
  }

  private minute(at: number): Bar {
    const open = Math.round(this.ticksAt(at))
    const middle = Math.round(this.ticksAt(at + minuteMs / 2))
    const close = Math.round(this.ticksAt(at + minuteMs))
    const noise = mix(this.productSeed, 4, at / minuteMs) / 4_294_967_296
    const notional =
      this.profile.tradesPerSecond *
      60 *
      this.profile.tradeNotional *
      meanOverMedian *
      this.path.activityAt(at) *
      (0.4 + 1.2 * noise)
    return {
      open,
      high: Math.max(open, middle, close),
      low: Math.min(open, middle, close),
      close,
      units: Math.max(1, Math.round(notional / this.unitPrice(middle))),
    }
  }

  private ticksAt(atMs: number): number {
    // A minute opens where the one before closed.
    if (atMs !== this.lastMs) {
      this.lastTicks = this.computeTicks(atMs)
      this.lastMs = atMs
    }
    return this.lastTicks
  }

  private computeTicks(atMs: number): number {
    const price = this.referencePrice * Math.exp(this.path.logAt(atMs))
    return Math.max(20, price / this.tick)
  }

  private unitPrice(ticks: number): number {
    return ticks * this.tick * this.unit
  }

  private toCandle(startMs: number, bar: Bar): Candle {
    const price = (ticks: number) => new Decimal(ticks).mul(this.product.priceIncrement)
    return {
      startMs,
      open: price(bar.open),
      high: price(bar.high),
      low: price(bar.low),
      close: price(bar.close),
      volume: new Decimal(bar.units).mul(this.product.baseIncrement),
    }
  }
}

function join(sum: Bar | undefined, bar: Bar): Bar {
  if (!sum) return { ...bar }
  sum.high = Math.max(sum.high, bar.high)
  sum.low = Math.min(sum.low, bar.low)
  sum.close = bar.close
  sum.units += bar.units
  return sum
}
