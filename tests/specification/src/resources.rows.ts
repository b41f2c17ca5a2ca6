import { expect } from 'vitest'
import type { Row } from './row.js'
import { eventually, type Found, type World } from './world.js'

const rows = (value: unknown): readonly Found[] => value as readonly Found[]
const decimal = expect.stringMatching(/^-?\d+(\.\d+)?$/)

async function buy(world: World, quoteSize = '10'): Promise<Found> {
  const placed = await world.tool('place_order', {
    product_id: 'BTC-USD',
    side: 'BUY',
    order_type: 'MARKET',
    quote_size: quoteSize,
  })
  expect(placed['success'], JSON.stringify(placed)).toBe(true)
  await eventually(
    () => world.read(`order://status/${String(placed['order_id'])}`),
    (order) => order['status'] === 'FILLED',
  )
  return placed
}

async function rest(world: World): Promise<Found> {
  const ticker = await world.read('market://ticker/BTC-USD')
  const limit = (BigInt(String(ticker['price']).split('.')[0] ?? '0') * 95n) / 100n
  const placed = await world.tool('place_order', {
    product_id: 'BTC-USD',
    side: 'BUY',
    order_type: 'LIMIT',
    size: '0.0002',
    limit_price: String(limit),
  })
  expect(placed['success'], JSON.stringify(placed)).toBe(true)
  return placed
}

const section = 'Resources'
const of = (uri: string, bullet: string, check: (world: World) => Promise<void>): Row => ({
  section,
  bullet: `${uri}: ${bullet}`,
  check,
})

/** Each bullet under each resource. */
export const resourceRows: readonly Row[] = [
  of('account://balances', 'returns all account balances', async (world) => {
    const { accounts } = await world.read('account://balances')
    expect(rows(accounts).map((row) => row['currency'])).toEqual(expect.arrayContaining(['USD', 'USDC']))
  }),
  of('account://balances', 'updates periodically or on-demand', async (world) => {
    const usd = async () =>
      rows((await world.read('account://balances'))['accounts']).find((row) => row['currency'] === 'USD')?.['total']
    const before = await usd()
    await buy(world, '11')
    expect(await usd()).not.toBe(before)
  }),
  of('account://balances', 'includes available and held amounts', async (world) => {
    await rest(world)
    const usd = rows((await world.read('account://balances'))['accounts']).find((row) => row['currency'] === 'USD')
    expect(usd).toMatchObject({ available: decimal, hold: decimal })
    expect(usd?.['hold']).not.toBe('0')
  }),
  of('account://positions', 'returns current open positions', async (world) => {
    await buy(world, '12')
    expect(rows((await world.read('account://positions'))['positions']).map((row) => row['asset'])).toContain('BTC')
  }),
  of('account://positions', 'calculated from balances and market prices', async (world) => {
    const btc = rows((await world.read('account://positions'))['positions']).find((row) => row['asset'] === 'BTC')
    const balance = rows((await world.read('account://balances'))['accounts']).find((row) => row['currency'] === 'BTC')
    expect(btc?.['size']).toBe(balance?.['total'])
    expect(btc).toMatchObject({ market_price: decimal, market_value_usd: decimal })
  }),
  of('account://positions', 'includes unrealized P&L', async (world) => {
    const btc = rows((await world.read('account://positions'))['positions']).find((row) => row['asset'] === 'BTC')
    expect(btc).toMatchObject({ unrealized_pnl_usd: decimal, unrealized_pnl_pct: decimal })
  }),
  of('account://profile', 'account metadata and limits', async (world) => {
    const profile = await world.read('account://profile')
    expect(profile['account']).toMatchObject({ portfolio_id: expect.any(String) })
    expect(profile['limits']).toMatchObject({ max_order_value_usd: '1000', max_position_size_pct: '25' })
  }),
  of('account://profile', 'trading permissions', async (world) => {
    expect((await world.read('account://profile'))['account']).toMatchObject({
      can_view: true,
      can_trade: true,
      can_transfer: false,
    })
  }),
  of('account://profile', 'fee tiers', async (world) => {
    expect((await world.read('account://profile'))['fees']).toMatchObject({
      tier: expect.any(String),
      taker_rate: decimal,
      maker_rate: decimal,
    })
  }),
  of('market://ticker/{product_id}', 'current ticker data for a product', async (world) => {
    const first = await world.read('market://ticker/ETH-USD')
    const next = await eventually(
      () => world.read('market://ticker/ETH-USD'),
      (now) => now['price'] !== first['price'],
    )
    expect(next['price']).not.toBe(first['price'])
  }),
  of('market://ticker/{product_id}', 'price, volume, 24h change', async (world) => {
    const ticker = await eventually(
      () => world.read('market://ticker/BTC-USD'),
      (now) => 'volume_24h' in now && 'price_change_24h_pct' in now,
    )
    expect(ticker).toMatchObject({ price: decimal, volume_24h: decimal, price_change_24h_pct: decimal })
  }),
  of('market://ticker/{product_id}', 'real-time or cached, and says which', async (world) => {
    expect(await world.read('market://ticker/BTC-USD')).toMatchObject({
      source: expect.stringMatching(/^(stream|rest|cache)$/),
      age_ms: expect.any(Number),
      stale: false,
    })
  }),
  of('market://orderbook/{product_id}', 'current order book snapshot', async (world) => {
    const book = await world.read('market://orderbook/BTC-USD')
    expect(rows(book['bids'])[0]).toEqual([decimal, decimal])
    expect(rows(book['asks'])[0]).toEqual([decimal, decimal])
  }),
  of('market://orderbook/{product_id}', 'level 2 data, 50 levels', async (world) => {
    const book = await world.read('market://orderbook/BTC-USD')
    expect(rows(book['bids'])).toHaveLength(50)
    expect(rows(book['asks'])).toHaveLength(50)
  }),
  of('market://orderbook/{product_id}', 'bid/ask spreads', async (world) => {
    expect(await world.read('market://orderbook/BTC-USD')).toMatchObject({
      best_bid: decimal,
      best_ask: decimal,
      spread: decimal,
      spread_bps: decimal,
    })
  }),
  of('market://candles/{product_id}', 'historical OHLCV data', async (world) => {
    const candles = await world.read('market://candles/BTC-USD')
    for (const column of ['open', 'high', 'low', 'close', 'volume'])
      expect(rows(candles[column]).length).toBeGreaterThan(10)
  }),
  of('market://candles/{product_id}', 'configurable timeframe and count', async (world) => {
    const candles = await world.read('market://candles/BTC-USD?granularity=5m&count=7')
    expect(candles['granularity']).toBe('5m')
    expect(rows(candles['open']).length).toBeLessThanOrEqual(7)
    expect(rows(candles['open']).length).toBeGreaterThan(3)
  }),
  of('market://candles/{product_id}', 'multiple granularities', async (world) => {
    for (const granularity of ['1m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '1d']) {
      const candles = await world.read(`market://candles/BTC-USD?count=3&granularity=${granularity}`)
      expect(rows(candles['close']).length, granularity).toBeGreaterThan(0)
    }
  }),
  of('market://products', 'list of all available trading pairs', async (world) => {
    const { products } = await world.read('market://products')
    expect(rows(products).map((row) => row['product_id'])).toEqual(
      expect.arrayContaining(['BTC-USD', 'BTC-USDC', 'ETH-USD', 'TONE-USD']),
    )
  }),
  of('market://products', 'trading status and parameters', async (world) => {
    const btc = rows((await world.read('market://products'))['products']).find((row) => row['product_id'] === 'BTC-USD')
    expect(btc).toMatchObject({
      status: 'online',
      tradable: true,
      base_increment: '0.00000001',
      price_increment: '0.01',
      quote_min_size: '1',
    })
  }),
  of('market://products', 'cached with periodic refresh', async (world) => {
    const first = await world.read('market://products')
    const second = await world.read('market://products')
    expect(second['as_of']).toBe(first['as_of'])
  }),
  of('order://active', 'all open orders across all products', async (world) => {
    const placed = await rest(world)
    const { orders } = await world.read('order://active')
    expect(rows(orders).map((row) => row['order_id'])).toContain(placed['order_id'])
  }),
  of('order://active', 'includes pending and partially filled', async (world) => {
    const waiting = await world.tool('place_order', {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_type: 'MARKET',
      quote_size: '600',
    })
    expect(waiting['outcome']).toBe('awaiting_approval')
    const { orders } = await world.read('order://active')
    const found = rows(orders).find((row) => row['intent_id'] === waiting['intent_id'])
    expect(found).toMatchObject({ filled_size: '0' })
    await world.control('approvals_deny', { intent_id: String(waiting['intent_id']) })
  }),
  of('order://active', 'real-time updates via WebSocket', async (world) => {
    const placed = await rest(world)
    await world.tool('cancel_order', { order_id: String(placed['order_id']) })
    const active = await eventually(
      () => world.read('order://active'),
      (now) => !rows(now['orders']).some((row) => row['order_id'] === placed['order_id']),
    )
    expect(rows(active['orders']).map((row) => row['order_id'])).not.toContain(placed['order_id'])
  }),
  of('order://history', 'historical orders', async (world) => {
    expect(rows((await world.read('order://history'))['orders']).length).toBeGreaterThan(0)
  }),
  of('order://history', 'filterable by product, status, date', async (world) => {
    const none = await world.read('order://history?product=ETH-USD&status=FILLED')
    expect(rows(none['orders'])).toEqual([])
    const filled = await world.read('order://history?status=FILLED&product=BTC-USD')
    expect(rows(filled['orders']).length).toBeGreaterThan(0)
    expect(new Set(rows(filled['orders']).map((row) => row['status']))).toEqual(new Set(['FILLED']))
    expect(rows((await world.read('order://history?end=2001-01-01T00:00:00Z'))['orders'])).toEqual([])
  }),
  of('order://history', 'paginated results', async (world) => {
    const page = await world.tool('get_orders', { limit: 1 })
    expect(rows(page['orders'])).toHaveLength(1)
    expect(page['next_cursor']).toEqual(expect.any(String))
    const next = await world.read(`order://history?cursor=${encodeURIComponent(String(page['next_cursor']))}`)
    expect(rows(next['orders']).map((row) => row['intent_id'])).not.toContain(rows(page['orders'])[0]?.['intent_id'])
  }),
  of('order://status/{order_id}', 'detailed status of a specific order', async (world) => {
    const placed = await buy(world)
    expect(await world.read(`order://status/${String(placed['order_id'])}`)).toMatchObject({
      order_id: placed['order_id'],
      status: 'FILLED',
      side: 'BUY',
    })
  }),
  of('order://status/{order_id}', 'fill information', async (world) => {
    const placed = await buy(world)
    const order = await world.read(`order://status/${String(placed['order_id'])}`)
    expect(rows(order['fills']).length).toBeGreaterThan(0)
    expect(rows(order['fills'])[0]).toMatchObject({ price: decimal })
  }),
  of('order://status/{order_id}', 'timestamps and fees', async (world) => {
    const placed = await buy(world)
    const order = await world.read(`order://status/${String(placed['order_id'])}`)
    expect(order).toMatchObject({ created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/), total_fees: decimal })
    expect(order['total_fees']).not.toBe('0')
  }),
  of('history://fills', 'trade execution history', async (world) => {
    expect(rows((await world.read('history://fills?product=BTC-USD'))['fills']).length).toBeGreaterThan(0)
  }),
  of('history://fills', 'commission and fee data', async (world) => {
    const [fill] = rows((await world.read('history://fills'))['fills'])
    expect(JSON.stringify(fill)).toMatch(/"(fee|commission)":"\d/)
  }),
  of('history://fills', 'maker/taker designation', async (world) => {
    const [fill] = rows((await world.read('history://fills'))['fills'])
    expect(['MAKER', 'TAKER']).toContain(fill?.['liquidity'])
  }),
  of('history://transfers', 'deposit and withdrawal history', async (world) => {
    const { transfers } = await world.read('history://transfers')
    expect(rows(transfers).length).toBeGreaterThan(0)
    expect(rows(transfers)[0]).toMatchObject({ amount: decimal, currency: expect.any(String) })
  }),
  of('history://transfers', 'blockchain transaction ids, where there are any', async (world) => {
    const templates = await world.read('history://transfers')
    // A paper deposit has no chain behind it, and says so instead of inventing a hash.
    for (const row of rows(templates['transfers'])) expect(row['transaction_hash'] ?? null).toBeNull()
    expect(rows(templates['transfers']).length).toBeGreaterThan(0)
  }),
  of('history://transfers', 'status tracking', async (world) => {
    expect(rows((await world.read('history://transfers'))['transfers'])[0]).toMatchObject({
      status: expect.any(String),
    })
  }),
]
