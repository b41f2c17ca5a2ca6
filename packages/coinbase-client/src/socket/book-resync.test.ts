import { FakeTime, MemoryLog, MemoryMetrics, SeededRandom } from '@tidegate/testkit'
import type { MarketFeed } from '@tidegate/trading-model'
import { afterEach, describe, expect, it } from 'vitest'
import { memoryBooks } from '../../test-support/memory-books.js'
import { realClock, realTimers } from '../../test-support/runtime.js'
import { type Request, type SocketVenue, startSocketVenue, type VenueSide } from '../../test-support/socket-venue.js'
import { createCoinbaseFeed, createConnectionGate, createWsTransport } from '../index.js'
import { createBookResync } from './book-resync.js'

describe('asking for a bad book again', () => {
  function start() {
    const time = new FakeTime()
    const renewed: string[] = []
    const resync = createBookResync({
      clock: time,
      timers: time,
      log: new MemoryLog(),
      metrics: new MemoryMetrics(),
      renew: (venueId) => renewed.push(venueId),
    })
    return { time, renewed, resync }
  }

  it('happens at once the first time, for each product by itself', () => {
    const { renewed, resync } = start()
    resync.ask('BTC-USD', 'crossed')
    resync.ask('ETH-USD', 'crossed')
    expect(renewed).toEqual(['BTC-USD', 'ETH-USD'])
  })

  it('is bounded: a book that is always bad is asked for ever more rarely, down to once a minute', async () => {
    const { time, renewed, resync } = start()
    for (let passed = 0; passed < 600_000; passed += 100) {
      resync.ask('BTC-USD', 'crossed')
      await time.advance(100)
    }
    expect(renewed.length).toBeGreaterThanOrEqual(10)
    expect(renewed.length).toBeLessThanOrEqual(17)
  })

  it('is quick again after the book was good for a while', async () => {
    const { time, renewed, resync } = start()
    for (let round = 0; round < 3; round++) {
      resync.ask('BTC-USD', 'crossed')
      await time.advance(10_000)
      expect(renewed).toHaveLength(round + 1)
    }
  })

  it('waits for nothing once the connection is gone', async () => {
    const { time, renewed, resync } = start()
    resync.ask('BTC-USD', 'crossed')
    resync.ask('BTC-USD', 'crossed')
    resync.reset()
    await time.advance(600_000)
    expect(renewed).toHaveLength(1)
  })
})

let venue: SocketVenue | undefined
let feed: MarketFeed | undefined
afterEach(async () => {
  feed?.close()
  await venue?.close()
})

const level = (side: string, price_level: string, new_quantity = '1') => ({ side, price_level, new_quantity })
const book = (type: string, updates: object[], product_id = 'BTC-USD') => ({ type, product_id, updates })
const whole = (product_id?: string) => book('snapshot', [level('bid', '100'), level('offer', '101')], product_id)

/** A venue that sends a snapshot on each subscription to level2, as Coinbase does. */
async function follow(productIds: readonly string[], aliases: Readonly<Record<string, string>> = {}) {
  const asked: Request[] = []
  const watchers = new Set<() => void>()
  venue = await startSocketVenue({
    aliases,
    onRequest: (side, request) => {
      if (request.channel === 'level2') asked.push(request)
      if (request.channel === 'level2' && request.type === 'subscribe') {
        for (const id of new Set(request.product_ids.map((each) => aliases[each] ?? each))) {
          side.frame('l2_data', [whole(id)])
        }
      }
      for (const watch of watchers) watch()
      return undefined
    },
  })
  const books = memoryBooks(Object.fromEntries(productIds.map((id) => [id, { price: 2, size: 8 }])))
  const opened = createCoinbaseFeed({
    marketUrl: `${venue.url}/market`,
    userUrl: `${venue.url}/user`,
    clock: realClock,
    timers: realTimers,
    random: new SeededRandom(3),
    sockets: createWsTransport(),
    books,
    log: new MemoryLog(),
    metrics: new MemoryMetrics(),
    backoff: { baseMs: 10, maxMs: 20 },
    messagesPerSecond: 1_000,
    gate: createConnectionGate({ clock: realClock, timers: realTimers, perSecond: 1_000 }),
  })
  feed = opened
  const gaps: string[] = []
  opened.listen({ onGap: (reason) => gaps.push(reason) })
  await opened.subscribe(productIds)
  const side = (await venue.connected('/market', 0, ['level2'])) satisfies VenueSide
  const until = (done: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (done()) resolve()
        else setTimeout(look, 2)
      }
      look()
    })
  return { feed: opened, books, side, asked, gaps, until }
}

describe('a book that goes bad on a live stream', () => {
  it('is asked for again by itself and whole again, without a new connection and without touching the others', async () => {
    const { feed: stream, books, side, asked, gaps, until } = await follow(['BTC-USD', 'ETH-USD'])
    await until(() => books.books.get('ETH-USD')?.valid === true)
    side.frame('l2_data', [book('update', [level('bid', '200')])])
    await until(() => asked.length === 3)
    await until(() => books.books.get('BTC-USD')?.valid === true)
    expect(asked.map(({ type, product_ids }) => [type, product_ids])).toEqual([
      ['subscribe', ['BTC-USD', 'ETH-USD']],
      ['unsubscribe', ['BTC-USD']],
      ['subscribe', ['BTC-USD']],
    ])
    expect([...(books.books.get('BTC-USD')?.bids.keys() ?? [])]).toEqual([10_000])
    expect(books.books.get('ETH-USD')?.commits).toBe(1)
    expect(books.invalidations).toEqual([])
    expect(gaps).toEqual([])
    expect(stream.status()).toMatchObject({ state: 'live', reconnects: 0, gaps: 0 })
  })

  it('is asked for under the ids it is wanted under, also when it arrives under its twin’s', async () => {
    const { books, side, asked, until } = await follow(['BTC-USDC'], { 'BTC-USDC': 'BTC-USD' })
    await until(() => books.books.get('BTC-USDC')?.valid === true)
    side.frame('l2_data', [book('update', [level('offer', '50')])])
    await until(() => asked.length === 3)
    await until(() => books.books.get('BTC-USDC')?.valid === true)
    expect(asked.slice(1).map(({ type, product_ids }) => [type, product_ids])).toEqual([
      ['unsubscribe', ['BTC-USDC']],
      ['subscribe', ['BTC-USDC']],
    ])
  })

  it('costs the connection when not even a product can be read from the event', async () => {
    const { feed: stream, books, side, until } = await follow(['BTC-USD'])
    await until(() => books.books.get('BTC-USD')?.valid === true)
    side.frame('l2_data', [{ type: 'update' }])
    await until(() => stream.status().reconnects === 1)
    await until(() => books.books.get('BTC-USD')?.valid === true)
  })

  it('still counts as lost when the venue does not bring it back', async () => {
    const { gaps, books, side, until, feed: stream } = await follow(['BTC-USD', 'ETH-USD'])
    await until(() => books.books.get('ETH-USD')?.valid === true)
    // Another product vanishes from the acknowledgement meanwhile: that is none of our doing.
    side.state['level2'] = ['BTC-USD']
    side.frame('l2_data', [book('update', [level('bid', '200')])])
    await until(() => stream.status().reconnects === 1)
    expect(gaps.join()).toMatch(/no longer delivers level2 of ETH-USD/)
  })
})
