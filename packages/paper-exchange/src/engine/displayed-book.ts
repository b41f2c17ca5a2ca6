import { type Decimal, ZERO } from '@tidegate/trading-model'
import type { IncrementGrid } from './increment-grid.js'

/** Size that the market showed at a price, less what we have taken since it was last shown. */
export interface DisplayedLevel {
  /** Price in whole price increments. */
  readonly ticks: number
  readonly price: Decimal
  /** Base units, a whole number of base increments. */
  size: Decimal
}

export type BookSide = 'bid' | 'ask'

/**
 * The seen book of one market. What we take is gone until the market shows the level again (R7).
 * Sizes below one base increment are not tradable and count as nothing.
 */
export class DisplayedBook {
  private readonly bids: DisplayedLevel[] = []
  private readonly asks: DisplayedLevel[] = []

  /** @param grid - Base increments. */
  constructor(private readonly grid: IncrementGrid) {}

  /** New data for a level: absolute size, zero removes it. */
  show(side: BookSide, ticks: number, price: Decimal, size: Decimal): void {
    const levels = this.levels(side)
    const index = find(levels, ticks, side)
    const known = levels[index]
    const tradable = this.grid.floor(size)
    if (known?.ticks === ticks) {
      if (tradable.isZero()) levels.splice(index, 1)
      else known.size = tradable
    } else if (!tradable.isZero()) {
      levels.splice(index, 0, { ticks, price, size: tradable })
    }
  }

  /** Takes `size` from a level; a rest below one increment goes with it. */
  take(side: BookSide, ticks: number, size: Decimal): void {
    const levels = this.levels(side)
    const index = find(levels, ticks, side)
    const level = levels[index]
    if (level?.ticks !== ticks) return
    const left = this.grid.floor(level.size.sub(size))
    if (left.gt(ZERO)) level.size = left
    else levels.splice(index, 1)
  }

  clear(): void {
    this.bids.length = 0
    this.asks.length = 0
  }

  /** Best level first. */
  levels(side: BookSide): DisplayedLevel[] {
    return side === 'bid' ? this.bids : this.asks
  }

  best(side: BookSide): DisplayedLevel | undefined {
    return this.levels(side)[0]
  }

  sizeAt(side: BookSide, ticks: number): Decimal {
    const levels = this.levels(side)
    const level = levels[find(levels, ticks, side)]
    return level?.ticks === ticks ? level.size : ZERO
  }
}

/** Index of the level at `ticks`, or of the place where it belongs; best first on both sides. */
function find(levels: readonly DisplayedLevel[], ticks: number, side: BookSide): number {
  let low = 0
  let high = levels.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const at = levels[middle]?.ticks ?? 0
    const isBetter = side === 'bid' ? at > ticks : at < ticks
    if (isBetter) low = middle + 1
    else high = middle
  }
  return low
}
