import { describe, expect, it } from 'vitest'
import { LiveBook } from './live-book.js'

const open = (): { book: LiveBook; reasons: string[]; changes: () => number } => {
  const reasons: string[] = []
  let changes = 0
  const book = new LiveBook({
    productId: 'BTC-USD',
    priceDecimals: 2,
    sizeDecimals: 8,
    nowMs: () => 7,
    onChange: () => changes++,
    onInvalid: (reason) => reasons.push(reason),
  })
  return { book, reasons, changes: () => changes }
}

const load = (book: LiveBook): void => {
  book.beginSnapshot()
  book.level('bid', 100, 5)
  book.level('bid', 99, 5)
  book.level('ask', 101, 5)
  book.level('ask', 102, 5)
  book.commit(1)
}

describe('LiveBook', () => {
  it('ignores updates before its first snapshot', () => {
    const { book, changes } = open()
    book.level('bid', 100, 5)
    book.commit(1)
    expect(book.read(10)).toBeUndefined()
    expect(changes()).toBe(0)
  })

  it('shows nothing between the first level of a frame and its commit', () => {
    const { book } = open()
    load(book)
    book.level('bid', 100, 0)
    expect(book.read(10)).toBeUndefined()
    book.commit(2)
    expect(book.read(10)?.bids.map((row) => row.price.toFixed())).toEqual(['0.99'])
  })

  it('forgets everything at invalidate, also half a snapshot', () => {
    const { book, reasons } = open()
    load(book)
    book.beginSnapshot()
    book.level('bid', 50, 5)
    book.invalidate('gap')
    book.commit(2)
    expect(book.read(10)).toBeUndefined()
    expect(reasons).toEqual(['gap'])
    load(book)
    expect(book.read(10)?.bids).toHaveLength(2)
  })

  it.each([
    ['zero price', 0, 5],
    ['negative price', -1, 5],
    ['negative size', 100, -1],
    ['fractional size', 100, 0.5],
    ['NaN', Number.NaN, 5],
    ['beyond 2^53', 100, 2 ** 53],
  ])('is invalid after a level with an impossible number: %s', (_, ticks, units) => {
    const { book, reasons } = open()
    load(book)
    book.level('bid', ticks, units)
    book.commit(2)
    expect(book.isReadable()).toBe(false)
    expect(reasons[0]).toMatch(/impossible level/)
  })

  it('treats a locked market as crossed and names both sides', () => {
    const { book, reasons } = open()
    load(book)
    book.level('bid', 101, 1)
    book.commit(2)
    expect(book.isReadable()).toBe(false)
    expect(reasons).toEqual(['crossed: bid 101 ticks, ask 101 ticks'])
  })

  it('tells whoever commits why the book cannot be read, until a snapshot makes it whole', () => {
    const { book } = open()
    expect(book.commit(1)).toBe('no snapshot')
    load(book)
    book.level('bid', 98, 5)
    expect(book.commit(2)).toBeUndefined()
    book.level('bid', 101, 5)
    expect(book.commit(3)).toBe('crossed: bid 101 ticks, ask 101 ticks')
    book.level('bid', 101, 0)
    expect(book.commit(4)).toBe('no snapshot')
    load(book)
    expect(book.read(1)?.bids[0]?.price.toFixed()).toBe('1')
  })

  it('hands out the same row objects for levels that did not change', () => {
    const { book } = open()
    load(book)
    const before = book.read(10)
    book.level('bid', 99, 6)
    book.commit(2)
    const after = book.read(10)
    expect(after?.bids[0]).toBe(before?.bids[0])
    expect(after?.bids[1]).not.toBe(before?.bids[1])
    expect(after?.bids[1]?.size.toFixed()).toBe('0.00000006')
    expect(after?.asks[1]).toBe(before?.asks[1])
  })

  it('loads a 20,000-level snapshot given best first and keeps deep levels exact', () => {
    const { book } = open()
    book.beginSnapshot()
    for (let at = 0; at < 20_000; at++) {
      book.level('bid', 1_000_000 - at, at + 1)
      book.level('ask', 1_000_001 + at, at + 1)
    }
    book.commit(1)
    const read = book.read(20_000)
    expect(read?.bids.at(-1)?.price.toFixed()).toBe('9800.01')
    expect(read?.asks.at(-1)?.price.toFixed()).toBe('10200')
    expect(read?.asks.at(-1)?.size.toFixed()).toBe('0.0002')
  })
})
