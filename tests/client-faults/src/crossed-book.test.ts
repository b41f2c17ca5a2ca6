import type { BookSink } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MOVING, openWorld, timers, type World } from './world.js'

let world: World
let moving: NodeJS.Timeout
beforeAll(async () => {
  world = await openWorld()
  moving = setInterval(() => world.book.move(), 15)
})
afterAll(async () => {
  clearInterval(moving)
  await world.close()
})

/** A sink that takes no crossed book, as the market cache does, and counts what it has shown. */
function strictBook() {
  const sides = { bid: new Map<number, number>(), ask: new Map<number, number>() }
  let isValid = false
  let refused = 0
  let snapshots = 0
  let shown = 0
  const sink: BookSink = {
    invalidateAll: () => {
      isValid = false
    },
    open: (productId) =>
      productId === MOVING
        ? {
            priceDecimals: 0,
            sizeDecimals: 0,
            beginSnapshot: () => {
              snapshots++
              sides.bid.clear()
              sides.ask.clear()
            },
            level: (side, ticks, units) => {
              if (units === 0) sides[side].delete(ticks)
              else sides[side].set(ticks, units)
            },
            commit: () => {
              isValid = Math.max(...sides.bid.keys()) < Math.min(...sides.ask.keys())
              if (!isValid) {
                refused++
                return 'crossed'
              }
              shown++
              return undefined
            },
            invalidate: () => {
              isValid = false
            },
          }
        : undefined,
  }
  return { sink, isValid: () => isValid, refused: () => refused, snapshots: () => snapshots, shown: () => shown }
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await timers.sleep(5)
}

describe('a crossed frame of the exchange', () => {
  it('costs the client that one book for one question, and no connection', async () => {
    const path = await world.pathWith({ name: 'none', timeoutMs: 5_000, expects: 'works' })
    const book = strictBook()
    const feed = world.feedAt(path.host, book.sink, 5_000)
    await feed.subscribe([MOVING])
    await until(() => book.isValid() && book.shown() > 3)
    for (let round = 1; round <= 2; round++) {
      const before = { snapshots: book.snapshots(), shown: book.shown() }
      world.exchange.faults.next({ kind: 'crossed-frame' })
      await until(() => book.refused() >= round)
      await until(() => book.isValid() && book.shown() > before.shown + 3)
      expect(book.snapshots()).toBeGreaterThan(before.snapshots)
    }
    expect(world.exchange.faults.struck().filter((kind) => kind === 'crossed-frame')).toHaveLength(2)
    expect(feed.status()).toMatchObject({ state: 'live', reconnects: 0, gaps: 0 })
    feed.close()
  }, 30_000)
})
