import { Decimal, type PriceEvent, type Product } from '@tidegate/trading-model'
import type { MarketProfile } from './market-profile.js'
import { PricePath } from './price-path.js'
import { mix, mixText, NoiseStream } from './seeded-noise.js'

type Change = Extract<PriceEvent, { kind: 'levels' }>['changes'][number]
type Side = 'bid' | 'ask'

/** Levels a side close to the touch, and further out on a grid twenty times as wide. */
const nearLevels = 60
const farLevels = 60
const farStep = 20

/**
 * Order flow of one synthetic market: a mid that follows its {@link PricePath}, levels on a fixed grid of prices around it, trades of
 * both directions. Inside it computes with numbers; what it emits are whole ticks and whole base increments.
 */
export class OrderFlow {
  readonly path: PricePath
  private readonly stream: NoiseStream
  private readonly tick: number
  private readonly unit: number
  private readonly gridTicks: number
  private readonly gridSeed: number
  /** Shown levels: ticks → units. */
  private readonly book = { bid: new Map<number, number>(), ask: new Map<number, number>() }
  private bestBid = 0
  private bestAsk = 0
  private spread = 0
  private pressure = 0
  private lastMs: number

  constructor(
    private readonly product: Product,
    private readonly profile: MarketProfile,
    private readonly referencePrice: number,
    seed: number,
    startMs: number,
  ) {
    this.tick = product.priceIncrement.toNumber()
    this.unit = product.baseIncrement.toNumber()
    const productSeed = mixText(seed >>> 0, product.productId)
    this.path = new PricePath(productSeed, profile.dailyVolatility)
    this.stream = new NoiseStream(mix(productSeed, 1, startMs))
    this.gridSeed = mix(productSeed, 2, 0)
    this.gridTicks = Math.max(1, Math.round((referencePrice * 0.000015) / this.tick))
    this.lastMs = startMs
  }

  midTicksAt(atMs: number): number {
    const price = this.referencePrice * Math.exp(this.path.logAt(atMs))
    // A price of a few ticks would leave no room for a book.
    return Math.max(20, price / this.tick)
  }

  /** The first look: the whole book, and one trade so that there is a last price. */
  open(atMs: number): readonly PriceEvent[] {
    const changes: Change[] = []
    this.quote(atMs, changes)
    const events: PriceEvent[] = [this.levels(atMs, changes, true)]
    this.trade(atMs, events)
    return events
  }

  /** What happened since the last look. */
  step(atMs: number): readonly PriceEvent[] {
    const elapsedSeconds = Math.min(2_000, Math.max(0, atMs - this.lastMs)) / 1_000
    this.lastMs = atMs
    const activity = this.path.activityAt(atMs)
    const events: PriceEvent[] = []
    const trades = this.stream.poisson(this.profile.tradesPerSecond * activity * elapsedSeconds)
    for (let count = 0; count < trades; count++) this.trade(atMs, events)
    const changes: Change[] = []
    this.quote(atMs, changes)
    this.breathe(changes)
    if (changes.length > 0) events.push(this.levels(atMs, changes, false))
    return events
  }

  /** A taker: one direction, walking levels when it is larger than the first. */
  private trade(atMs: number, events: PriceEvent[]): void {
    // Aggressors come in runs.
    this.pressure = 0.8 * this.pressure + 0.35 * this.stream.normal()
    const aggressor = this.stream.unit() < 1 / (1 + Math.exp(-this.pressure)) ? 'BUY' : 'SELL'
    const side: Side = aggressor === 'BUY' ? 'ask' : 'bid'
    const notional = this.profile.tradeNotional * Math.exp(1.4 * this.stream.normal())
    let units = this.unitsFor(notional, this.touch(side))
    const changes: Change[] = []
    for (let levels = 0; units > 0 && levels < 12; levels++) {
      const ticks = this.touch(side)
      const shown = this.book[side].get(ticks)
      if (shown === undefined) break
      const taken = Math.min(units, shown)
      units -= taken
      events.push({
        kind: 'trade',
        productId: this.product.productId,
        atMs,
        price: this.product.priceIncrement.mul(ticks),
        size: this.product.baseIncrement.mul(taken),
        aggressor,
      })
      this.set(side, ticks, shown - taken, changes)
      if (taken < shown) break
      this.retreat(side)
    }
    if (changes.length > 0) events.push(this.levels(atMs, changes, false))
  }

  /** Moves the quotes to where the path is, and keeps the window of levels filled. */
  private quote(atMs: number, changes: Change[]): void {
    const mid = this.midTicksAt(atMs)
    if (this.spread === 0 || this.stream.unit() < 0.1) {
      const typical = (mid * this.profile.spreadBps) / 10_000
      this.spread = Math.max(1, Math.round(typical * Math.exp(0.5 * this.stream.normal())))
    }
    this.bestBid = Math.floor(mid - this.spread / 2)
    this.bestAsk = this.bestBid + this.spread
    for (const side of ['bid', 'ask'] as const) {
      const wanted = this.window(side)
      for (const ticks of this.book[side].keys()) {
        if (!wanted.has(ticks)) this.set(side, ticks, 0, changes)
      }
      for (const [ticks, scale] of wanted) {
        if (!this.book[side].has(ticks)) this.set(side, ticks, this.freshUnits(ticks, scale), changes)
      }
    }
  }

  /** A few levels change size by themselves. */
  private breathe(changes: Change[]): void {
    for (const side of ['bid', 'ask'] as const) {
      const count = this.stream.below(4)
      const levels = [...this.book[side].keys()]
      for (let index = 0; index < count; index++) {
        const ticks = levels[this.stream.below(Math.min(levels.length, 30))]
        if (ticks !== undefined) this.set(side, ticks, this.freshUnits(ticks, 1), changes)
      }
    }
  }

  /** Prices that a side should show now, with the scale of their sizes: the touch, a near grid, a far grid. */
  private window(side: Side): Map<number, number> {
    const sign = side === 'bid' ? -1 : 1
    const best = side === 'bid' ? this.bestBid : this.bestAsk
    const levels = new Map<number, number>([[best, 1]])
    for (const [step, count, scale] of [
      [this.gridTicks, nearLevels, 1],
      [this.gridTicks * farStep, farLevels, 6],
    ] as const) {
      const first = side === 'bid' ? Math.floor(best / step) : Math.ceil(best / step)
      for (let index = 0; index <= count; index++) {
        const cell = first + sign * index
        const ticks = cell * step + (step > 1 ? mix(this.gridSeed, step, cell) % step : 0)
        if ((ticks - best) * sign > 0 && ticks > 0 && !levels.has(ticks)) levels.set(ticks, scale)
      }
    }
    return levels
  }

  private freshUnits(ticks: number, scale: number): number {
    const notional = this.profile.levelNotional * scale * Math.exp(0.9 * this.stream.normal())
    return this.unitsFor(notional, ticks)
  }

  private unitsFor(notional: number, ticks: number): number {
    const unitPrice = ticks * this.tick * this.unit
    return Math.max(1, Math.min(2 ** 50, Math.round(notional / unitPrice)))
  }

  private touch(side: Side): number {
    return side === 'bid' ? this.bestBid : this.bestAsk
  }

  /** The touch was taken whole: the next level is the best now. */
  private retreat(side: Side): void {
    const prices = [...this.book[side].keys()]
    if (prices.length === 0) return
    if (side === 'bid') this.bestBid = prices.reduce((best, at) => Math.max(best, at), 0)
    else this.bestAsk = prices.reduce((best, at) => Math.min(best, at), Number.POSITIVE_INFINITY)
  }

  private set(side: Side, ticks: number, units: number, changes: Change[]): void {
    if (units > 0) this.book[side].set(ticks, units)
    else this.book[side].delete(ticks)
    changes.push({
      side,
      price: this.product.priceIncrement.mul(ticks),
      size: units > 0 ? this.product.baseIncrement.mul(units) : new Decimal(0),
    })
  }

  private levels(atMs: number, changes: readonly Change[], isSnapshot: boolean): PriceEvent {
    return { kind: 'levels', productId: this.product.productId, atMs, isSnapshot, changes }
  }
}
