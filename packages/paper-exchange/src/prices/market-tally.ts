import { Decimal, type PriceEvent, type Product, ZERO } from '@tidegate/trading-model'

/** What has been emitted so far, to judge whether a market is believable. */
export interface MarketStatistics {
  readonly productId: string
  readonly steps: number
  readonly trades: number
  /** Share of trades whose aggressor bought, 0 to 1. */
  readonly buyShare: number
  /** Base units traded. */
  readonly volume: Decimal
  /** Base units. */
  readonly medianTradeSize: Decimal
  /** Nine of ten trades are no larger; base units. */
  readonly largeTradeSize: Decimal
  readonly lastPrice: Decimal | undefined
  /** Fewest levels a side since the start. */
  readonly minLevelsPerSide: number
  /** Between best bid and best offer, in basis points of their middle. */
  readonly medianSpreadBps: number
  /** Quote units that stand at the best bid and the best offer together. */
  readonly medianTouchDepth: Decimal
  /** Quote units within 10 basis points of the middle, both sides together. */
  readonly medianNearDepth: Decimal
}

const kept = 501

/** Samples in order of arrival, the newest of them. */
class Samples<T> {
  private readonly items: T[] = []
  add(item: T): void {
    this.items.push(item)
    if (this.items.length > kept) this.items.shift()
  }
  quantile(share: number, compare: (a: T, b: T) => number): T | undefined {
    return [...this.items].sort(compare)[Math.min(this.items.length - 1, Math.floor(this.items.length * share))]
  }
}

/** Every so many book events one look at the book. */
const lookEvery = 20
const compareDecimals = (a: Decimal, b: Decimal) => a.cmp(b)

/** Keeps count of one market. */
export class MarketTally {
  private steps = 0
  private trades = 0
  private buys = 0
  private volume = ZERO
  private lastPrice: Decimal | undefined
  private minLevels = Number.POSITIVE_INFINITY
  private readonly sizes = new Samples<Decimal>()
  private readonly spreads = new Samples<number>()
  private readonly touches = new Samples<Decimal>()
  private readonly near = new Samples<Decimal>()
  private readonly shown = { bid: new Map<string, [Decimal, Decimal]>(), ask: new Map<string, [Decimal, Decimal]>() }

  constructor(private readonly product: Product) {}

  count(event: PriceEvent): void {
    if (event.kind === 'trade') {
      this.trades++
      if (event.aggressor === 'BUY') this.buys++
      this.volume = this.volume.add(event.size)
      this.lastPrice = event.price
      this.sizes.add(event.size)
      return
    }
    this.steps++
    if (event.isSnapshot) for (const side of Object.values(this.shown)) side.clear()
    for (const { side, price, size } of event.changes) {
      if (size.isZero()) this.shown[side].delete(price.toFixed())
      else this.shown[side].set(price.toFixed(), [price, size])
    }
    this.minLevels = Math.min(this.minLevels, this.shown.bid.size, this.shown.ask.size)
    if (this.steps % lookEvery === 1) this.look()
  }

  result(): MarketStatistics {
    return {
      productId: this.product.productId,
      steps: this.steps,
      trades: this.trades,
      buyShare: this.trades === 0 ? 0 : this.buys / this.trades,
      volume: this.volume,
      medianTradeSize: this.sizes.quantile(0.5, compareDecimals) ?? ZERO,
      largeTradeSize: this.sizes.quantile(0.9, compareDecimals) ?? ZERO,
      lastPrice: this.lastPrice,
      minLevelsPerSide: Number.isFinite(this.minLevels) ? this.minLevels : 0,
      medianSpreadBps: this.spreads.quantile(0.5, (a, b) => a - b) ?? 0,
      medianTouchDepth: this.touches.quantile(0.5, compareDecimals) ?? ZERO,
      medianNearDepth: this.near.quantile(0.5, compareDecimals) ?? ZERO,
    }
  }

  private look(): void {
    const bids = [...this.shown.bid.values()]
    const asks = [...this.shown.ask.values()]
    if (bids.length === 0 || asks.length === 0) return
    const bid = bids.reduce((best, [price]) => Decimal.max(best, price), ZERO)
    const ask = asks.reduce((best, [price]) => Decimal.min(best, price), (asks[0] as [Decimal, Decimal])[0])
    const mid = bid.add(ask).div(2)
    this.spreads.add(ask.sub(bid).div(mid).mul(10_000).toNumber())
    const within = (distance: Decimal) =>
      [...bids, ...asks]
        .filter(([price]) => price.sub(mid).abs().lte(distance))
        .reduce((sum, [price, size]) => sum.add(price.mul(size)), ZERO)
        .toDecimalPlaces(2)
    this.touches.add(within(ask.sub(bid).div(2)))
    this.near.add(within(mid.div(1_000)))
  }
}
