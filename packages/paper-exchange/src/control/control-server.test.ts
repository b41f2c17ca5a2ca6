/* oxlint-disable no-restricted-globals -- speaks to the control endpoint from outside */
import { FakeTime, MemoryDisk, MemoryLog } from '@tidegate/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { createPaperExchange, type PaperExchange } from '../create-paper-exchange.js'
import type { PaperExchangeOptions } from '../paper-exchange-options.js'
import { DEFAULT_PRODUCTS } from '../products.js'
import { handPrices } from '../testing/hand-prices.js'
import { ed25519Key, testClient, testSocket } from '../testing/test-client.js'

const open: PaperExchange[] = []

afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close()
})

async function start(options: PaperExchangeOptions = {}) {
  const time = new FakeTime()
  const exchange = await createPaperExchange({
    clock: time,
    timers: time,
    log: new MemoryLog(),
    prices: handPrices().source,
    rateLimits: 'off',
    controlPort: 0,
    ...options,
  })
  open.push(exchange)
  const send = async (method: string, path: string, body?: unknown, token = exchange.control?.token) => {
    const response = await fetch(`${exchange.control?.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: response.status, json: (await response.json()) as Record<string, unknown> }
  }
  return { exchange, time, send, client: testClient(exchange, () => time.nowMs()) }
}

describe('the control endpoint', () => {
  it('is closed unless it was asked for', async () => {
    const exchange = await createPaperExchange({ prices: handPrices().source })
    open.push(exchange)
    expect(exchange.control).toBeUndefined()
  })

  it('does nothing without its token', async () => {
    const { exchange, send } = await start()
    const answer = await send('POST', '/faults', { kind: 'http-401' }, 'guessed')
    expect(answer.status).toBe(401)
    expect(exchange.faults.pending()).toEqual([])
  })

  it('takes a fault, a list and a script', async () => {
    const { send, client } = await start()
    await send('POST', '/faults', { kind: 'http-401', verb: 'list-accounts' })
    await send('POST', '/faults', [{ kind: 'http-503-html', verb: 'list-accounts' }])
    const answer = await send('POST', '/faults', { faults: [{ kind: 'http-429-html', verb: 'list-accounts' }] })
    expect(answer.json['pending']).toHaveLength(3)
    const statuses: number[] = []
    for (let count = 0; count < 4; count++) statuses.push((await client.get('/accounts')).status)
    expect(statuses).toEqual([401, 503, 429, 200])
    expect((await send('GET', '/faults')).json).toEqual({
      pending: [],
      struck: ['http-401', 'http-503-html', 'http-429-html'],
    })
  })

  it('says what is wrong with a fault that is none, and takes nothing of it', async () => {
    const { exchange, send } = await start()
    for (const body of [{ kind: 'earthquake' }, [{ kind: 'http-401' }, { kind: 'stall', verb: 'x' }], 'no json']) {
      const answer = await send('POST', '/faults', body)
      expect([answer.status, answer.json['code']]).toEqual([400, 'ERR_INPUT_INVALID'])
    }
    expect(exchange.faults.pending()).toEqual([])
    expect((await send('POST', '/nowhere')).status).toBe(404)
  })

  it('steps a stepped clock, and only that', async () => {
    const stepped = await start({ pace: { kind: 'stepped' } })
    const before = stepped.exchange.clock.nowMs()
    expect((await stepped.send('POST', '/clock', { advance_ms: 90_000 })).json['now_ms']).toBe(before + 90_000)
    const real = await start()
    expect((await real.send('POST', '/clock', { advance_ms: 90_000 })).status).toBe(400)
  })

  it('undoes all faults on reset', async () => {
    const { exchange, send, client, time } = await start()
    await send('POST', '/faults', [
      { kind: 'key-permission', permission: 'view' },
      { kind: 'delay', verb: 'any' },
    ])
    await send('POST', '/clock', { skew_ms: 1_000_000 })
    const answer = await send('POST', '/reset')
    expect(answer.json).toMatchObject({ pending: [], skew_ms: 0, now_ms: time.nowMs() })
    expect(exchange.clock.skewMs).toBe(0)
    expect((await client.get('/accounts')).status).toBe(200)
  })
})

describe('a reset', () => {
  const usd = { USD: '1000' }
  const buy = (id: string, price: string) => ({
    client_order_id: id,
    product_id: 'BTC-USD',
    side: 'BUY',
    order_configuration: { limit_limit_gtc: { base_size: '0.05', limit_price: price } },
  })

  it('forgets orders, fills, money, portfolios, flags and faults, and says what', async () => {
    const prices = handPrices()
    const { exchange, send, client } = await start({ prices: prices.source, initialBalances: usd })
    prices.show([['ask', '100', '5']])
    await client.post('/orders', buy('taken', '100'))
    await client.post('/orders', buy('resting', '90'))
    await client.post('/portfolios', { name: 'second' })
    exchange.changeProduct('BTC-USD', { cancelOnly: true })
    await send('POST', '/faults', { kind: 'http-401' })
    const socket = await testSocket(exchange.ws)
    await socket.subscribe({ channel: 'heartbeats' })
    const answer = await send('POST', '/reset')
    expect(answer.json).toMatchObject({
      gone: { orders: 2, fills: 1, portfolios: 1 },
      balances: usd,
      pending: [],
      skew_ms: 0,
    })
    expect(await socket.closed()).toBe(1001)
    expect([exchange.orders(), exchange.fills(), exchange.reconcile()]).toEqual([[], [], []])
    expect(exchange.balances().map(({ currency, available }) => [currency, available.toFixed()])).toEqual([
      ['USD', '1000'],
    ])
    expect((await client.get('/portfolios')).json.portfolios).toHaveLength(1)
    const book = (await client.get('/product_book?product_id=BTC-USD')).json.pricebook
    expect([book.bids, book.asks]).toEqual([[], []])
    prices.show([['ask', '100', '5']])
    // The same client id is a new order again.
    const again = (await client.post('/orders', buy('taken', '100'))).json
    expect(again.success).toBe(true)
    expect(exchange.fills()).toHaveLength(1)
  })

  it('takes keys of portfolios that are gone with it, and leaves the others', async () => {
    const { exchange, send, client, time } = await start()
    const { portfolio } = (await client.post('/portfolios', { name: 'second' })).json
    const rights = { canView: true, canTrade: true, canTransfer: false }
    const lost = ed25519Key('organizations/a/apiKeys/b')
    exchange.addKey({ name: lost.key.name, publicKey: lost.publicKey, ...rights, portfolioId: portfolio.uuid })
    const kept = ed25519Key('organizations/a/apiKeys/c')
    exchange.addKey({ name: kept.key.name, publicKey: kept.publicKey, ...rights })
    await send('POST', '/reset')
    const statusOf = async ({ key }: typeof lost) =>
      (await testClient(exchange, () => time.nowMs(), key).get('/accounts')).status
    expect([await statusOf(lost), await statusOf(kept)]).toEqual([401, 200])
  })

  it('puts a stepped exchange back where it began: the same requests give the same fills', async () => {
    const { exchange, send, client } = await start({
      prices: undefined as never,
      seed: 3,
      products: DEFAULT_PRODUCTS.filter(({ productId }) => productId === 'BTC-USD'),
      pace: { kind: 'stepped', startMs: Date.UTC(2026, 0, 5) },
    })
    const run = async () => {
      exchange.clock.advance(30_000)
      const ask = (await client.get('/best_bid_ask?product_ids=BTC-USD')).json.pricebooks[0].asks[0].price
      await client.post('/orders', buy('taken', ask))
      await client.post('/orders', buy('resting', String(Math.floor(Number(ask) * 0.9999))))
      exchange.clock.advance(60_000)
      return exchange
        .fills()
        .map(({ price, baseSize, fee, atMs }) => [price.toFixed(), baseSize.toFixed(), fee.toFixed(), atMs])
    }
    const first = await run()
    expect(first.length).toBeGreaterThan(0)
    expect((await send('POST', '/reset')).json['now_ms']).toBe(Date.UTC(2026, 0, 5))
    expect(await run()).toEqual(first)
  })

  it('lasts: a restart finds nothing from before', async () => {
    const disk = new MemoryDisk()
    const prices = handPrices()
    const durable = { disk, folder: '/paper', prices: prices.source, initialBalances: usd }
    const { exchange, send, client } = await start(durable)
    prices.show([['ask', '100', '5']])
    await client.post('/orders', buy('taken', '100'))
    await send('POST', '/reset')
    await client.post('/orders', buy('after', '50'))
    const files = new Map(disk.files)
    await exchange.close()
    disk.files.clear()
    for (const [path, text] of files) disk.files.set(path, text)
    const again = await start(durable)
    expect(again.exchange.orders().map(({ clientOrderId }) => clientOrderId)).toEqual(['after'])
    expect([again.exchange.fills(), again.exchange.reconcile()]).toEqual([[], []])
  })
})
