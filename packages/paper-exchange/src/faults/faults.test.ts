import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { createPaperExchange, type PaperExchange } from '../create-paper-exchange.js'
import type { PaperExchangeOptions } from '../paper-exchange-options.js'
import { handPrices } from '../testing/hand-prices.js'
import { type Frame, keyOf, pythonToken, testClient, testSocket } from '../testing/test-client.js'
import { checkFaultScript, readFaultScript } from './fault-script.js'

const open: { exchange: PaperExchange; sockets: { terminate(): void }[] }[] = []

afterEach(async () => {
  for (const { exchange, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.terminate()
    await exchange.close()
  }
})

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
    ['ask', '101', '1'],
  ])
  const connect = async () => {
    const socket = await testSocket(exchange.ws)
    sockets.push(socket)
    return socket
  }
  const client = testClient(exchange, () => time.nowMs())
  const jwt = () => pythonToken(keyOf(exchange), time.nowMs())
  const place = (id: string) =>
    client.post('/orders', {
      client_order_id: id,
      product_id: 'BTC-USD',
      side: 'BUY',
      order_configuration: { limit_limit_gtc: { base_size: '1', limit_price: '90' } },
    })
  return { exchange, time, prices, connect, client, jwt, place }
}

const idsOf = (frame: Frame): string[] =>
  ((frame.events?.[0]?.orders ?? []) as { client_order_id: string; status: string }[]).map(
    (order) => `${order.client_order_id} ${order.status}`,
  )

describe('faults of an answer', () => {
  it('leave what is young out of lists, and out of lists only', async () => {
    const { exchange, time, client, place } = await start()
    const { json } = await place('old')
    await time.advance(10_000)
    const young = await place('young')
    const listed = async () => {
      const { json: page } = await client.get('/orders/historical/batch')
      return (page.orders as { client_order_id: string }[]).map((order) => order.client_order_id)
    }
    exchange.faults.next({ kind: 'list-lag', verb: 'list-orders', delayMs: 5_000, times: 2 })
    expect(await listed()).toEqual(['old'])
    expect((await client.get(`/orders/historical/${young.json.success_response.order_id}`)).status).toBe(200)
    await time.advance(5_000)
    expect(await listed()).toEqual(['young', 'old'])
    expect(exchange.faults.pending()).toEqual([])
    expect(json.success).toBe(true)
  })

  it('take the order and answer as if its id had been used before', async () => {
    const { exchange, place } = await start()
    exchange.faults.next({ kind: 'duplicate-client-order-id', verb: 'create-order' })
    const answer = await place('a')
    expect(answer.json).toMatchObject({
      success: false,
      error_response: { new_order_failure_reason: 'DUPLICATE_CLIENT_ORDER_ID' },
    })
    expect(exchange.orders()).toHaveLength(1)
  })

  it('move the order id to where nobody looks for it', async () => {
    const { exchange, place } = await start()
    exchange.faults.next({ kind: 'schema-drift', verb: 'create-order' })
    const { json } = await place('a')
    expect(json.order_id).toBeUndefined()
    expect(json.success_response.order_id).toBeUndefined()
    expect(json.success_response.orderId).toBe(exchange.orders()[0]?.orderId)
  })

  it('strike as often as they were asked to, and say that they did', async () => {
    const { exchange, client } = await start()
    exchange.faults.next({ kind: 'http-401', verb: 'list-accounts', times: 2 })
    exchange.faults.next({ kind: 'http-429-json', verb: 'list-accounts' })
    const statuses: number[] = []
    for (let count = 0; count < 4; count++) statuses.push((await client.get('/accounts')).status)
    expect(statuses).toEqual([401, 401, 429, 200])
    expect(exchange.faults.struck()).toEqual(['http-401', 'http-401', 'http-429-json'])
    expect(exchange.faults.pending()).toEqual([])
  })
})

describe('faults of a stream', () => {
  it('leave a number out', async () => {
    const { exchange, connect, prices, time } = await start()
    const socket = await connect()
    await socket.subscribe({ channel: 'level2', product_ids: ['BTC-USD'] })
    exchange.faults.next({ kind: 'sequence-gap', channel: 'level2' })
    for (const size of ['2', '3']) {
      prices.show([['bid', '98', size]], false)
      const wanted = size === '3' ? socket.next((frame) => frame.channel === 'l2_data') : undefined
      await time.advance(60)
      await wanted
    }
    expect(socket.frames.map((frame) => frame.sequence_num)).toEqual([0, 1, 3])
  })

  it('make one connection silent and leave the others alone', async () => {
    const { exchange, connect, time } = await start()
    const deaf = await connect()
    await deaf.subscribe({ channel: 'heartbeats' })
    exchange.faults.next({ kind: 'stall', channel: 'heartbeats' })
    await time.advance(1_000)
    const other = await connect()
    await other.subscribe({ channel: 'heartbeats' })
    const beat = other.next((frame) => frame.channel === 'heartbeats')
    const before = deaf.frames.length
    await time.advance(1_000)
    await beat
    expect(deaf.frames).toHaveLength(before)
  })

  it('repeat, delay and swap the events of our orders, each in a frame with the next number', async () => {
    const { exchange, connect, jwt, place, time } = await start({ openDelayMs: 50 })
    const socket = await connect()
    await socket.subscribe({ channel: 'user', jwt: jwt() })
    const seen = () => socket.frames.filter((frame) => frame.channel === 'user').slice(1)
    const heard = (count: number) => (seen().length >= count ? undefined : socket.next(() => seen().length >= count))

    exchange.faults.next({ kind: 'duplicate-event', channel: 'user' })
    await place('twice')
    await heard(2)
    expect(seen().map(idsOf)).toEqual([['twice PENDING'], ['twice PENDING']])

    exchange.faults.next({ kind: 'out-of-order', channel: 'user' })
    await time.advance(60)
    await place('swapped')
    await heard(4)
    expect(seen().slice(2).map(idsOf)).toEqual([['swapped PENDING'], ['twice OPEN']])

    exchange.faults.next({ kind: 'late-event', channel: 'user', delayMs: 500 })
    await time.advance(60)
    const before = seen().length
    await time.advance(500)
    await heard(before + 1)
    expect(seen().slice(before).map(idsOf)).toEqual([['swapped OPEN']])
    const numbers = socket.frames.map((frame) => frame.sequence_num)
    expect(numbers).toEqual(numbers.map((_, index) => index))
  })

  it('cross a book above its best offer, on the grid of its prices', async () => {
    const { exchange, connect, prices, time } = await start()
    const socket = await connect()
    await socket.subscribe({ channel: 'level2', product_ids: ['BTC-USD'] })
    exchange.faults.next({ kind: 'crossed-frame' })
    prices.show([['bid', '98', '2']], false)
    const crossed = socket.next((frame) => frame.channel === 'l2_data')
    await time.advance(60)
    expect((await crossed).events?.[0].updates[0]).toMatchObject({ side: 'bid', price_level: '202', new_quantity: '1' })
  })

  it('send a snapshot of more than 8 MB in one frame', async () => {
    const { exchange, connect } = await start()
    const socket = await connect()
    exchange.faults.next({ kind: 'huge-snapshot' })
    await socket.subscribe({ channel: 'level2', product_ids: ['BTC-USD'] })
    const [snapshot] = socket.frames
    expect(JSON.stringify(snapshot).length).toBeGreaterThan(8 * 1024 * 1024)
    const prices = ((snapshot?.events?.[0].updates ?? []) as { price_level: string }[]).map((row) => row.price_level)
    expect(prices.length).toBeGreaterThan(10_000)
    expect(new Set(prices).size).toBe(prices.length)
  })

  it('close a connection as a server that restarts does', async () => {
    const { exchange, connect, time } = await start()
    const socket = await connect()
    await socket.subscribe({ channel: 'heartbeats' })
    exchange.faults.next({ kind: 'going-away' })
    await time.advance(1_000)
    expect(await socket.closed()).toBe(1001)
  })
})

describe('faults of the exchange', () => {
  it('change the state of a product, and put it back', async () => {
    const { exchange, place } = await start()
    exchange.faults.next({ kind: 'product-state', productId: 'BTC-USD', state: 'cancel_only' })
    expect((await place('a')).json.success).toBe(false)
    exchange.faults.clear()
    expect((await place('b')).json.success).toBe(true)
  })

  it('take a permission from a key, in the words that clients look for', async () => {
    const { exchange, client, place } = await start()
    exchange.faults.next({ kind: 'key-permission', permission: 'trade' })
    const refused = await place('a')
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('"error_details":"Missing required scopes"')
    expect((await client.get('/key_permissions')).json).toMatchObject({ can_view: true, can_trade: false })
    exchange.faults.clear()
    expect((await place('a')).json.success).toBe(true)
  })

  it('put the clock wrong, for tokens and for the time it tells', async () => {
    const { exchange, client, time } = await start()
    exchange.faults.next({ kind: 'clock-skew', skewMs: 600_000 })
    expect((await client.get('/accounts')).status).toBe(401)
    const told = await client.open('/api/v3/brokerage/time')
    expect(Number(told.json.epochMillis)).toBe(time.nowMs() + 600_000)
    exchange.faults.clear()
    expect((await client.get('/accounts')).status).toBe(200)
  })

  it('wait for their time', async () => {
    const { client, time } = await start({ faults: [{ kind: 'http-401', at: 5_000 }] })
    expect((await client.get('/accounts')).status).toBe(200)
    await time.advance(5_000)
    expect((await client.get('/accounts')).status).toBe(401)
  })
})

describe('a script of faults', () => {
  it('is read from YAML, and from JSON as a part of it', () => {
    const wanted = [{ at: 5, verb: 'create-order', kind: 'delay', delayMs: 20 }]
    const yaml = 'faults:\n  - at: 5 # ms\n    verb: create-order\n    kind: delay\n    delayMs: 20\n'
    expect(readFaultScript(yaml)).toEqual(wanted)
    expect(readFaultScript('{"faults":[{"at":5,"verb":"create-order","kind":"delay","delayMs":20}]}')).toEqual(wanted)
  })

  it('is refused where it says what no fault can do', () => {
    for (const value of [
      {},
      { faults: [{ kind: 'earthquake' }] },
      { faults: [{ kind: 'product-state', productId: 'BTC-USD', state: 'sleepy' }] },
      { faults: [{ kind: 'stall', verb: 'create-order' }] },
      { faults: [{ kind: 'delay', times: 0 }] },
    ]) {
      expect(() => checkFaultScript(value)).toThrow(/faults/)
    }
    expect(() => readFaultScript('faults: [')).toThrow(/not valid YAML/)
    expect(() => readFaultScript('faults: []\nfaults: []')).toThrow(/not valid YAML/)
    expect(() => readFaultScript('faults:')).toThrow(/faults/)
  })
})
