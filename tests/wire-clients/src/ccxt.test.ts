import { createRequire } from 'node:module'
import type { coinbase as CoinbaseExchange, Order } from 'ccxt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openExchange, type RunningExchange } from './exchange.js'

// ccxt's ESM build pulls in every exchange; its CommonJS build loads lazily enough.
const ccxt = createRequire(import.meta.url)('ccxt') as typeof import('ccxt')

let exchange: RunningExchange
let client: CoinbaseExchange

beforeAll(async () => {
  exchange = await openExchange()
  // Its own Coinbase client, unmodified; only the address and two documented options (coinbase-api §15.2).
  client = new ccxt.coinbase({
    apiKey: exchange.keyName,
    secret: exchange.privateKeyPem,
    urls: { api: { rest: exchange.rest } },
    options: { fetchBalance: 'v3PrivateGetBrokerageAccounts', fetchTime: 'v3PublicGetBrokerageTime' },
  })
})
afterAll(() => exchange?.close())

describe('ccxt, unmodified, against the paper exchange', () => {
  it('loads the markets by itself, with their increments', async () => {
    const markets = await client.loadMarkets()
    expect(Object.keys(markets)).toEqual(expect.arrayContaining(['BTC/USD', 'BTC/USDC', 'ETH/USD']))
    expect(markets['BTC/USD']?.precision).toMatchObject({ amount: 1e-8, price: 0.01 })
    expect(markets['BTC/USD']?.taker).toBe(0.012)
  })

  it('fetches the ticker', async () => {
    const ticker = await client.fetchTicker('BTC/USD')
    expect(ticker.last).toBeGreaterThan(0)
    expect(ticker.ask).toBeGreaterThan(ticker.bid ?? Infinity)
  })

  it('fetches the book, ordered and not crossed', async () => {
    const book = await client.fetchOrderBook('BTC/USD', 20)
    expect(book.bids).toHaveLength(20)
    expect(book.asks).toHaveLength(20)
    expect(book.bids[0]?.[0]).toBeLessThan(book.asks[0]?.[0] ?? 0)
    expect([...book.bids].sort((a, b) => (b[0] ?? 0) - (a[0] ?? 0))).toEqual(book.bids)
  })

  it('fetches candles and trades', async () => {
    const candles = await client.fetchOHLCV('BTC/USD', '1m', undefined, 30)
    expect(candles.length).toBeGreaterThan(10)
    for (const [, open = 0, high = 0, low = 0, close = 0] of candles) {
      expect(high).toBeGreaterThanOrEqual(Math.max(open, close))
      expect(low).toBeLessThanOrEqual(Math.min(open, close))
    }
    expect((await client.fetchTrades('BTC/USD', undefined, 10)).length).toBeGreaterThan(0)
  })

  it('fetches the balance', async () => {
    const balance = await client.fetchBalance()
    expect(balance['USD']).toMatchObject({ free: 10_000, used: 0, total: 10_000 })
  })

  it('buys at the market by cost, and the fills add up to the balance', async () => {
    const order = await client.createOrder('BTC/USD', 'market', 'buy', 100, undefined, { cost: 100 })
    const filled = await until(
      () => client.fetchOrder(String(order.id)),
      (found) => found.status === 'closed',
    )
    expect(filled.filled).toBeGreaterThan(0)
    const fills = await client.fetchMyTrades('BTC/USD')
    const ours = fills.filter((fill) => fill.order === order.id)
    const spent = ours.reduce((sum, fill) => sum + (fill.cost ?? 0) + (fill.fee?.cost ?? 0), 0)
    expect(spent).toBeCloseTo(100, 6)
    const balance = await client.fetchBalance()
    expect(balance['USD']?.total).toBeCloseTo(9_900, 6)
    expect(balance['BTC']?.total).toBeCloseTo(Number(filled.filled), 8)
  })

  it('places, lists and cancels a limit order, and its hold comes back', async () => {
    const ticker = await client.fetchTicker('BTC/USD')
    const price = Math.floor((ticker.bid ?? 0) * 0.9)
    const order = await client.createOrder('BTC/USD', 'limit', 'buy', 0.001, price)
    const open = await until(
      () => client.fetchOpenOrders('BTC/USD'),
      (orders) => orders.some((found) => found.id === order.id),
    )
    expect(open.find((found) => found.id === order.id)).toMatchObject({ side: 'buy', price, amount: 0.001 })
    const held = await client.fetchBalance()
    expect(held['USD']?.used).toBeGreaterThan(0)
    await client.cancelOrder(String(order.id))
    const cancelled = await until(
      () => client.fetchOrder(String(order.id)),
      (found) => found.status === 'canceled',
    )
    expect(cancelled.status).toBe('canceled')
    const free = await client.fetchBalance()
    expect(free['USD']?.used).toBe(0)
  })

  it('places a stop-loss for what it bought, and it is listed as waiting', async () => {
    const ticker = await client.fetchTicker('BTC/USD')
    const stop = Math.floor((ticker.last ?? 0) * 0.9)
    const order = await client.createOrder('BTC/USD', 'limit', 'sell', 0.001, stop - 10, { stopLossPrice: stop })
    const found = await client.fetchOrder(String(order.id))
    expect(found).toMatchObject({ status: 'open', side: 'sell', triggerPrice: stop })
    await client.cancelOrder(String(order.id))
  })

  it('hears the venue’s reasons in its own error classes', async () => {
    await expect(client.createOrder('ETH/USD', 'market', 'sell', 1)).rejects.toBeInstanceOf(ccxt.InsufficientFunds)
    await expect(client.fetchOrder('00000000-0000-4000-8000-000000000000')).rejects.toThrow(/not found/i)
    const stranger = new ccxt.coinbase({
      apiKey: exchange.keyName.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      secret: exchange.privateKeyPem,
      urls: { api: { rest: exchange.rest } },
      options: { fetchBalance: 'v3PrivateGetBrokerageAccounts' },
    })
    await expect(stranger.fetchBalance()).rejects.toBeInstanceOf(ccxt.AuthenticationError)
  })
})

async function until<T extends Order | Order[]>(ask: () => Promise<T>, done: (answer: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask()
    if (done(answer)) return answer
    if (attempt > 100) throw new Error(`still not: ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
