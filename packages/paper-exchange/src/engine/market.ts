import { type Decimal, type Product, ZERO } from '@tidegate/trading-model'
import { type BookSide, DisplayedBook } from './displayed-book.js'
import { incrementGrid } from './increment-grid.js'
import type { OrderRecord } from './records.js'
import { RestingOrders } from './resting-orders.js'

/** A public print. */
export interface PublicTrade {
  readonly tradeId: number
  readonly bookId: string
  readonly price: Decimal
  readonly size: Decimal
  readonly aggressor: 'BUY' | 'SELL'
  readonly atMs: number
}

const keptTrades = 1_000

/** One book: what the market shows, our resting and waiting orders, the last trades. Aliases share it. */
export class Market {
  readonly displayed: DisplayedBook
  readonly resting: { readonly BUY: RestingOrders; readonly SELL: RestingOrders }
  /** Stop orders and brackets that have not been triggered, in order of acceptance. */
  readonly stops: OrderRecord[] = []
  /** Orders that are worked in slices. */
  readonly twaps: OrderRecord[] = []
  /** Orders rest and nothing matches. */
  isAuction: boolean
  /** Base units that the market itself has traded since the start. */
  seenVolume: Decimal = ZERO
  /** Oldest first. */
  readonly trades: PublicTrade[] = []
  lastPrice: Decimal | undefined
  /** When the market last said anything. */
  dataAtMs: number | undefined
  private nextTradeId: number
  private readonly priceGrid

  constructor(
    readonly product: Product,
    startedAtMs: number,
  ) {
    this.isAuction = product.auctionMode
    this.priceGrid = incrementGrid(product.priceIncrement)
    const sizes = incrementGrid(product.baseIncrement)
    this.displayed = new DisplayedBook(sizes)
    this.resting = { BUY: new RestingOrders('BUY', sizes), SELL: new RestingOrders('SELL', sizes) }
    // Public ids must keep rising over restarts without a file: 100 a second since 2020 is more than any market prints.
    this.nextTradeId = Math.max(keptTrades + 1, Math.floor((startedAtMs - Date.UTC(2020, 0, 1)) / 10))
  }

  get bookId(): string {
    return this.product.productId
  }

  ticksOf(price: Decimal): number {
    return this.priceGrid.count(price)
  }

  priceOf(ticks: number): Decimal {
    return this.product.priceIncrement.mul(ticks)
  }

  print(price: Decimal, size: Decimal, aggressor: 'BUY' | 'SELL', atMs: number): PublicTrade {
    const trade = { tradeId: this.nextTradeId++, bookId: this.bookId, price, size, aggressor, atMs }
    this.trades.push(trade)
    if (this.trades.length > keptTrades * 2) this.trades.splice(0, keptTrades)
    this.lastPrice = price
    this.dataAtMs = atMs
    return trade
  }

  /** Gives the market a past: trades from before it was opened. They match nothing and are announced to nobody. */
  seedTrades(past: readonly Omit<PublicTrade, 'tradeId' | 'bookId'>[]): void {
    if (this.trades.length > 0) return
    for (const [index, trade] of past.entries()) {
      this.trades.push({ ...trade, tradeId: this.nextTradeId - past.length + index, bookId: this.bookId })
    }
    this.lastPrice = past.at(-1)?.price
  }

  /** Drops the prints that were kept: those of a replayed gap are nobody's recent trades. */
  forgetTrades(): void {
    this.trades.length = 0
  }

  /** Base units that a client sees at a price: the market's and ours together. */
  quantityAt(side: BookSide, ticks: number): Decimal {
    const own = this.resting[side === 'bid' ? 'BUY' : 'SELL']
    const shown = this.displayed.sizeAt(side, ticks)
    return own.isEmpty ? shown : shown.add(own.sizeAt(ticks))
  }

  /** The book as clients see it, best first. */
  levels(
    side: BookSide,
    depth = Number.POSITIVE_INFINITY,
  ): readonly { ticks: number; price: Decimal; size: Decimal }[] {
    const shown = this.displayed.levels(side)
    const own = this.resting[side === 'bid' ? 'BUY' : 'SELL']
    const levels: { ticks: number; price: Decimal; size: Decimal }[] = []
    let mine = 0
    let theirs = 0
    while (levels.length < depth) {
      const level = shown[theirs]
      const ownTicks = mine < own.levelCount ? own.ticksAtRank(mine) : undefined
      if (ownTicks !== undefined && (!level || own.isAtLeastAsGood(ownTicks, level.ticks))) {
        mine++
        if (level?.ticks === ownTicks) theirs++
        const size = own.sizeAt(ownTicks)
        const price = level?.ticks === ownTicks ? level.price : this.priceOf(ownTicks)
        levels.push({ ticks: ownTicks, price, size: level?.ticks === ownTicks ? size.add(level.size) : size })
      } else if (level) {
        theirs++
        levels.push({ ticks: level.ticks, price: level.price, size: level.size })
      } else break
    }
    return levels
  }

  best(side: BookSide): { ticks: number; price: Decimal; size: Decimal } | undefined {
    return this.levels(side, 1)[0]
  }
}

/** The side of the book that an order of this side takes from. */
export function takenSide(side: 'BUY' | 'SELL'): BookSide {
  return side === 'BUY' ? 'ask' : 'bid'
}

export const opposite = { BUY: 'SELL', SELL: 'BUY' } as const
