import { Decimal } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LiveBook } from './live-book.js'

type Side = 'bid' | 'ask'
interface Change {
  readonly side: Side
  readonly ticks: number
  readonly units: number
}

/** The book as anyone would write it: a map per side, sorted when read. */
class NaiveBook {
  private readonly levels = { bid: new Map<number, number>(), ask: new Map<number, number>() }
  set({ side, ticks, units }: Change): void {
    if (units === 0) this.levels[side].delete(ticks)
    else this.levels[side].set(ticks, units)
  }
  side(side: Side): [number, number][] {
    return [...this.levels[side]].sort((a, b) => (side === 'bid' ? b[0] - a[0] : a[0] - b[0]))
  }
  isCrossed(): boolean {
    const bid = this.side('bid')[0]
    const ask = this.side('ask')[0]
    return bid !== undefined && ask !== undefined && bid[0] >= ask[0]
  }
}

const change = (low: number, high: number, side: Side): fc.Arbitrary<Change> =>
  fc.record({
    side: fc.constant(side),
    ticks: fc.integer({ min: low, max: high }),
    units: fc.oneof(
      { weight: 1, arbitrary: fc.constant(0) },
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 1e15 }) },
    ),
  })
const changes = (bidHigh: number, askLow: number, maxLength: number): fc.Arbitrary<Change[]> =>
  fc.array(fc.oneof(change(1, bidHigh, 'bid'), change(askLow, 400, 'ask')), { maxLength })

const newBook = (): LiveBook =>
  new LiveBook({
    productId: 'BTC-USD',
    priceDecimals: 2,
    sizeDecimals: 8,
    nowMs: () => 0,
    onChange: () => {},
    onInvalid: () => {},
  })

const expectSame = (book: LiveBook, naive: NaiveBook, depth: number): void => {
  const read = book.read(depth)
  expect(read).toBeDefined()
  for (const side of ['bid', 'ask'] as const) {
    const ours = (side === 'bid' ? read?.bids : read?.asks)?.map((row) => [row.price.toFixed(), row.size.toFixed()])
    const truth = naive
      .side(side)
      .slice(0, depth)
      .map(([ticks, units]) => [new Decimal(ticks).div(100).toFixed(), new Decimal(units).div(1e8).toFixed()])
    expect(ours).toEqual(truth)
  }
}

describe('LiveBook against a naive model', () => {
  it('shows the same levels after any snapshot and any run of uncrossed frames, at any depth', () => {
    fc.assert(
      fc.property(
        changes(200, 201, 300),
        fc.array(fc.tuple(changes(200, 201, 60), fc.integer({ min: 1, max: 250 })), { maxLength: 12 }),
        (snapshot, frames) => {
          const book = newBook()
          const naive = new NaiveBook()
          book.beginSnapshot()
          for (const item of snapshot) {
            book.level(item.side, item.ticks, item.units)
            naive.set(item)
          }
          book.commit(1)
          expectSame(book, naive, 50)
          for (const [frame, depth] of frames) {
            for (const item of frame) {
              book.level(item.side, item.ticks, item.units)
              naive.set(item)
            }
            book.commit(2)
            expectSame(book, naive, depth)
            expectSame(book, naive, 50)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is never readable while crossed, and readable again exactly from the next uncrossed snapshot', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), changes(220, 180, 20)), { maxLength: 20 }), (frames) => {
        const book = newBook()
        let naive: NaiveBook | undefined
        for (const [isSnapshot, frame] of frames) {
          if (isSnapshot) {
            book.beginSnapshot()
            naive = new NaiveBook()
          }
          for (const item of frame) {
            book.level(item.side, item.ticks, item.units)
            naive?.set(item)
          }
          book.commit(1)
          if (naive?.isCrossed()) naive = undefined
          expect(book.isReadable()).toBe(naive !== undefined)
          if (naive) expectSame(book, naive, 50)
          else expect(book.read(50)).toBeUndefined()
        }
      }),
      { numRuns: 500 },
    )
  })
})
