import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createOrderResponseSchema,
  listAccountsResponseSchema,
  listFillsResponseSchema,
  listOrdersResponseSchema,
  productSchema,
} from '@tidegate/coinbase-wire'
import { FakeTime, MemoryDisk, MemoryLog, SeededRandom } from '@tidegate/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { createPaperExchange, type PaperExchange } from './create-paper-exchange.js'
import type { PaperExchangeOptions } from './paper-exchange-options.js'
import { handPrices } from './testing/hand-prices.js'
import { testClient } from './testing/test-client.js'

const open: PaperExchange[] = []

afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close()
})

async function start(options: PaperExchangeOptions = {}) {
  const time = new FakeTime()
  const prices = handPrices()
  const log = new MemoryLog()
  const exchange = await createPaperExchange({
    clock: time,
    timers: time,
    log,
    prices: prices.source,
    rateLimits: 'off',
    ...options,
  })
  open.push(exchange)
  prices.show([
    ['bid', '99', '1'],
    ['bid', '98', '5'],
    ['ask', '101', '1'],
    ['ask', '102', '5'],
  ])
  prices.trade('100', '0.1', 'BUY', time.nowMs())
  return { exchange, time, prices, log, client: testClient(exchange, () => time.nowMs()) }
}

function create(clientOrderId: string, configuration: Record<string, unknown>, more: Record<string, unknown> = {}) {
  return {
    client_order_id: clientOrderId,
    product_id: 'BTC-USD',
    side: 'BUY',
    order_configuration: configuration,
    ...more,
  }
}

describe('the trade loop over HTTP', () => {
  it('buys for 25 USD, shows the order, the fill, the balances and the ledger, and reconciles', async () => {
    const { exchange, client } = await start()
    const created = await client.post('/orders', create('one', { market_market_ioc: { quote_size: '25' } }))
    const answer = createOrderResponseSchema.parse(created.json)
    expect(answer.success).toBe(true)
    expect(created.json.order_configuration).toEqual({ market_market_ioc: { quote_size: '25' } })
    const orderId = answer.success_response?.order_id
    const { order } = (await client.get(`/orders/historical/${orderId}`)).json
    expect(order).toMatchObject({
      order_id: orderId,
      client_order_id: 'one',
      status: 'FILLED',
      order_type: 'MARKET',
      time_in_force: 'IMMEDIATE_OR_CANCEL',
      fee: '',
      number_of_fills: '1',
      completion_percentage: '100',
      size_in_quote: true,
      size_inclusive_of_fees: true,
      total_value_after_fees: '25',
      trigger_status: 'INVALID_ORDER_TYPE',
      outstanding_hold_amount: '0',
      settled: true,
    })
    const fills = listFillsResponseSchema.parse(
      (await client.get(`/orders/historical/fills?order_ids=${orderId}`)).json,
    )
    expect(fills.fills).toHaveLength(1)
    expect(fills.fills[0]).toMatchObject({
      size_in_quote: true,
      size: order.filled_value,
      commission: order.total_fees,
    })
    const { accounts } = listAccountsResponseSchema.parse((await client.get('/accounts')).json)
    const available = Object.fromEntries(accounts.map((row) => [row.currency, row.available_balance.value]))
    expect(available).toEqual({ USD: '9975', USDC: '10000', BTC: order.filled_size })
    const usd = accounts.find((row) => row.currency === 'USD')
    const ledger = (await client.get(`/v2/accounts/${usd?.uuid}/transactions`)).json
    expect(ledger.data.map((row: { type: string; amount: unknown }) => [row.type, row.amount])).toEqual([
      ['advanced_trade_fill', { amount: '-25', currency: 'USD' }],
      ['fiat_deposit', { amount: '10000', currency: 'USD' }],
    ])
    expect(exchange.reconcile()).toEqual([])
  })

  it('answers a repeated client order id with the first order and the new configuration', async () => {
    const { exchange, client } = await start()
    const first = await client.post('/orders', create('same', { market_market_ioc: { quote_size: '10' } }))
    const other = { limit_limit_gtc: { base_size: '1', limit_price: '90', post_only: false } }
    const again = await client.post('/orders', create('same', other, { side: 'SELL' }))
    const nonsense = await client.post('/orders', create('same', { nonsense: {} }))
    expect(again.json).toMatchObject({ success: true, order_configuration: other })
    expect(again.json.success_response.order_id).toBe(first.json.success_response.order_id)
    expect(nonsense.json.success_response.order_id).toBe(first.json.success_response.order_id)
    expect(exchange.orders()).toHaveLength(1)
  })

  it('cancels in batches, one result a piece', async () => {
    const { client } = await start()
    const resting = { limit_limit_gtc: { base_size: '1', limit_price: '90' } }
    const id = (await client.post('/orders', create('r', resting))).json.success_response.order_id
    const answer = await client.post('/orders/batch_cancel', { order_ids: [id, '0000', id] })
    expect(answer.json).toEqual({
      results: [
        { success: true, failure_reason: 'UNKNOWN_CANCEL_FAILURE_REASON', order_id: id },
        { success: false, failure_reason: 'UNKNOWN_CANCEL_ORDER', order_id: '0000' },
        { success: false, failure_reason: 'NOT_ALLOWED_TO_CANCEL', order_id: id },
      ],
    })
    const tooMany = await client.post('/orders/batch_cancel', { order_ids: Array.from({ length: 101 }, String) })
    expect([tooMany.status, tooMany.json.error]).toEqual([400, 'INVALID_ARGUMENT'])
  })

  it('previews what it would then do', async () => {
    const { client } = await start()
    const configuration = { market_market_ioc: { quote_size: '200' } }
    const preview = (
      await client.post('/orders/preview', { product_id: 'BTC-USD', side: 'BUY', order_configuration: configuration })
    ).json
    expect(preview).toMatchObject({ errs: [], order_total: '200', best_bid: '99', best_ask: '101' })
    const id = (await client.post('/orders', create('p', configuration))).json.success_response.order_id
    const { order } = (await client.get(`/orders/historical/${id}`)).json
    expect([order.filled_size, order.total_fees, order.filled_value]).toEqual([
      preview.base_size,
      preview.commission_total,
      preview.quote_size,
    ])
    const poor = await client.post('/orders/preview', {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_configuration: { market_market_ioc: { quote_size: '99999' } },
    })
    expect([poor.status, poor.json.errs]).toEqual([200, ['PREVIEW_INSUFFICIENT_FUND']])
  })

  it('pages orders and fills without repeating or losing any', async () => {
    const { client } = await start()
    for (let n = 0; n < 7; n++) {
      await client.post('/orders', create(`n${n}`, { limit_limit_gtc: { base_size: '0.1', limit_price: '90' } }))
    }
    const seen: string[] = []
    let cursor = ''
    do {
      const page = listOrdersResponseSchema.parse(
        (await client.get(`/orders/historical/batch?limit=3${cursor && `&cursor=${cursor}`}`)).json,
      )
      seen.push(...page.orders.map((order) => order.client_order_id))
      expect(page.has_next).toBe(page.cursor !== undefined)
      cursor = page.cursor ?? ''
    } while (cursor !== '')
    expect(seen).toEqual(['n6', 'n5', 'n4', 'n3', 'n2', 'n1', 'n0'])
  })
})

describe('refusals', () => {
  const limit = { limit_limit_gtc: { base_size: '1', limit_price: '90' } }

  it.each([
    [
      'funds',
      create('a', { market_market_ioc: { quote_size: '20000' } }),
      {
        error: 'INSUFFICIENT_FUND',
        preview_failure_reason: 'PREVIEW_INSUFFICIENT_FUND',
        message: 'Insufficient balance in source account',
        error_details: '',
      },
    ],
    [
      'post-only',
      create('a', { limit_limit_gtc: { base_size: '1', limit_price: '101', post_only: true } }),
      { error: 'INVALID_LIMIT_PRICE_POST_ONLY', new_order_failure_reason: 'INVALID_LIMIT_PRICE_POST_ONLY' },
    ],
    [
      'a stop on the wrong side',
      create(
        'a',
        {
          stop_limit_stop_limit_gtc: {
            base_size: '1',
            limit_price: '100',
            stop_price: '105',
            stop_direction: 'STOP_DIRECTION_STOP_DOWN',
          },
        },
        { side: 'SELL' },
      ),
      { error: 'UNKNOWN_FAILURE_REASON', preview_failure_reason: 'PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE' },
    ],
    [
      'a bracket with its prices the wrong way round',
      create('a', { trigger_bracket_gtc: { base_size: '1', limit_price: '110', stop_trigger_price: '90' } }),
      { error: 'INVALID_BRACKET_PRICES' },
    ],
    [
      'a market fill-or-kill',
      create('a', { market_market_fok: { base_size: '1' } }),
      { error: 'UNSUPPORTED_ORDER_CONFIGURATION' },
    ],
    [
      'both sizes',
      create('a', { market_market_ioc: { base_size: '1', quote_size: '1' } }),
      { preview_failure_reason: 'PREVIEW_INVALID_ORDER_CONFIG' },
    ],
    ['no size', create('a', { market_market_ioc: {} }), { preview_failure_reason: 'PREVIEW_INVALID_ORDER_CONFIG' }],
    [
      'a size with an exponent',
      create('a', { market_market_ioc: { quote_size: '1e1' } }),
      { preview_failure_reason: 'PREVIEW_NON_NUMERIC_ORDER_SIZE' },
    ],
    ['an unknown product', create('a', limit, { product_id: 'NOPE-USD' }), { error: 'INVALID_PRODUCT_ID' }],
    ['a wrong side', create('a', limit, { side: 'HOLD' }), { error: 'INVALID_SIDE' }],
  ])('say %s in the fields that clients look at', async (_name, body, error) => {
    const { exchange, client } = await start({ initialBalances: { USD: '10000', BTC: '2' } })
    const reply = await client.post('/orders', body)
    expect(reply.status).toBe(200)
    expect(reply.json).toMatchObject({
      success: false,
      error_response: error,
      order_configuration: body.order_configuration,
    })
    expect(exchange.orders()).toEqual([])
  })

  it.each([
    ['no client order id', { product_id: 'BTC-USD', side: 'BUY', order_configuration: limit }],
    ['an empty body', ''],
    ['no JSON', '{"client_order_id":'],
    [
      'a wallet that is not there',
      create('a', { market_market_ioc: { quote_size: '10' } }, { product_id: 'BTC-USDC' }),
    ],
  ])('are a 400 INVALID_ARGUMENT for %s', async (_name, body) => {
    const { client } = await start({ initialBalances: { USD: '100' } })
    const reply = await client.post('/orders', body)
    expect([reply.status, reply.json.error]).toEqual([400, 'INVALID_ARGUMENT'])
  })

  it('speak the venue’s words for what is not there', async () => {
    const { client } = await start()
    expect((await client.get('/orders/historical/abc')).json).toEqual({
      error: 'unknown',
      error_details: 'order with this orderID was not found',
      message: 'order with this orderID was not found',
    })
    const unknown = await client.get('/nowhere')
    expect([unknown.status, unknown.json]).toEqual([
      404,
      { error: 'unknown', error_details: 'Not Found', message: 'Not Found' },
    ])
    const v2 = await client.get('/v2/accounts/nope/transactions')
    expect([v2.status, v2.json]).toEqual([404, { errors: [{ id: 'not_found', message: 'Not found' }] }])
    const edit = await client.post('/orders/edit', { order_id: 'abc', price: '1', size: '1' })
    expect(edit.json).toMatchObject({ success: false, errors: [{ edit_failure_reason: 'ORDER_NOT_FOUND' }] })
  })

  it('refuse OPEN together with another status', async () => {
    const { client } = await start()
    const reply = await client.get('/orders/historical/batch?order_status=OPEN&order_status=FILLED')
    expect(reply.status).toBe(400)
  })

  it('answer 403 to a key without trade permission', async () => {
    const { exchange, time } = await start()
    const { key, publicKey } = (await import('./testing/test-client.js')).ed25519Key('organizations/o/apiKeys/viewer')
    exchange.addKey({ name: key.name, publicKey, canView: true, canTrade: false, canTransfer: false })
    const viewer = testClient(exchange, () => time.nowMs(), key)
    const reply = await viewer.post('/orders', create('a', limit))
    expect(reply.status).toBe(403)
    expect(reply.text).toContain('"error_details":"Missing required scopes"')
    expect((await viewer.get('/key_permissions')).json).toMatchObject({ can_view: true, can_trade: false })
  })
})

describe('market data over HTTP', () => {
  it('shows products with their captured numbers, publicly', async () => {
    const { client } = await start()
    const { json } = await client.open('/api/v3/brokerage/market/products/TONE-USD')
    expect(productSchema.parse(json)).toMatchObject({
      base_increment: '1',
      quote_increment: '0.00001',
      base_min_size: '26.7187147229469674',
      base_max_size: '267187147.2294696735908216',
    })
    const list = (await client.open('/api/v3/brokerage/market/products?product_ids[]=BTC-USD&product_ids[]=BTC-USDC'))
      .json
    expect(list.products.map((row: { product_id: string; alias: string }) => [row.product_id, row.alias])).toEqual([
      ['BTC-USD', ''],
      ['BTC-USDC', 'BTC-USD'],
    ])
    expect((await client.open('/api/v3/brokerage/market/products?product_type=FUTURE')).json.products).toEqual([])
  })

  it('pages products by cursor', async () => {
    const { client } = await start()
    const ids: string[] = []
    let cursor = ''
    do {
      const { json } = await client.get(`/products?limit=2&get_all_products=False${cursor && `&cursor=${cursor}`}`)
      ids.push(...json.products.map((row: { product_id: string }) => row.product_id))
      cursor = json.pagination.next_cursor
    } while (cursor !== '')
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toContain('TONE-USD')
  })

  it('shows the book with its spread, own orders included', async () => {
    const { client } = await start()
    await client.post('/orders', create('b', { limit_limit_gtc: { base_size: '2', limit_price: '100' } }))
    const { json } = await client.open('/api/v3/brokerage/market/product_book?product_id=BTC-USD&limit=1')
    expect(json).toMatchObject({
      pricebook: { bids: [{ price: '100', size: '2' }], asks: [{ price: '101', size: '1' }] },
      mid_market: '100.5',
      spread_absolute: '1',
      spread_bps: '99.502487562189',
    })
    const grouped = await client.open(
      '/api/v3/brokerage/market/product_book?product_id=BTC-USD&aggregation_price_increment=10',
    )
    expect(grouped.json.pricebook).toMatchObject({
      bids: [
        { price: '100', size: '2' },
        { price: '90', size: '6' },
      ],
      asks: [{ price: '110', size: '6' }],
    })
  })

  it('labels trades with the side of the maker', async () => {
    const { client } = await start()
    await client.post('/orders', create('t', { market_market_ioc: { base_size: '0.5' } }))
    const { json } = await client.open('/api/v3/brokerage/market/products/BTC-USD/ticker?limit=1')
    expect(json).toMatchObject({
      trades: [{ price: '101', size: '0.5', side: 'SELL' }],
      best_bid: '99',
      best_ask: '101',
    })
  })

  it('builds candles from its own trades, newest first, and refuses too many', async () => {
    const { client, prices, time } = await start()
    const startSeconds = Math.floor(time.nowMs() / 60_000) * 60
    prices.trade('103', '2', 'BUY', time.nowMs())
    await time.advance(60_000)
    prices.trade('95', '1', 'SELL', time.nowMs())
    const path = '/api/v3/brokerage/market/products/BTC-USD/candles?granularity=ONE_MINUTE'
    const { json } = await client.open(`${path}&start=${startSeconds}&end=${startSeconds + 120}`)
    expect(json.candles).toEqual([
      { start: String(startSeconds + 60), low: '95', high: '95', open: '95', close: '95', volume: '1' },
      { start: String(startSeconds), low: '100', high: '103', open: '100', close: '103', volume: '2.1' },
    ])
    const tooMany = await client.open(`${path}&start=0&end=${351 * 60}`)
    expect([tooMany.status, tooMany.json.error]).toEqual([400, 'INVALID_ARGUMENT'])
  })

  it('has candles of every granularity from the first moment of a synthetic market', async () => {
    const time = new FakeTime()
    const exchange = await createPaperExchange({ clock: time, timers: time, seed: 5, rateLimits: 'off' })
    open.push(exchange)
    const client = testClient(exchange, () => time.nowMs())
    const end = Math.floor(time.nowMs() / 1_000)
    for (const [granularity, seconds] of [
      ['ONE_MINUTE', 60],
      ['ONE_HOUR', 3_600],
      ['ONE_DAY', 86_400],
    ] as const) {
      const { json } = await client.open(
        `/api/v3/brokerage/market/products/ETH-USD/candles?granularity=${granularity}&start=${end - 300 * seconds}&end=${end}`,
      )
      expect(json.candles.length).toBeGreaterThanOrEqual(300)
    }
    const { json } = await client.open('/api/v3/brokerage/market/products/ETH-USD')
    expect(Number(json.volume_24h)).toBeGreaterThan(0)
    expect(json.price_percentage_change_24h).not.toBe('')
    const trades = (await client.open('/api/v3/brokerage/market/products/ETH-USD/ticker?limit=50')).json.trades
    expect(trades).toHaveLength(50)
    const ids = trades.map((row: { trade_id: string }) => Number(row.trade_id))
    expect(ids.every((id: number, index: number) => index === 0 || id === ids[index - 1] - 1)).toBe(true)
  })
})

describe('rate limits', () => {
  it('answer 429 beyond the bucket, say what is left, and refill with time', async () => {
    const { client, time } = await start({ rateLimits: { privatePerSecond: 30, publicPerSecond: 3 } })
    const path = '/api/v3/brokerage/time'
    const left = []
    for (let n = 0; n < 3; n++) left.push((await client.open(path)).headers.get('x-ratelimit-remaining'))
    expect(left).toEqual(['2', '1', '0'])
    const refused = await client.open(path)
    expect([refused.status, refused.json.errors[0].id]).toEqual([429, 'rate_limit_exceeded'])
    await time.advance(1_000)
    expect((await client.open(path)).status).toBe(200)
  })
})

describe('faults on purpose', () => {
  const body = create('f', { market_market_ioc: { quote_size: '10' } })

  it('takes the order and drops the answer; a repeat finds the same order', async () => {
    const { exchange, client } = await start()
    exchange.faults.next({ verb: 'create-order', kind: 'accept-then-drop' })
    await expect(client.post('/orders', body)).rejects.toThrow()
    expect(exchange.orders()).toHaveLength(1)
    const again = await client.post('/orders', body)
    expect(again.json.success_response.order_id).toBe(exchange.orders()[0]?.orderId)
    expect(exchange.orders()).toHaveLength(1)
  })

  it.each([
    ['drop-before', 0],
    ['accept-then-503-html', 1],
    ['http-503-html', 0],
    ['http-429-html', 0],
    ['http-401', 0],
    ['cut-body', 1],
  ] as const)('%s leaves %i orders', async (kind, orders) => {
    const { exchange, client } = await start()
    exchange.faults.next({ verb: 'create-order', kind })
    const reply = await client.post('/orders', body).catch(() => undefined)
    if (reply) expect(reply.json?.success).not.toBe(true)
    expect(exchange.orders()).toHaveLength(orders)
    expect(exchange.faults.pending()).toEqual([])
  })

  it('delays an answer, not the order', async () => {
    const { exchange, client, time } = await start()
    exchange.faults.next({ verb: 'create-order', kind: 'delay', delayMs: 5_000 })
    let isAnswered = false
    const reply = client.post('/orders', body).then((answer) => {
      isAnswered = true
      return answer
    })
    while (exchange.orders().length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(isAnswered).toBe(false)
    await time.advance(5_000)
    expect((await reply).json.success).toBe(true)
  })
})

describe('a restart', () => {
  it('keeps orders, balances and the key, marks the gap, and lets resting orders trade on', async () => {
    const disk = new MemoryDisk()
    const random = new SeededRandom(4)
    const first = await start({ disk, folder: '/paper', random })
    const resting = create('r', { limit_limit_gtc: { base_size: '1', limit_price: '95' } })
    const id = (await first.client.post('/orders', resting)).json.success_response.order_id
    const portfolioId = first.exchange.portfolioId
    // No goodbye: whatever is on disk now is all that a kill leaves.
    const left = new MemoryDisk()
    for (const [path, text] of disk.files) left.files.set(path, text)
    const second = await start({ disk: left, folder: '/paper', random: new SeededRandom(5) })
    expect([second.exchange.keyName, second.exchange.portfolioId]).toEqual([first.exchange.keyName, portfolioId])
    expect(second.exchange.orders()[0]).toMatchObject({ orderId: id, status: 'OPEN', gaps: [{}] })
    expect(second.log.entries.some((entry) => entry.event === 'paper_gap_passed')).toBe(true)
    second.prices.trade('94', '3', 'SELL', second.time.nowMs())
    expect((await second.client.get(`/orders/historical/${id}`)).json.order.status).toBe('FILLED')
    expect((await second.client.post('/orders', resting)).json.success_response.order_id).toBe(id)
    expect(second.exchange.reconcile()).toEqual([])
  })

  it('writes a key file that only its owner can read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paper-exchange-'))
    try {
      const exchange = await createPaperExchange({ folder, seed: 1 })
      const path = exchange.keyFile ?? ''
      expect(statSync(path).mode & 0o777).toBe(0o600)
      const file = JSON.parse(readFileSync(path, 'utf8'))
      expect(file.name).toMatch(/^organizations\/[0-9a-f-]{36}\/apiKeys\/[0-9a-f-]{36}$/)
      expect(file.privateKey).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/)
      await exchange.close()
      const again = await createPaperExchange({ folder, seed: 1 })
      expect(again.keyName).toBe(file.name)
      await again.close()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('determinism', () => {
  async function life(seed: number) {
    const time = new FakeTime()
    const exchange = await createPaperExchange({
      clock: time,
      timers: time,
      seed,
      rateLimits: 'off',
      initialBalances: { USD: '100000' },
    })
    open.push(exchange)
    const client = testClient(exchange, () => time.nowMs())
    for (let n = 0; n < 10; n++) {
      const { best_bid: bid } = (await client.open('/api/v3/brokerage/market/products/BTC-USD/ticker?limit=1')).json
      await client.post('/orders', create(`m${n}`, { market_market_ioc: { quote_size: '500' } }))
      await client.post('/orders', create(`l${n}`, { limit_limit_gtc: { base_size: '0.01', limit_price: bid } }))
      await time.advance(2_000)
    }
    return exchange
      .fills()
      .map((fill) => [fill.price.toFixed(), fill.baseSize.toFixed(), fill.liquidity, fill.atMs].join(' '))
  }

  it('gives the same fills for the same seed and others for another', async () => {
    const [first, again, other] = [await life(3), await life(3), await life(4)]
    expect(first.length).toBeGreaterThan(10)
    expect(first.some((fill) => fill.includes('MAKER'))).toBe(true)
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
  })
})
