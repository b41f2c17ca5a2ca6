import { MemoryLog, MemoryMetrics, SeededRandom } from '@tidegate/testkit'
import type { FeedListeners, FeedStatus, MarketFeed, MarketTrade, Ticker, VenueOrder } from '@tidegate/trading-model'
import { afterEach, describe, expect, it } from 'vitest'
import { memoryBooks } from '../../test-support/memory-books.js'
import { makeKey, readJwt, realClock, realTimers } from '../../test-support/runtime.js'
import { type SocketVenue, type SocketVenueOptions, startSocketVenue } from '../../test-support/socket-venue.js'
import {
  type CoinbaseFeedOptions,
  createCoinbaseFeed,
  createConnectionGate,
  createSwappableSigner,
  createWsTransport,
} from '../index.js'

const ALL = ['heartbeats', 'ticker', 'level2', 'market_trades']
const decimals = {
  'BTC-USD': { price: 2, size: 8 },
  'BTC-USDC': { price: 2, size: 8 },
  'ETH-USD': { price: 2, size: 8 },
}

let venue: SocketVenue | undefined
let feed: MarketFeed | undefined
afterEach(async () => {
  feed?.close()
  await venue?.close()
})

async function start(venueOptions: SocketVenueOptions = {}, overrides: Partial<CoinbaseFeedOptions> = {}) {
  venue = await startSocketVenue(venueOptions)
  const books = memoryBooks(decimals)
  const metrics = new MemoryMetrics()
  const log = new MemoryLog()
  const opened = createCoinbaseFeed({
    marketUrl: `${venue.url}/market`,
    userUrl: `${venue.url}/user`,
    signer: makeKey().signer,
    clock: realClock,
    timers: realTimers,
    random: new SeededRandom(3),
    sockets: createWsTransport(),
    books,
    log,
    metrics,
    backoff: { baseMs: 10, maxMs: 20 },
    messagesPerSecond: 1_000,
    gate: createConnectionGate({ clock: realClock, timers: realTimers, perSecond: 1_000 }),
    ...overrides,
  })
  feed = opened
  const gaps: string[] = []
  const statuses: FeedStatus[] = []
  opened.listen({ onGap: (reason) => gaps.push(reason), onStatus: (status) => statuses.push(status) })
  return { venue, feed: opened, books, metrics, log, gaps, statuses }
}

/** Resolves with the first value that a listener is told and that fits. */
function told<T>(target: MarketFeed, name: keyof FeedListeners, fits: (value: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve) => {
    const stop = target.listen({
      [name]: (value: T) => {
        if (!fits(value)) return
        stop()
        resolve(value)
      },
    } as FeedListeners)
  })
}

const ticker = (product_id: string, price: string) => ({
  type: 'ticker',
  product_id,
  price,
  best_bid: '',
  volume_24_h: '1.5',
})
const snapshot = (product_id: string, price = '100', size = '1') => ({
  type: 'snapshot',
  product_id,
  updates: [{ side: 'bid', event_time: '2026-01-01T00:00:00Z', price_level: price, new_quantity: size }],
})
const wireOrder = (order_id: string, status: string) => ({
  order_id,
  client_order_id: 'c',
  product_id: 'BTC-USDC',
  status,
  order_side: 'BUY',
  order_type: 'Limit',
  cumulative_quantity: '0',
  leaves_quantity: '1',
  creation_time: '2026-01-01T00:00:00Z',
})

describe('subscribing', () => {
  it('asks for heartbeats first, then for the product on every channel, each with a fresh token without a uri', async () => {
    const { venue: server, feed: stream } = await start()
    expect(await stream.subscribe(['BTC-USD'])).toEqual({ accepted: ['BTC-USD'], unknown: [] })
    const side = await server.connected('/market', 0, ALL)
    expect(side.requests.map(({ channel, product_ids }) => [channel, product_ids])).toEqual([
      ['heartbeats', []],
      ['ticker', ['BTC-USD']],
      ['level2', ['BTC-USD']],
      ['market_trades', ['BTC-USD']],
    ])
    const tokens = side.requests.map((request) => request.jwt ?? '')
    expect(new Set(tokens).size).toBe(4)
    expect(Object.keys(readJwt(tokens[0] ?? '').claims).sort()).toEqual(['exp', 'iss', 'nbf', 'sub'])
    expect(stream.status()).toMatchObject({ state: 'live', reconnects: 0, gaps: 0 })
  })

  it('sends no token without a key', async () => {
    const { venue: server, feed: stream } = await start({}, { signer: undefined })
    await stream.subscribe(['BTC-USD'])
    expect(server.sides[0]?.requests.every((request) => request.jwt === undefined)).toBe(true)
    await expect(stream.subscribeUser()).rejects.toMatchObject({ code: 'ERR_VENUE_AUTH' })
  })

  it('reports products the acknowledgement leaves out, and does not ask for them again', async () => {
    const { venue: server, feed: stream } = await start()
    expect(await stream.subscribe(['BTC-USD', 'NO-SUCH'])).toEqual({ accepted: ['BTC-USD'], unknown: ['NO-SUCH'] })
    server.sides[0]?.close(1001)
    const side = await server.connected('/market', 1, ALL)
    expect(side.requests.flatMap((request) => request.product_ids)).not.toContain('NO-SUCH')
    expect(await stream.subscribe(['NO-SUCH'])).toEqual({ accepted: [], unknown: ['NO-SUCH'] })
  })

  it('adds products on the same connection', async () => {
    const { venue: server, feed: stream } = await start()
    await stream.subscribe(['BTC-USD'])
    expect(await stream.subscribe(['ETH-USD', 'BTC-USD'])).toEqual({ accepted: ['ETH-USD', 'BTC-USD'], unknown: [] })
    expect(server.sides).toHaveLength(1)
    expect(server.sides[0]?.requests.at(-1)).toMatchObject({ channel: 'market_trades', product_ids: ['ETH-USD'] })
  })

  it('gives up waiting for an answer that does not come', async () => {
    const { feed: stream } = await start({ onRequest: () => false }, { ackTimeoutMs: 30 })
    await expect(stream.subscribe(['BTC-USD'])).rejects.toMatchObject({ code: 'ERR_VENUE_PROTOCOL' })
  })

  it('waits through a connection that fails and comes back', async () => {
    let isFirst = true
    const { feed: stream, gaps } = await start({
      onRequest: (side, request) => {
        if (!isFirst || request.channel !== 'level2') return undefined
        isFirst = false
        side.close(1011)
        return false
      },
    })
    expect(await stream.subscribe(['BTC-USD'])).toEqual({ accepted: ['BTC-USD'], unknown: [] })
    expect(gaps).toHaveLength(1)
  })

  it('tells that the user channel refused the key, instead of waiting', async () => {
    const { feed: stream } = await start({
      onRequest: (side, request) => {
        if (request.channel !== 'user') return undefined
        side.error('authentication failure')
        return false
      },
    })
    await expect(stream.subscribeUser()).rejects.toMatchObject({
      code: 'ERR_VENUE_AUTH',
      shortMessage: expect.stringContaining('authentication failure') as string,
    })
  })
})

describe('what arrives', () => {
  it('are tickers with exact decimals, unknown fields left out, and their time', async () => {
    const { venue: server, feed: stream } = await start()
    await stream.subscribe(['BTC-USD'])
    const seen = told<Ticker>(stream, 'onTicker')
    server.sides[0]?.frame('ticker', [{ type: 'snapshot', tickers: [ticker('', ''), ticker('BTC-USD', '21932.98')] }])
    const got = await seen
    expect(got.price.toFixed()).toBe('21932.98')
    expect(got).not.toHaveProperty('bestBid')
    expect(got.volume24h?.toFixed()).toBe('1.5')
  })

  it('is a book even when its snapshot comes before the acknowledgement', async () => {
    const {
      venue: server,
      feed: stream,
      books,
    } = await start({
      onRequest: (side, request) => {
        if (request.channel === 'level2') side.frame('l2_data', [snapshot('BTC-USD')])
        return undefined
      },
    })
    await stream.subscribe(['BTC-USD'])
    await server.connected('/market', 0, ALL)
    expect(books.books.get('BTC-USD')).toMatchObject({ valid: true })
    expect(books.books.get('BTC-USD')?.bids.get(10_000)).toBe(100_000_000)
  })

  it('are trades in the order they happened, each once though snapshots repeat them', async () => {
    const { venue: server, feed: stream } = await start()
    await stream.subscribe(['BTC-USD'])
    const trades: MarketTrade[] = []
    stream.listen({ onTrade: (trade) => trades.push(trade) })
    const trade = (trade_id: string) => ({
      trade_id,
      product_id: 'BTC-USD',
      price: '1',
      size: '1',
      side: 'SELL',
      time: '2026-01-01T00:00:00Z',
    })
    const last = told<MarketTrade>(stream, 'onTrade', (each) => each.tradeId === '13')
    server.sides[0]?.frame('market_trades', [{ type: 'snapshot', trades: [trade('11'), trade('10')] }])
    server.sides[0]?.frame('market_trades', [{ type: 'update', trades: [trade('13'), trade('12'), trade('11')] }])
    await last
    expect(trades.map((each) => [each.tradeId, each.makerSide])).toEqual([
      ['10', 'SELL'],
      ['11', 'SELL'],
      ['12', 'SELL'],
      ['13', 'SELL'],
    ])
  })

  it('are our orders, under the id they were submitted with', async () => {
    const { venue: server, feed: stream } = await start()
    await stream.subscribeUser()
    const side = await server.connected('/user', 0, ['heartbeats', 'user'])
    expect(side.requests.map((request) => request.channel)).toEqual(['heartbeats', 'user'])
    const seen = told<VenueOrder>(stream, 'onOrder', (order) => order.status === 'FILLED')
    side.frame('user', [{ type: 'snapshot', orders: [wireOrder('o1', 'OPEN')] }])
    side.frame('user', [{ type: 'update', orders: [{ ...wireOrder('o1', 'FILLED'), leaves_quantity: '0' }] }])
    expect(await seen).toMatchObject({ orderId: 'o1', productId: 'BTC-USDC' })
  })

  it('never goes back: a late update is not told, a contradiction asks for a reconciliation', async () => {
    const { venue: server, feed: stream } = await start()
    await stream.subscribeUser()
    const statuses: string[] = []
    stream.listen({ onOrder: (order) => statuses.push(`${order.orderId} ${order.status}`) })
    const gap = told<string>(stream, 'onGap')
    const end = told<VenueOrder>(stream, 'onOrder', (order) => order.orderId === 'o2')
    const send = (id: string, status: string) =>
      server.sides[0]?.frame('user', [{ type: 'update', orders: [wireOrder(id, status)] }])
    for (const status of ['OPEN', 'PENDING', 'CANCELLED', 'OPEN', 'EXPIRED']) send('o1', status)
    send('o2', 'OPEN')
    await end
    expect(statuses).toEqual(['o1 OPEN', 'o1 CANCELLED', 'o2 OPEN'])
    expect(await gap).toContain('contradicts')
  })

  it('is one user connection however often it is asked for', async () => {
    const { venue: server, feed: stream } = await start()
    await Promise.all([stream.subscribeUser(), stream.subscribeUser(), stream.subscribeUser()])
    await stream.subscribeUser()
    expect(server.sides.map((side) => side.requests.map((request) => request.channel))).toEqual([
      ['heartbeats', 'user'],
    ])
  })

  it('is a book of 20 MB in one frame', async () => {
    const { venue: server, feed: stream, books } = await start({}, { silenceMs: 60_000 })
    await stream.subscribe(['BTC-USD'])
    const levels = 205_000
    const updates = Array.from({ length: levels }, (_unused, index) => ({
      side: index % 2 === 0 ? 'bid' : 'offer',
      event_time: '2026-11-24T12:00:00.000000Z',
      price_level: (index % 2 === 0 ? 5_000 - index / 100 : 5_000 + index / 100).toFixed(2),
      new_quantity: '1.5',
    }))
    const events = [{ type: 'snapshot', product_id: 'BTC-USD', updates }]
    expect(JSON.stringify(events).length).toBeGreaterThan(20 * 1024 * 1024)
    const seen = told<Ticker>(stream, 'onTicker')
    server.sides[0]?.frame('l2_data', events)
    server.sides[0]?.frame('ticker', [{ type: 'update', tickers: [ticker('BTC-USD', '5')] }])
    await seen
    const book = books.books.get('BTC-USD')
    expect(book).toMatchObject({ valid: true, commits: 1 })
    expect((book?.bids.size ?? 0) + (book?.asks.size ?? 0)).toBe(levels)
    expect(stream.status()).toMatchObject({ reconnects: 0, gaps: 0 })
  })

  it('asks for a reconciliation when an order update cannot be read', async () => {
    const { venue: server, feed: stream } = await start()
    await stream.subscribeUser()
    const gap = told<string>(stream, 'onGap')
    server.sides[0]?.frame('user', [
      { type: 'update', orders: [{ ...wireOrder('o1', 'OPEN'), cumulative_quantity: '' }] },
    ])
    expect(await gap).toContain('could not be read')
  })

  it('reaches the subscriber of an alias, whose data comes under the canonical id', async () => {
    const { venue: server, feed: stream, books } = await start({ aliases: { 'BTC-USDC': 'BTC-USD' } })
    expect(await stream.subscribe(['BTC-USDC', 'BTC-USD'])).toEqual({ accepted: ['BTC-USDC', 'BTC-USD'], unknown: [] })
    const tickers: string[] = []
    stream.listen({ onTicker: (each) => tickers.push(each.productId) })
    const seen = told<Ticker>(stream, 'onTicker', (each) => each.productId === 'BTC-USDC')
    server.sides[0]?.frame('l2_data', [snapshot('BTC-USD')])
    server.sides[0]?.frame('ticker', [{ type: 'update', tickers: [ticker('BTC-USD', '5')] }])
    await seen
    expect([...books.books.keys()].sort()).toEqual(['BTC-USD', 'BTC-USDC'])
    expect(tickers).toContain('BTC-USDC')
  })

  it('keeps a -USDC market with a book of its own apart from its -USD namesake', async () => {
    const { venue: server, feed: stream } = await start({ products: ['USDT-USDC', 'USDT-USD'] })
    await stream.subscribe(['USDT-USDC', 'USDT-USD'])
    const tickers: string[] = []
    stream.listen({ onTicker: (each) => tickers.push(`${each.productId} ${each.price.toFixed()}`) })
    const last = told<Ticker>(stream, 'onTicker', (each) => each.price.eq(3))
    const send = (id: string, price: string) =>
      server.sides[0]?.frame('ticker', [{ type: 'update', tickers: [ticker(id, price)] }])
    send('USDT-USDC', '1')
    send('USDT-USD', '2')
    send('USDT-USD', '3')
    await last
    expect(tickers).toEqual(['USDT-USDC 1', 'USDT-USD 2', 'USDT-USD 3'])
  })

  it('gets a snapshot for an alias that is added while its twin streams, by connecting anew', async () => {
    const {
      venue: server,
      feed: stream,
      books,
    } = await start({
      aliases: { 'BTC-USDC': 'BTC-USD' },
      onRequest: (side, request) => {
        // As a venue may: one snapshot a connection and book.
        const isFirst = !side.requests.some((each) => each.channel === 'level2')
        if (request.channel === 'level2' && isFirst) side.frame('l2_data', [snapshot('BTC-USD')])
        return undefined
      },
    })
    await stream.subscribe(['BTC-USD'])
    await stream.subscribe(['BTC-USDC'])
    await server.connected('/market', 1, ALL)
    expect(books.books.get('BTC-USDC')).toMatchObject({ valid: true })
    expect(books.books.get('BTC-USD')).toMatchObject({ valid: true })
  })

  it('is counted and timed', async () => {
    const { venue: server, feed: stream, metrics } = await start()
    await stream.subscribe(['BTC-USD'])
    const seen = told<Ticker>(stream, 'onTicker')
    server.sides[0]?.frame('ticker', [{ type: 'update', tickers: [ticker('BTC-USD', '5')] }])
    await seen
    expect(metrics.samples).toContainEqual(
      expect.objectContaining({
        name: 'websocket_messages_received_total',
        labels: { connection: 'market', channel: 'ticker' },
      }),
    )
    const latency = metrics.samples.find((each) => each.name === 'websocket_message_latency_ms')
    expect(latency).toMatchObject({ kind: 'observe', labels: { channel: 'ticker' } })
  })

  it('goes on to other listeners when one throws', async () => {
    const { venue: server, feed: stream, log } = await start()
    await stream.subscribe(['BTC-USD'])
    stream.listen({
      onTicker: () => {
        throw new Error('listener bug')
      },
    })
    const seen = told<Ticker>(stream, 'onTicker')
    server.sides[0]?.frame('ticker', [{ type: 'update', tickers: [ticker('BTC-USD', '5')] }])
    await seen
    expect(log.entries).toContainEqual(expect.objectContaining({ level: 'error', event: 'feed_listener_failed' }))
    expect(stream.status().state).toBe('live')
  })
})

describe('after a loss', () => {
  it.each([1000, 1001, 1006, 1009, 1011, 1012, 1013])(
    'by close %i it asks for everything again, heartbeats first',
    async (code) => {
      const { venue: server, feed: stream, books, metrics } = await start()
      await stream.subscribe(['BTC-USD'])
      await stream.subscribe(['ETH-USD'])
      const down = told<FeedStatus>(stream, 'onStatus', (status) => status.state === 'down')
      // 1006 cannot be sent: the connection just ends.
      if (code === 1006) server.sides[0]?.raw('not json')
      else server.sides[0]?.close(code)
      await down
      const side = await server.connected('/market', 1, ALL)
      expect(side.requests.map(({ channel, product_ids }) => [channel, product_ids])).toEqual([
        ['heartbeats', []],
        ['ticker', ['BTC-USD', 'ETH-USD']],
        ['level2', ['BTC-USD', 'ETH-USD']],
        ['market_trades', ['BTC-USD', 'ETH-USD']],
      ])
      expect(books.invalidations).toHaveLength(1)
      expect(metrics.samples).toContainEqual(
        expect.objectContaining({
          name: 'websocket_disconnections_total',
          labels: { connection: 'market', code: String(code) },
        }),
      )
    },
  )

  it.each([1000, 1001, 1006, 1009, 1011, 1012, 1013])(
    'of the user connection by close %i it comes back with heartbeats and user, says so, and leaves the books alone',
    async (code) => {
      const { venue: server, feed: stream, books, gaps } = await start()
      await stream.subscribe(['BTC-USD'])
      await stream.subscribeUser()
      const back = told<string>(stream, 'onGap', (reason) => reason.includes('is back'))
      const lost = server.sides.find((side) => side.path === '/user')
      if (code === 1006) lost?.raw('not json')
      else lost?.close(code)
      await back
      const side = await server.connected('/user', 1, ['heartbeats', 'user'])
      expect(side.requests.map((request) => [request.channel, request.product_ids])).toEqual([
        ['heartbeats', []],
        ['user', []],
      ])
      expect(gaps).toHaveLength(2)
      expect(books.invalidations).toEqual([])
    },
  )

  it('says which product did not come back', async () => {
    let isSecond = false
    const { venue: server, feed: stream } = await start({
      onRequest: (side) => {
        isSecond = server.sides.indexOf(side) > 0
        return undefined
      },
      get products() {
        return isSecond ? ['ETH-USD'] : ['BTC-USD', 'ETH-USD']
      },
    })
    await stream.subscribe(['BTC-USD', 'ETH-USD'])
    const gap = told<string>(stream, 'onGap', (reason) => reason.includes('not delivered any more'))
    server.sides[0]?.close(1012)
    expect(await gap).toBe('ticker BTC-USD is not delivered any more')
    expect(await stream.subscribe(['BTC-USD', 'ETH-USD'])).toEqual({ accepted: ['ETH-USD'], unknown: ['BTC-USD'] })
  })

  it('of the user subscription alone it does not stay on a connection that tells nothing', async () => {
    let refusals = 1
    const { venue: server, feed: stream } = await start({
      onRequest: (side, request) => {
        if (request.channel !== 'user' || refusals-- <= 0) return undefined
        side.frame('subscriptions', [{ subscriptions: { heartbeats: ['heartbeats'] } }])
        return false
      },
    })
    await stream.subscribeUser()
    expect(server.sides).toHaveLength(2)
  })

  it('asks again with the key that is in force then', async () => {
    const signer = createSwappableSigner({ ...makeKey().signer, keyName: 'old' })
    const { venue: server, feed: stream } = await start({}, { signer })
    await stream.subscribe(['BTC-USD'])
    await signer.swap({ ...makeKey().signer, keyName: 'new' })
    await stream.subscribe(['ETH-USD'])
    server.sides[0]?.close(1001)
    const side = await server.connected('/market', 1, ALL)
    const keysOf = (requests: readonly { jwt?: string }[]) =>
      requests.map((request) => readJwt(request.jwt ?? '').claims['sub'])
    expect(keysOf(server.sides[0]?.requests ?? [])).toEqual([...Array(4).fill('old'), ...Array(3).fill('new')])
    expect(keysOf(side.requests)).toEqual(Array(4).fill('new'))
  })

  it('of one frame it drops every book, tells the listeners, and starts anew from a snapshot', async () => {
    const {
      venue: server,
      feed: stream,
      books,
      gaps,
    } = await start({
      onRequest: (side, request) => {
        if (request.channel === 'level2') side.frame('l2_data', [snapshot('BTC-USD')])
        return undefined
      },
    })
    await stream.subscribe(['BTC-USD'])
    const first = await server.connected('/market', 0, ALL)
    const gap = told<string>(stream, 'onGap')
    first.frame('heartbeats', [{ heartbeat_counter: 1 }], 99)
    expect(await gap).toMatch(/frames \d+ to 98 are missing/)
    expect(books.books.get('BTC-USD')?.valid).toBe(false)
    expect(stream.status()).toMatchObject({ gaps: 1, state: 'down' })
    await told<FeedStatus>(stream, 'onStatus', (status) => status.state === 'live')
    await server.connected('/market', 1, ALL)
    await stream.subscribe(['BTC-USD'])
    expect(books.books.get('BTC-USD')?.valid).toBe(true)
    expect(gaps).toHaveLength(1)
  })

  it('does not start on a connection whose first frame is missing', async () => {
    let isFirst = true
    const { feed: stream } = await start({
      onRequest: (side) => {
        if (!isFirst) return undefined
        isFirst = false
        side.frame('heartbeats', [], 1)
        return false
      },
    })
    await stream.subscribe(['BTC-USD'])
    expect(stream.status()).toMatchObject({ gaps: 1, reconnects: 1 })
  })

  it('ignores a late frame, and frames that follow a gap', async () => {
    const { venue: server, feed: stream } = await start()
    await stream.subscribe(['BTC-USD'])
    const prices: string[] = []
    stream.listen({ onTicker: (each) => prices.push(each.price.toFixed()) })
    const side = server.sides[0]
    const send = (price: string, sequence?: number) =>
      side?.frame('ticker', [{ type: 'update', tickers: [ticker('BTC-USD', price)] }], sequence)
    const gap = told<string>(stream, 'onGap')
    send('1')
    send('2', 0)
    send('3')
    send('4', 50)
    send('5', 51)
    await gap
    expect(prices).toEqual(['1', '3'])
  })

  it('by silence it ends the connection itself and connects anew', async () => {
    const { venue: server, feed: stream, gaps } = await start({}, { silenceMs: 100 })
    await stream.subscribe(['BTC-USD'])
    // On a busy machine a connection may be too slow for this silence; the one after it will do.
    await server.reconnected('/market', ALL)
    expect(gaps[0]).toContain('nothing heard')
    expect(stream.status().reconnects).toBeGreaterThanOrEqual(1)
  })

  it('keeps trying while nobody listens, and then works', async () => {
    const { venue: server, feed: stream } = await start()
    const port = Number(new URL(server.url).port)
    await server.close()
    const waiting = stream.subscribe(['BTC-USD'])
    await told<FeedStatus>(stream, 'onStatus', (status) => status.reconnects >= 2)
    feed?.close()
    await expect(waiting).rejects.toThrow(/closed/)
    expect(port).toBeGreaterThan(0)
  })
})

describe('closing', () => {
  it('ends both connections, invalidates the books and does not come back', async () => {
    const { venue: server, feed: stream, books } = await start()
    await stream.subscribe(['BTC-USD'])
    await stream.subscribeUser()
    stream.close()
    expect(stream.status().state).toBe('closed')
    expect(books.invalidations).toEqual(['the feed is closed'])
    expect(server.sides).toHaveLength(2)
    await expect(stream.subscribe(['BTC-USD'])).rejects.toMatchObject({ code: 'ERR_VENUE_PROTOCOL' })
  })

  it('refuses plain ws outside this machine', async () => {
    await expect(start({}, { marketUrl: 'ws://advanced-trade-ws.coinbase.com' })).rejects.toThrow(/marketUrl/)
  })
})
