import { l2FrameSchema } from '@tidegate/coinbase-wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryBooks } from '../../test-support/memory-books.js'
import { samplesAbsent, sampleText } from '../../test-support/runtime.js'
import { applyBookEvents } from './apply-book-events.js'

const decimals = { 'BTC-USD': { price: 2, size: 8 }, 'BTC-USDC': { price: 2, size: 8 } }
const event = (type: string, updates: [string, string, string][], product_id = 'BTC-USD') => ({
  type,
  product_id,
  updates: updates.map(([side, price_level, new_quantity]) => ({ side, price_level, new_quantity, event_time: '' })),
})
function start() {
  const sink = memoryBooks(decimals)
  const snapshots = new Set<string>()
  const apply = (events: unknown[], targets: string[] = ['BTC-USD']) =>
    applyBookEvents(events, { sink, targetsOf: () => targets, snapshots, asOfMs: 7 })
  return { sink, apply, book: () => sink.books.get('BTC-USD') }
}

describe('applyBookEvents', () => {
  it('replaces the book on a snapshot and changes it on updates, once visible per frame', () => {
    const { apply, book } = start()
    apply([
      event('snapshot', [
        ['bid', '10', '1'],
        ['offer', '11.5', '0.00000001'],
      ]),
    ])
    apply([
      event('update', [
        ['bid', '10.00', '0'],
        ['bid', '9.99', '2'],
        ['offer', '99', '0'],
      ]),
    ])
    expect([...(book()?.bids ?? [])]).toEqual([[999, 200_000_000]])
    expect([...(book()?.asks ?? [])]).toEqual([[1150, 1]])
    expect(book()).toMatchObject({ valid: true, commits: 2, asOfMs: 7 })
  })

  it('ignores changes to a book that has had no snapshot on this connection', () => {
    const { apply, book } = start()
    expect(apply([event('update', [['bid', '10', '1']])])).toEqual([])
    expect(book()).toBeUndefined()
  })

  it.each([
    ['a price between ticks', 'bid', '10.001', '1'],
    ['a size below the increment', 'bid', '10', '0.000000001'],
    ['a price of zero', 'bid', '0', '1'],
    ['a size with an exponent', 'offer', '10', '1e-7'],
    ['an empty size', 'offer', '10', ''],
    ['a side of its own', 'ask', '10', '1'],
    ['a price beyond 2^53', 'bid', '90071992547409920', '1'],
  ])('invalidates the book on %s, and leaves it so until the next snapshot', (_what, side, price, size) => {
    const { apply, book } = start()
    apply([event('snapshot', [['bid', '9', '1']])])
    expect(
      apply([
        event('update', [
          ['bid', '8', '1'],
          [side, price, size],
        ]),
      ]),
    ).toEqual([{ venueId: 'BTC-USD', reason: expect.stringContaining('BTC-USD: ') as string }])
    expect(book()?.valid).toBe(false)
    apply([event('update', [['bid', '7', '1']])])
    expect(book()?.valid).toBe(false)
    apply([event('snapshot', [['bid', '7', '1']])])
    expect(book()).toMatchObject({ valid: true })
    expect([...(book()?.bids.keys() ?? [])]).toEqual([700])
  })

  it('writes the book under each id that wants it', () => {
    const { sink, apply } = start()
    apply([event('snapshot', [['bid', '10', '1']])], ['BTC-USD', 'BTC-USDC'])
    expect([...sink.books.keys()]).toEqual(['BTC-USD', 'BTC-USDC'])
    expect(sink.books.get('BTC-USDC')?.bids.get(1000)).toBe(100_000_000)
  })

  it('does not build a book out of changes when its increments became known only after the snapshot', () => {
    const sink = memoryBooks(decimals)
    const snapshots = new Set<string>()
    const closed = { ...sink, open: () => undefined }
    const options = { targetsOf: () => ['BTC-USD'], snapshots, asOfMs: 1 }
    const faults = applyBookEvents([event('snapshot', [['bid', '10', '1']])], { ...options, sink: closed })
    expect(faults).toEqual([{ venueId: 'BTC-USD', reason: 'BTC-USD: its increments are not known yet' }])
    applyBookEvents([event('update', [['bid', '9', '1']])], { ...options, sink })
    expect(sink.books.size).toBe(0)
  })

  it('says so when an event has another shape', () => {
    const { apply } = start()
    for (const broken of [null, 5, {}, { type: 'snapshot', product_id: 'BTC-USD' }]) {
      expect(apply([broken])).toEqual([{ reason: expect.stringContaining('unknown shape') as string }])
    }
  })

  it('still shows the other books of a frame in which one event has another shape', () => {
    const { apply, book } = start()
    expect(apply([event('snapshot', [['bid', '10', '1']]), null])).toHaveLength(1)
    expect(book()).toMatchObject({ valid: true, commits: 1 })
  })

  it('says so when the sink does not take the book, and waits for a snapshot from then on', () => {
    const { apply, book } = start()
    apply([
      event('snapshot', [
        ['bid', '9', '1'],
        ['offer', '10', '1'],
      ]),
    ])
    expect(apply([event('update', [['bid', '11', '1']])])).toEqual([
      { venueId: 'BTC-USD', reason: 'BTC-USD: crossed: 1100 over 1000' },
    ])
    expect(apply([event('update', [['bid', '11', '0']])])).toEqual([])
    expect(book()).toMatchObject({ valid: false, commits: 1 })
    expect(apply([event('snapshot', [['bid', '9', '1']])])).toEqual([])
    expect(book()).toMatchObject({ valid: true, commits: 2 })
  })

  it('ends up with the book that a plain map has, after any frames', () => {
    const level = fc
      .tuple(
        fc.constantFrom('bid', 'offer'),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 3 }).map(String),
      )
      .map(([side, price, size]): [string, string, string] => [side, `${side === 'bid' ? price : price + 30}.5`, size])
    const frame = fc.record({
      type: fc.constantFrom('snapshot', 'update', 'update', 'update'),
      levels: fc.array(level),
    })
    fc.assert(
      fc.property(fc.array(frame), (frames) => {
        const { apply, book } = start()
        let model: Map<string, string> | undefined
        for (const { type, levels } of frames) {
          apply([event(type, levels)])
          if (type === 'snapshot') model = new Map()
          for (const [side, price, size] of levels) {
            if (size === '0') model?.delete(`${side} ${price}`)
            else model?.set(`${side} ${price}`, size)
          }
        }
        const held = new Map<string, string>()
        for (const [ticks, units] of book()?.bids ?? []) held.set(`bid ${ticks / 100}`, String(units / 1e8))
        for (const [ticks, units] of book()?.asks ?? []) held.set(`offer ${ticks / 100}`, String(units / 1e8))
        expect(held).toEqual(model ?? new Map())
      }),
    )
  })

  it.skipIf(samplesAbsent)('reads the captured book frame (shared/fixtures)', () => {
    const samples = JSON.parse(sampleText('ccxt/ws-comment-samples.json')) as { fn: string; sample: unknown }[]
    const sample = samples.find(({ fn }) => fn === 'handleOrderBook')?.sample
    const { apply, book } = start()
    expect(apply(l2FrameSchema.parse(sample).events)).toEqual([])
    expect([...(book()?.bids ?? [])]).toEqual([
      [2_192_174, 6_317_902],
      [2_192_130, 2_000_000],
    ])
  })
})
