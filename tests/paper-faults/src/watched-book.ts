import type { BookSink } from '@tidegate/trading-model'
import { PRODUCT } from './world.js'

/** A sink that keeps one book, whether it may be read, and what it has been through. */
export function watchedBook() {
  const sides = { bid: new Map<number, number>(), ask: new Map<number, number>() }
  let isValid = false
  let snapshots = 0
  let invalidations = 0
  let crossedCommits = 0
  let commits = 0
  const invalidate = () => {
    if (isValid) invalidations++
    isValid = false
  }
  const sink: BookSink = {
    invalidateAll: invalidate,
    open: (productId) =>
      productId === PRODUCT
        ? {
            priceDecimals: 2,
            sizeDecimals: 8,
            beginSnapshot() {
              sides.bid.clear()
              sides.ask.clear()
              snapshots++
            },
            level(side, ticks, units) {
              if (units === 0) sides[side].delete(ticks)
              else sides[side].set(ticks, units)
            },
            commit() {
              isValid = true
              commits++
              if (bestOf(sides.bid, Math.max) >= bestOf(sides.ask, Math.min)) crossedCommits++
            },
            invalidate,
          }
        : undefined,
  }
  return {
    sink,
    isValid: () => isValid,
    state: () => ({ snapshots, invalidations, crossedCommits, commits }),
    levels: () => sides.bid.size + sides.ask.size,
    best: () => ({ bid: bestOf(sides.bid, Math.max), ask: bestOf(sides.ask, Math.min) }),
  }
}

function bestOf(levels: ReadonlyMap<number, number>, better: (a: number, b: number) => number): number {
  let best: number | undefined
  for (const ticks of levels.keys()) best = best === undefined ? ticks : better(best, ticks)
  return best ?? Number.NaN
}
