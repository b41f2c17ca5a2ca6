import {
  createAxiosTransport,
  createCoinbaseClient,
  createKeySigner,
  createRateBudget,
  createSwappableSigner,
  runLiveCheck,
} from '@tidegate/coinbase-client'
import { createPaperExchange, type PaperExchange } from '@tidegate/paper-exchange'
import { MemoryLog, SeededRandom } from '@tidegate/testkit'
import { Decimal, type Metrics, type OrderTerms } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clock, timers } from './world.js'

const metrics: Metrics = { count: () => {}, observe: () => {}, gauge: () => {} }
let exchange: PaperExchange
let options: Parameters<typeof createCoinbaseClient>[0]
let http: ReturnType<typeof createAxiosTransport>
let client: ReturnType<typeof createCoinbaseClient>

beforeAll(async () => {
  exchange = await createPaperExchange({ seed: 7 })
  http = createAxiosTransport()
  options = {
    environment: 'paper',
    restUrl: exchange.rest,
    signer: createSwappableSigner(createKeySigner(exchange.keyName, exchange.privateKeyPem)),
    clock,
    timers,
    random: new SeededRandom(1),
    http,
    // With the exchange's rate limits on: our budget has to keep us inside them.
    budget: createRateBudget({ clock, timers }),
    log: new MemoryLog(),
    metrics,
  }
  client = createCoinbaseClient(options)
})
afterAll(async () => {
  http?.close()
  await exchange?.close()
})

const buy: OrderTerms = {
  productId: 'BTC-USD',
  side: 'BUY',
  orderType: 'MARKET',
  timeInForce: 'IOC',
  size: { kind: 'quote', quoteSize: new Decimal('100') },
}
const rest: OrderTerms = {
  productId: 'BTC-USD',
  side: 'BUY',
  orderType: 'LIMIT',
  timeInForce: 'GTC',
  size: { kind: 'base', baseSize: new Decimal('0.001') },
  limitPrice: new Decimal('1000'),
  postOnly: true,
}

describe('the client and the paper exchange', () => {
  it('agree about the time and the key', async () => {
    await client.measureClock()
    expect(Math.abs(client.venueClock.skewMs() ?? Number.NaN)).toBeLessThan(1_000)
    expect(await client.getServerTime()).toBeGreaterThan(Date.now() - 5_000)
    expect(await client.getKeyPermissions()).toMatchObject({ canView: true, canTrade: true, canTransfer: false })
    expect((await client.getTransactionSummary()).takerRate.toFixed()).toBe('0.012')
  })

  it('agree about products, books, candles and trades', async () => {
    const products = await client.listProducts()
    expect(products.map((each) => each.productId)).toEqual(expect.arrayContaining(['BTC-USD', 'BTC-USDC', 'ETH-USD']))
    expect(await client.getProduct('BTC-USD')).toMatchObject({ productId: 'BTC-USD' })
    expect(await client.getProduct('NO-SUCH')).toBeUndefined()
    const { book } = await client.getProductBook('BTC-USD', 5)
    expect([book.bids.length, book.asks.length]).toEqual([5, 5])
    expect(book.bids[0]?.price.lt(book.asks[0]?.price ?? 0)).toBe(true)
    expect((await client.getBestBidAsk(['BTC-USD', 'ETH-USD'])).map((each) => each.bids.length)).toEqual([1, 1])
    const endMs = Math.floor(Date.now() / 60_000) * 60_000
    const candles = await client.getCandles('BTC-USD', '1m', endMs - 400 * 60_000, endMs)
    expect(candles.length).toBeGreaterThan(350)
    expect((await client.getMarketTrades('BTC-USD', 10)).trades).toHaveLength(10)
  })

  it('agree about an order from preview to fill, to the last digit', async () => {
    expect((await client.previewOrder(buy)).orderTotal?.gt(99)).toBe(true)
    const ack = await client.createOrder({ clientOrderId: 'contract 1', terms: buy })
    const order = await client.getOrder(ack.orderId)
    const there = exchange.orders().find((each) => each.orderId === ack.orderId)
    expect(order).toMatchObject({ clientOrderId: 'contract 1', status: 'FILLED' })
    expect(order?.filledSize.eq(there?.filledSize ?? 0)).toBe(true)
    expect(order?.totalFees.eq(there?.totalFees ?? 0)).toBe(true)
    const fills = await client.listFills({ orderIds: [ack.orderId] })
    expect(fills.reduce((sum, fill) => sum.plus(fill.baseSize), new Decimal(0)).eq(order?.filledSize ?? 0)).toBe(true)
    const accounts = await client.listAccounts()
    for (const wallet of exchange.balances()) {
      const ours = accounts.find((each) => each.currency === wallet.currency)
      expect(ours?.available.plus(ours.hold).eq(wallet.available.plus(wallet.hold)), wallet.currency).toBe(true)
    }
    expect(await client.getAccount(accounts[0]?.accountId ?? '')).toMatchObject({ currency: accounts[0]?.currency })
    expect((await client.listTransfers(10)).length).toBeGreaterThan(0)
  })

  it('agree about 120 resting orders, listed whole and cancelled 100 at a time', async () => {
    const ids: string[] = []
    for (let count = 0; count < 120; count++) {
      ids.push((await client.createOrder({ clientOrderId: `resting ${count}`, terms: rest })).orderId)
    }
    const listed = (await client.listOrders({ only: 'live' })).map((each) => each.orderId)
    expect(listed.toSorted()).toEqual(ids.toSorted())
    const results = await client.cancelOrders(ids)
    expect(results.every(({ outcome }) => outcome === 'accepted')).toBe(true)
    expect(await client.listOrders({ only: 'live' })).toEqual([])
  })

  it('agree about a refusal, and about a new key', async () => {
    const tooMuch: OrderTerms = {
      ...rest,
      limitPrice: new Decimal('100000'),
      size: { kind: 'base', baseSize: new Decimal('50') },
      postOnly: false,
    }
    await expect(client.createOrder({ clientOrderId: 'too much', terms: tooMuch })).rejects.toMatchObject({
      code: 'ERR_VENUE_REJECTED',
      outcome: 'not-applied',
    })
    const unknown = createKeySigner('organizations/x/apiKeys/unknown', exchange.privateKeyPem)
    await expect(client.swapKey(unknown)).rejects.toMatchObject({ code: 'ERR_VENUE_AUTH' })
    await client.swapKey(createKeySigner(exchange.keyName, exchange.privateKeyPem))
    expect((await client.listAccounts()).length).toBeGreaterThan(0)
  })

  it('differ nowhere in what they send and expect, as far as the live check can see', async () => {
    const report = await runLiveCheck({ ...options, readAttempts: 1 })
    const different = report.results.flatMap(({ endpoint, differences }) =>
      differences.map(({ kind, path, detail }) => `${endpoint} ${path}: ${kind} (${detail})`),
    )
    expect(different).toEqual([])
    expect(report.results.filter(({ verdict }) => verdict === 'failed')).toEqual([])
    expect(report.requests).toBeGreaterThanOrEqual(20)
  })

  it('ends with books that reconcile', () => {
    expect(exchange.reconcile()).toEqual([])
  })
})
