import { l2FrameSchema, marketTradesFrameSchema, tickerFrameSchema, userFrameSchema } from '@tidegate/coinbase-wire'
import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { createPaperExchange, type PaperExchange } from '../create-paper-exchange.js'
import type { PaperExchangeOptions } from '../paper-exchange-options.js'
import { handPrices } from '../testing/hand-prices.js'
import { type Frame, keyOf, pythonToken, testClient, testSocket } from '../testing/test-client.js'

const open: { exchange: PaperExchange; sockets: { terminate(): void }[] }[] = []

afterEach(async () => {
  for (const { exchange, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.terminate()
    await exchange.close()
  }
})

const turn = () => new Promise((resolve) => setImmediate(resolve))

async function start(options: PaperExchangeOptions = {}) {
  const time = new FakeTime()
  const prices = handPrices()
  const exchange = await createPaperExchange({
    clock: time,
    timers: time,
    log: new MemoryLog(),
    prices: prices.source,
    rateLimits: 'off',
    ...options,
  })
  const sockets: { terminate(): void }[] = []
  open.push({ exchange, sockets })
  prices.show([
    ['bid', '99', '1'],
    ['bid', '98', '5'],
    ['ask', '101', '1'],
    ['ask', '102', '5'],
  ])
  prices.trade('100', '0.1', 'BUY', time.nowMs())
  const connect = async () => {
    const socket = await testSocket(exchange.ws)
    sockets.push(socket)
    return socket
  }
  const key = keyOf(exchange)
  const client = testClient(exchange, () => time.nowMs())
  const jwt = () => pythonToken(key, time.nowMs())
  const place = (id: string, configuration: unknown, side = 'BUY') =>
    client.post('/orders', { client_order_id: id, product_id: 'BTC-USD', side, order_configuration: configuration })
  return { exchange, time, prices, connect, jwt, client, place }
}

describe('subscriptions', () => {
  it('number every frame of the connection from 0, snapshots and acknowledgements included', async () => {
    const { connect, time } = await start()
    const socket = await connect()
    await socket.subscribe({ channel: 'level2', product_ids: ['BTC-USD', 'ETH-USD'] })
    await socket.subscribe({ channel: 'heartbeats', product_ids: [] })
    const beat = socket.next((frame) => frame.channel === 'heartbeats')
    await time.advance(1_000)
    await beat
    expect(socket.frames.map((frame) => [frame.channel, frame.sequence_num])).toEqual([
      ['l2_data', 0],
      ['l2_data', 1],
      ['subscriptions', 2],
      ['subscriptions', 3],
      ['heartbeats', 4],
    ])
    const other = await connect()
    await other.subscribe({ channel: 'heartbeats' })
    expect(other.frames[0]?.sequence_num).toBe(0)
  })

  it('acknowledge the whole state each time and drop unknown products silently', async () => {
    const { connect } = await start()
    const socket = await connect()
    const first = await socket.subscribe({ channel: 'ticker', product_ids: ['BTC-USD', 'NOPE-USD'] })
    expect(first.events).toEqual([{ subscriptions: { ticker: ['BTC-USD'] } }])
    const second = await socket.subscribe({ channel: 'level2', product_ids: ['ETH-USD'] })
    expect(second.events).toEqual([{ subscriptions: { ticker: ['BTC-USD'], level2: ['ETH-USD'] } }])
    const third = socket.next((frame) => frame.channel === 'subscriptions')
    socket.send({ type: 'unsubscribe', channel: 'ticker', product_ids: ['BTC-USD'] })
    expect((await third).events).toEqual([{ subscriptions: { level2: ['ETH-USD'] } }])
    const fourth = socket.next((frame) => frame.channel === 'subscriptions')
    socket.send({ type: 'unsubscribe', channel: 'level2' })
    expect((await fourth).events).toEqual([{ subscriptions: {} }])
  })

  it('can acknowledge before the snapshot', async () => {
    const { connect } = await start({ sockets: { acknowledgeFirst: true } })
    const socket = await connect()
    const snapshot = socket.next((frame) => frame.channel === 'l2_data')
    await socket.subscribe({ channel: 'level2', product_ids: ['BTC-USD'] })
    await snapshot
    expect(socket.frames.map((frame) => frame.channel)).toEqual(['subscriptions', 'l2_data'])
  })

  it('answer an unknown channel and a message that is none with an error frame, and stay open', async () => {
    const { connect } = await start()
    const socket = await connect()
    expect(await socket.subscribe({ channel: 'nonsense', product_ids: [] })).toEqual({
      type: 'error',
      message: 'authentication failure',
    })
    const refused = socket.next((frame) => frame.type === 'error')
    socket.send('this is no JSON')
    expect(await refused).toEqual({ type: 'error', message: 'failure to subscribe' })
    expect((await socket.subscribe({ channel: 'heartbeats' })).sequence_num).toBe(0)
  })

  it('must come within five seconds', async () => {
    const { connect, time } = await start()
    const [late, timely] = [await connect(), await connect()]
    await timely.subscribe({ channel: 'heartbeats' })
    await time.advance(5_000)
    await late.closed()
    expect(timely.socket.readyState).toBe(timely.socket.OPEN)
  })

  it('end with 1001 when the exchange goes down', async () => {
    const { connect, exchange } = await start()
    const socket = await connect()
    await socket.subscribe({ channel: 'heartbeats' })
    const closed = socket.closed()
    await exchange.close()
    open.length = 0
    expect(await closed).toBe(1001)
  })

  it('close a quiet connection that has no heartbeats', async () => {
    const { connect, time } = await start()
    const socket = await connect()
    await socket.subscribe({ channel: 'level2', product_ids: ['TONE-USD'] })
    await time.advance(92_000)
    await socket.closed()
  })
})

describe('heartbeats', () => {
  it('come every second and count the server’s uptime', async () => {
    const { connect, time } = await start()
    await time.advance(7_000)
    const socket = await connect()
    await socket.subscribe({ channel: 'heartbeats' })
    for (const counter of [8, 9]) {
      const beat = socket.next((frame) => frame.channel === 'heartbeats')
      await time.advance(1_000)
      const { events } = await beat
      expect(events?.[0].heartbeat_counter).toBe(counter)
      expect(events?.[0].current_time).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \+0000 UTC m=\+\d\.\d{9}$/)
    }
  })
})

describe('a stepped clock', () => {
  it('lets heartbeats go on in real time while events keep the time of the exchange', async () => {
    const { connect, time, exchange, prices } = await start({
      pace: { kind: 'stepped', startMs: Date.UTC(2026, 0, 5) },
    })
    const socket = await connect()
    await socket.subscribe({ channel: 'heartbeats' })
    await socket.subscribe({ channel: 'level2', product_ids: ['BTC-USD'] })
    const stampOf = (frame: Frame) => Date.parse(frame.timestamp ?? '')
    const beats: number[] = []
    for (let second = 0; second < 3; second++) {
      const beat = socket.next((frame) => frame.channel === 'heartbeats')
      await time.advance(1_000)
      beats.push(stampOf(await beat))
    }
    expect(beats.map((beat) => beat - (beats[0] ?? 0))).toEqual([0, 1_000, 2_000])
    const update = socket.next((frame) => frame.channel === 'l2_data' && frame.events?.[0].type === 'update')
    prices.show([['bid', '99', '2']], false)
    await time.advance(60)
    const frame = await update
    expect(Date.parse(frame.events?.[0].updates[0].event_time)).toBe(exchange.clock.nowMs())
    expect(stampOf(frame)).toBeGreaterThanOrEqual(beats[2] ?? 0)
    const after = socket.next((next) => next.channel === 'heartbeats')
    exchange.clock.advance(60_000)
    await time.advance(1_000)
    expect(stampOf(await after) - (beats[2] ?? 0)).toBe(61_000)
  })
})

describe('level2', () => {
  it('starts with the whole book and batches changes for 50 ms, bids down, then offers up', async () => {
    const { connect, prices, time } = await start()
    const socket = await connect()
    await socket.subscribe({ channel: 'level2', product_ids: ['BTC-USD'] })
    const snapshot = l2FrameSchema.parse(socket.frames[0])
    expect(snapshot.events[0]?.type).toBe('snapshot')
    expect(snapshot.events[0]?.updates.map((row) => [row.side, row.price_level, row.new_quantity])).toEqual([
      ['bid', '99', '1'],
      ['bid', '98', '5'],
      ['offer', '101', '1'],
      ['offer', '102', '5'],
    ])
    const update = socket.next((frame) => frame.channel === 'l2_data')
    prices.show([['ask', '101', '0']], false)
    prices.show([['bid', '97.5', '2']], false)
    prices.show([['ask', '100.5', '3']], false)
    prices.show([['bid', '99', '0.5']], false)
    await time.advance(49)
    await turn()
    expect(socket.frames).toHaveLength(2)
    await time.advance(1)
    const { events } = l2FrameSchema.parse(await update)
    expect(events).toHaveLength(1)
    expect(events[0]?.updates.map((row) => [row.side, row.price_level, row.new_quantity])).toEqual([
      ['bid', '99', '0.5'],
      ['bid', '97.5', '2'],
      ['offer', '100.5', '3'],
      ['offer', '101', '0'],
    ])
    expect(new Set(events[0]?.updates.map((row) => row.event_time)).size).toBe(1)
  })

  it('lets a client keep exactly the book that REST shows, through trades and own orders', async () => {
    const {
      exchange: _exchange,
      connect,
      prices,
      time,
      place,
      client,
    } = await start({
      initialBalances: { USD: '10000', BTC: '5' },
    })
    const socket = await connect()
    await socket.subscribe({ channel: 'level2', product_ids: ['BTC-USD'] })
    const settle = async () => {
      await time.advance(50)
      await turn()
      await turn()
    }
    await place('a', { limit_limit_gtc: { base_size: '0.3', limit_price: '100' } })
    await settle()
    await place('b', { market_market_ioc: { quote_size: '150' } })
    await settle()
    prices.trade('99.5', '0.2', 'SELL', time.nowMs())
    prices.show([['ask', '100', '0.05']], false)
    await settle()
    await place('c', { limit_limit_gtc: { base_size: '1', limit_price: '103' } }, 'SELL')
    prices.show([
      ['bid', '97', '2'],
      ['ask', '104', '2'],
    ])
    await settle()
    await settle()
    const book = replayBook(socket.frames)
    const { pricebook } = (await client.get('/product_book?product_id=BTC-USD')).json
    expect(book.bid).toEqual(pricebook.bids.map((row: { price: string; size: string }) => [row.price, row.size]))
    expect(book.offer).toEqual(pricebook.asks.map((row: { price: string; size: string }) => [row.price, row.size]))
  })

  it('delivers an alias under the id of the book', async () => {
    const { connect } = await start()
    const socket = await connect()
    await socket.subscribe({ channel: 'level2', product_ids: ['BTC-USDC'] })
    expect(socket.frames[0]?.events?.[0].product_id).toBe('BTC-USD')
  })
})

function replayBook(frames: readonly Frame[]) {
  const sides = { bid: new Map<string, string>(), offer: new Map<string, string>() }
  for (const frame of frames.filter((item) => item.channel === 'l2_data')) {
    for (const event of l2FrameSchema.parse(frame).events) {
      if (event.type === 'snapshot') for (const side of Object.values(sides)) side.clear()
      for (const { side, price_level: price, new_quantity: quantity } of event.updates) {
        const levels = sides[side as 'bid' | 'offer']
        if (quantity === '0') levels.delete(price)
        else levels.set(price, quantity)
      }
    }
  }
  const sorted = (side: 'bid' | 'offer', sign: number) =>
    [...sides[side]].sort(([a], [b]) => sign * (Number(a) - Number(b)))
  return { bid: sorted('bid', -1), offer: sorted('offer', 1) }
}

describe('trades and tickers', () => {
  it('batch trades for 250 ms, newest first, with the maker’s side', async () => {
    const { connect, prices, time } = await start()
    const socket = await connect()
    await socket.subscribe({ channel: 'market_trades', product_ids: ['BTC-USD'] })
    expect(socket.frames[0]?.events?.[0].type).toBe('snapshot')
    const update = socket.next((frame) => frame.channel === 'market_trades')
    prices.trade('101', '0.2', 'BUY', time.nowMs())
    prices.trade('99', '0.3', 'SELL', time.nowMs())
    await time.advance(250)
    const [event] = marketTradesFrameSchema.parse(await update).events
    expect(event?.trades.map((row) => [row.price, row.size, row.side])).toEqual([
      ['99', '0.3', 'BUY'],
      ['101', '0.2', 'SELL'],
    ])
    const ids = event?.trades.map((row) => Number(row.trade_id)) ?? []
    expect(ids[0]).toBe((ids[1] ?? 0) + 1)
  })

  it('tell the ticker on every match and the batch every five seconds, without best prices', async () => {
    const { connect, prices, time } = await start()
    const socket = await connect()
    await socket.subscribe({ channel: 'ticker', product_ids: ['BTC-USD'] })
    await socket.subscribe({ channel: 'ticker_batch', product_ids: ['BTC-USD'] })
    const ticker = socket.next((frame) => frame.channel === 'ticker')
    prices.trade('101', '0.2', 'BUY', time.nowMs())
    await time.advance(50)
    const [row] = tickerFrameSchema.parse(await ticker).events[0]?.tickers ?? []
    expect(row).toMatchObject({
      product_id: 'BTC-USD',
      price: '101',
      best_bid: '99',
      best_ask: '101',
      best_bid_quantity: '1',
    })
    const batch = socket.next((frame) => frame.channel === 'ticker_batch')
    await time.advance(5_000)
    const [entry] = (await batch).events?.[0].tickers ?? []
    expect(entry.price).toBe('101')
    expect(Object.keys(entry)).not.toContain('best_bid')
  })

  it('offer status and candles too', async () => {
    const { connect } = await start()
    const socket = await connect()
    await socket.subscribe({ channel: 'status' })
    expect(socket.frames[0]?.events?.[0].products[0]).toMatchObject({ id: 'BTC-USD', min_market_funds: '1' })
    const candles = socket.next((frame) => frame.channel === 'candles')
    await socket.subscribe({ channel: 'candles', product_ids: ['BTC-USD'] })
    expect((await candles).events?.[0].candles[0]).toMatchObject({ product_id: 'BTC-USD', close: '100', volume: '0.1' })
  })
})

describe('the user channel', () => {
  it('needs a token', async () => {
    const { connect } = await start()
    const socket = await connect()
    expect((await socket.subscribe({ channel: 'user' })).message).toBe('authentication failure')
    expect((await socket.subscribe({ channel: 'user', jwt: 'a.b.c' })).message).toBe('authentication failure')
  })

  it('shows open orders in batches of 50, the last one smaller, then every change cumulatively', async () => {
    const { connect, jwt, place, prices, time } = await start()
    for (let n = 0; n < 50; n++) await place(`o${n}`, { limit_limit_gtc: { base_size: '0.1', limit_price: '90' } })
    const socket = await connect()
    const acknowledged = await socket.subscribe({ channel: 'user', jwt: jwt(), product_ids: [] })
    expect(Object.keys(acknowledged.events?.[0].subscriptions)).toEqual(['user'])
    expect(socket.frames.slice(0, 2).map((frame) => frame.events?.[0].orders.length)).toEqual([50, 0])
    const rested = socket.next((frame) => frame.events?.[0].orders?.[0]?.status === 'OPEN')
    await place('watched', { limit_limit_gtc: { base_size: '1', limit_price: '99.5' } })
    await rested
    const filled = socket.next((frame) => frame.events?.[0].orders?.[0]?.status === 'FILLED')
    prices.trade('99', '0.4', 'SELL', time.nowMs())
    prices.trade('99', '5', 'SELL', time.nowMs())
    await filled
    const rows = socket.frames
      .filter((frame) => frame.channel === 'user' && frame.events?.[0].type === 'update')
      .flatMap((frame) => userFrameSchema.parse(frame).events[0]?.orders ?? [])
      .filter((order) => order.client_order_id === 'watched')
    expect(rows.map((row) => [row.status, row.cumulative_quantity, row.leaves_quantity])).toEqual([
      ['PENDING', '0', '1'],
      ['OPEN', '0', '1'],
      ['OPEN', '0.4', '0.6'],
      ['FILLED', '1', '0'],
    ])
    expect(rows[0]).toMatchObject({
      order_side: 'BUY',
      order_type: 'Limit',
      post_only: 'false',
      limit_price: '99.5',
      outstanding_hold_amount: '100.694',
    })
  })

  it('can be limited to products', async () => {
    const { connect, jwt, place } = await start()
    const socket = await connect()
    await socket.subscribe({ channel: 'user', jwt: jwt(), product_ids: ['ETH-USD'] })
    await place('elsewhere', { market_market_ioc: { quote_size: '10' } })
    await socket.subscribe({ channel: 'heartbeats' })
    expect(socket.frames.filter((frame) => frame.channel === 'user')).toHaveLength(1)
  })
})
