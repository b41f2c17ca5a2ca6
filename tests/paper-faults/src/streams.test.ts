import { createMarketCache } from '@tidegate/market-cache'
import { MemoryLog } from '@tidegate/testkit'
import type { VenueOrder } from '@tidegate/trading-model'
import { afterEach, describe, expect, it } from 'vitest'
import { watchedBook } from './watched-book.js'
import { clock, openWorld, PRODUCT, resting, timers, until, type World } from './world.js'

const open: World[] = []

afterEach(async () => {
  for (const world of open.splice(0)) await world.close()
})

async function start() {
  const world = await openWorld()
  open.push(world)
  return world
}

async function follow(world: World, silenceMs?: number) {
  const book = watchedBook()
  const feed = world.feedInto(book.sink, silenceMs)
  let gaps = 0
  feed.listen({ onGap: () => gaps++ })
  await feed.subscribe([PRODUCT])
  await until(() => book.isValid() && book.state().commits > 3)
  return { book, feed, gaps: () => gaps }
}

describe('a book under faults of the stream', () => {
  it.each(['sequence-gap', 'going-away', 'stall'] as const)(
    'is not to be read after %s, and is good again by itself',
    async (kind) => {
      const world = await start()
      const { book } = await follow(world)
      const before = book.state()
      await world.ask({ kind, channel: 'level2' })
      await until(() => book.state().invalidations > before.invalidations)
      expect(world.exchange.faults.struck()).toContain(kind)
      await until(() => book.isValid() && book.state().snapshots > before.snapshots)
      const { commits } = book.state()
      await until(() => book.state().commits > commits + 3)
      const { bid, ask } = book.best()
      expect(bid).toBeLessThan(ask)
      expect(book.state().crossedCommits).toBe(0)
    },
    30_000,
  )

  it('is never shown crossed: the cache asks over REST until the stream’s book is whole again', async () => {
    const world = await start()
    const log = new MemoryLog()
    const cache = createMarketCache({
      log,
      source: {
        products: () => world.client.listProducts(),
        product: (productId) => world.client.getProduct(productId),
        book: (productId, depth) => world.client.getProductBook(productId, depth),
        trades: (productId, limit) => world.client.getMarketTrades(productId, limit),
        candles: (...span) => world.client.getCandles(...span),
      },
      clock,
      timers,
      ttl: { productsMs: 3_600_000, tickerMs: 1_000, orderbookMs: 1_000 },
    })
    await cache.products()
    const feed = world.feedInto(cache)
    await feed.subscribe([PRODUCT])
    const sourceOf = async () => (await cache.book(PRODUCT, 5)).source
    while ((await sourceOf()) !== 'stream') await timers.sleep(20)
    const crossed = () => log.entries.some(({ fields }) => String(fields['reason']).startsWith('crossed'))
    let badReads = 0
    await world.ask({ kind: 'crossed-frame', channel: 'level2' })
    while (!crossed() || (await sourceOf()) !== 'stream') {
      const { value } = await cache.book(PRODUCT, 5)
      if (value.bids[0]?.price.gte(value.asks[0]?.price ?? 0) ?? true) badReads++
      await timers.sleep(1)
    }
    expect(world.exchange.faults.struck()).toContain('crossed-frame')
    expect(badReads).toBe(0)
    // The client asked for that book again; nothing else had to be given up.
    expect(feed.status()).toMatchObject({ state: 'live', reconnects: 0 })
    cache.close()
  }, 30_000)

  it('bears a snapshot of more than 8 MB in one frame', async () => {
    const world = await start()
    await world.ask({ kind: 'huge-snapshot' })
    const { book, feed } = await follow(world, 10_000)
    expect(book.levels()).toBeGreaterThan(50_000)
    expect(feed.status()).toMatchObject({ state: 'live', reconnects: 0 })
  }, 30_000)
})

describe('our orders under faults of the user channel', () => {
  async function followOrders(world: World) {
    const told: VenueOrder[] = []
    const feed = world.feedInto(watchedBook().sink)
    let gaps = 0
    feed.listen({ onOrder: (order) => told.push(order), onGap: () => gaps++ })
    await feed.subscribeUser()
    return { told, gaps: () => gaps }
  }
  const rank = { PENDING: 0, QUEUED: 0, OPEN: 1, CANCEL_QUEUED: 2, CANCELLED: 3 } as Record<string, number>

  it.each([
    { kind: 'duplicate-event', channel: 'user', times: 3 },
    { kind: 'late-event', channel: 'user', delayMs: 300 },
    { kind: 'out-of-order', channel: 'user' },
  ] as const)('end in the truth after $kind, and no order goes back in its life', async (fault) => {
    const world = await start()
    const { told } = await followOrders(world)
    await world.ask(fault)
    const { orderId } = await world.client.createOrder({ clientOrderId: 'one', terms: resting })
    await world.client.cancelOrders([orderId])
    // Something behind it on the channel: an event that was held back has come by then.
    const other = await world.client.createOrder({ clientOrderId: 'two', terms: resting })
    const statuses = () => told.filter((order) => order.orderId === orderId).map((order) => String(order.status))
    await until(() => statuses().includes('CANCELLED') && told.some((order) => order.orderId === other.orderId))
    await timers.sleep(500)
    expect(world.exchange.faults.struck()).toContain(fault.kind)
    const ranks = statuses().map((status) => rank[status] ?? Number.NaN)
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b))
    expect(statuses().at(-1)).toBe('CANCELLED')
  })

  it('say that something may have been missed after a gap', async () => {
    const world = await start()
    const { told, gaps } = await followOrders(world)
    await world.ask({ kind: 'sequence-gap', channel: 'user' })
    const { orderId } = await world.client.createOrder({ clientOrderId: 'lost', terms: resting })
    await until(() => gaps() > 0)
    // The snapshot after the reconnect tells it.
    await until(() => told.some((order) => order.orderId === orderId && order.status === 'OPEN'))
  })
})
