import type { Candle, Decimal } from '@tidegate/trading-model'
import type { PublicTrade } from '../engine/market.js'
import type { PriceHistory } from './synthetic.js'

const minuteMs = 60_000
const dayMs = 86_400_000
/** Two weeks of minutes. */
const keptMinutes = 20_160

/** What a product's last 24 hours looked like. */
export interface DayStatistics {
  readonly open: Decimal
  readonly high: Decimal
  readonly low: Decimal
  /** Base units. */
  readonly volume: Decimal
}

/**
 * Candles: from our own prints since the start, and from the price source's past before it, where it has one.
 * Coarser buckets are always sums of the same minutes.
 */
export class CandleStore {
  private readonly minutes = new Map<string, Candle[]>()
  private readonly days = new Map<string, { atMs: number; day: DayStatistics | undefined }>()
  private liveFromMs: number

  constructor(
    startedAtMs: number,
    private readonly history: PriceHistory | undefined,
  ) {
    this.liveFromMs = Math.floor(startedAtMs / minuteMs) * minuteMs
  }

  /** Forgets all prints: from now on the past is the price source's again. */
  restart(nowMs: number): void {
    this.minutes.clear()
    this.days.clear()
    this.liveFromMs = Math.floor(nowMs / minuteMs) * minuteMs
  }

  onTrade(trade: PublicTrade): void {
    let minutes = this.minutes.get(trade.bookId)
    if (!minutes) {
      minutes = []
      this.minutes.set(trade.bookId, minutes)
    }
    const startMs = Math.floor(trade.atMs / minuteMs) * minuteMs
    const last = minutes.at(-1)
    const { price, size } = trade
    if (last && last.startMs >= startMs) {
      minutes[minutes.length - 1] = {
        ...last,
        high: price.gt(last.high) ? price : last.high,
        low: price.lt(last.low) ? price : last.low,
        close: price,
        volume: last.volume.add(size),
      }
      return
    }
    minutes.push({ startMs, open: price, high: price, low: price, close: price, volume: size })
    if (minutes.length > keptMinutes * 1.1) minutes.splice(0, minutes.length - keptMinutes)
  }

  /** Buckets that start in `[startMs, endMs)` and saw a trade, oldest first. */
  candles(bookId: string, granularityMs: number, startMs: number, endMs: number): readonly Candle[] {
    const first = Math.ceil(startMs / granularityMs) * granularityMs
    // The bucket in which the exchange started is put together from both sides of that moment.
    const seam = Math.floor(this.liveFromMs / granularityMs) * granularityMs
    const past = first < seam ? (this.history?.candles(bookId, granularityMs, first, Math.min(endMs, seam)) ?? []) : []
    const candles = [...past]
    for (const minute of this.minutesFrom(bookId, Math.max(first, seam))) {
      const bucketMs = Math.floor(minute.startMs / granularityMs) * granularityMs
      if (bucketMs >= endMs) break
      const last = candles.at(-1)
      if (last?.startMs === bucketMs) candles[candles.length - 1] = joinCandles(last, minute)
      else candles.push({ ...minute, startMs: bucketMs })
    }
    return candles
  }

  /** The last 24 hours, at most a second old. */
  day(bookId: string, nowMs: number): DayStatistics | undefined {
    const known = this.days.get(bookId)
    if (known && nowMs - known.atMs < 1_000 && nowMs >= known.atMs) return known.day
    const day = this.computeDay(bookId, nowMs)
    this.days.set(bookId, { atMs: nowMs, day })
    return day
  }

  private computeDay(bookId: string, nowMs: number): DayStatistics | undefined {
    let sum: Candle | undefined
    const from = nowMs - dayMs
    const fullHours = this.candles(bookId, 3_600_000, from, this.liveFromMs - 3_600_000)
    const seamMs = (fullHours.at(-1)?.startMs ?? from - 3_600_000) + 3_600_000
    for (const hour of fullHours) sum = sum ? joinCandles(sum, hour) : hour
    for (const minute of this.candles(bookId, minuteMs, Math.max(from, seamMs), nowMs + 1)) {
      sum = sum ? joinCandles(sum, minute) : minute
    }
    return sum
  }

  private minutesFrom(bookId: string, fromMs: number): readonly Candle[] {
    const live = this.minutes.get(bookId) ?? []
    const fresh = live.filter((candle) => candle.startMs >= fromMs)
    if (fromMs >= this.liveFromMs) return fresh
    return [...(this.history?.candles(bookId, minuteMs, fromMs, this.liveFromMs) ?? []), ...fresh]
  }
}

function joinCandles(first: Candle, second: Candle): Candle {
  return {
    startMs: first.startMs,
    open: first.open,
    high: second.high.gt(first.high) ? second.high : first.high,
    low: second.low.lt(first.low) ? second.low : first.low,
    close: second.close,
    volume: first.volume.add(second.volume),
  }
}
