import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { schemaFaults } from '../../test-support/conforms.js'
import { fakeFill, fakeIntent, fakeProduct } from '../../test-support/fake-world.js'
import { type FakeWorld, fakeWorld, TRADER } from '../../test-support/fake-world-surface.js'
import type { JsonObject } from '../backend.js'
import { tools } from './list.js'

let world: FakeWorld
let time: FakeTime
beforeEach(() => {
  time = new FakeTime()
  world = fakeWorld({ time, log: new MemoryLog() })
})

type Rows = readonly Readonly<Record<string, unknown>>[]

/** Calls a tool and checks its answer against its own output schema. */
async function call(name: string, args: JsonObject = {}): Promise<JsonObject> {
  const { structured, isError } = await world.surface.callTool(TRADER, name, args)
  expect(isError, JSON.stringify(structured)).toBe(false)
  const schema = tools.find((tool) => tool.name === name)?.outputSchema ?? {}
  expect(schemaFaults(schema, structured)).toEqual([])
  return structured
}

/** Calls a tool that must refuse its arguments; gives the issues. */
async function refusal(
  name: string,
  args: JsonObject,
): Promise<readonly { field: string; problem: string; fix: string }[]> {
  const { structured, isError } = await world.surface.callTool(TRADER, name, args)
  expect(isError, JSON.stringify(structured)).toBe(true)
  return (structured['error'] as unknown as { issues: { field: string; problem: string; fix: string }[] }).issues
}

describe('check_trade_risk', () => {
  it('takes the specification’s four arguments; without price the order is MARKET', async () => {
    const market = await call('check_trade_risk', { product_id: 'BTC-USD', side: 'BUY', size: '0.001' })
    expect(market).toMatchObject({ approved: true, verdict: 'approved', order_type: 'MARKET', denials: [] })
    const limit = await call('check_trade_risk', { product_id: 'BTC-USD', side: 'BUY', size: '0.001', price: '99000' })
    expect(limit).toMatchObject({ approved: true, order_type: 'LIMIT', estimate: { worst_price: '99000' } })
  })

  it('gives the verdict, reasons and numbers that place_order gives', async () => {
    world.desk.answer = (request) => ({ outcome: 'denied', decision: world.desk.decide(request.terms) })
    for (const args of [
      { product_id: 'BTC-USD', side: 'BUY', size: '4', price: '1000000' },
      { product_id: 'BTC-USD', side: 'SELL', size: '3' },
      { product_id: 'BTC-USD', side: 'BUY', quote_size: '1000.01' },
      { product_id: 'NOPE-USD', side: 'BUY', size: '1' },
    ]) {
      const checked = await call('check_trade_risk', args)
      const { price, ...rest } = args as Record<string, string>
      const placed = await call('place_order', {
        ...rest,
        order_type: price ? 'LIMIT' : 'MARKET',
        ...(price ? { limit_price: price } : {}),
      })
      expect(checked).toMatchObject({ approved: false, verdict: 'denied' })
      expect((checked['denials'] as unknown[]).length).toBeGreaterThan(0)
      expect(placed['denials']).toEqual(checked['denials'])
      expect(placed['error']).toEqual(checked['error'])
    }
    expect(world.desk.placed).toHaveLength(4)
  })

  it('says when a person would have to approve', async () => {
    const answer = await call('check_trade_risk', { product_id: 'BTC-USD', side: 'BUY', quote_size: '600' })
    expect(answer).toMatchObject({ approved: true, verdict: 'needs_approval', needs_approval: true })
  })

  it('records nothing', async () => {
    await call('check_trade_risk', { product_id: 'BTC-USD', side: 'BUY', size: '0.001' })
    expect(world.desk.placed).toEqual([])
  })

  it('speaks of price when price was sent', async () => {
    const issues = await refusal('check_trade_risk', { product_id: 'BTC-USD', side: 'BUY', size: '1', price: 5 })
    expect(issues).toEqual([expect.objectContaining({ field: 'price', fix: expect.stringContaining('send price as') })])
    const both = await refusal('check_trade_risk', {
      product_id: 'BTC-USD',
      side: 'BUY',
      size: '1',
      price: '5',
      limit_price: '6',
    })
    expect(both[0]).toMatchObject({ field: 'price', problem: 'contradicts limit_price' })
  })
})

describe('cancel_order and cancel_all_orders', () => {
  it.each([
    ['cancelled', true, undefined],
    ['requested', true, undefined],
    ['refused', false, 'ERR_VENUE_REJECTED'],
    ['unknown', false, 'ERR_VENUE_OUTCOME_UNKNOWN'],
    ['not_found', false, 'ORDER_NOT_FOUND'],
  ] as const)('%s', async (outcome, success, code) => {
    world.desk.intents = [fakeIntent()]
    world.desk.cancelAnswer = { outcome, cancel: 'sent', reason: 'venue\u202ewords' }
    const answer = await call('cancel_order', { order_id: 'venue-1' })
    expect(answer).toMatchObject({
      success,
      outcome,
      order_id: 'venue-1',
      untrusted_venue_text: { reason: 'venuewords' },
    })
    expect((answer['error'] as { code?: string } | undefined)?.code).toBe(code)
    expect(answer['next']).toMatch(/^.{20,}$/)
  })

  it('needs an id that can be one', async () => {
    expect((await refusal('cancel_order', {}))[0]?.field).toBe('order_id')
    expect((await refusal('cancel_order', { order_id: '../../orders' }))[0]?.field).toBe('order_id')
    expect(world.desk.cancelled).toEqual([])
  })

  it('all: filters by product and is a success only when none is left', async () => {
    world.desk.intents = [
      fakeIntent({ intentId: 'a' }),
      fakeIntent({ intentId: 'b', terms: { ...fakeIntent().terms, productId: 'ETH-USD' } }),
    ]
    expect(await call('cancel_all_orders', { product_id: 'ETH-USD' })).toMatchObject({
      success: true,
      cancelled: 1,
      remaining: [],
    })
    expect(world.desk.cancelled).toEqual(['b'])
    world.desk.allGone = false
    expect(await call('cancel_all_orders')).toMatchObject({
      success: false,
      all_gone: false,
      remaining: ['a', 'b'],
      error: { code: 'ERR_VENUE_OUTCOME_UNKNOWN' },
    })
  })
})

describe('halt_trading', () => {
  it('halts the account or one product, and cannot do anything else', async () => {
    expect(await call('halt_trading', { reason: 'odd\u0000 prices' })).toMatchObject({
      success: true,
      mode: 'HALTED',
      scope: 'account',
    })
    await call('halt_trading', { product_id: 'BTC-USD' })
    expect(world.desk.modesSet).toEqual([
      { scope: 'account', mode: 'HALTED', reason: 'odd prices' },
      { scope: 'product:BTC-USD', mode: 'HALTED', reason: 'halted by local through MCP' },
    ])
    expect((await refusal('halt_trading', { mode: 'ACTIVE' }))[0]?.field).toBe('mode')
  })
})

describe('market data tools', () => {
  it('get_market_data: ticker by default, book on demand, an unknown product beside the good ones', async () => {
    const { products } = (await call('get_market_data', { product_ids: ['BTC-USD', 'NOPE-USD'] })) as { products: Rows }
    expect(products[0]).toMatchObject({ product_id: 'BTC-USD', ticker: { price: '100000', age_ms: 40 } })
    expect(products[0]).not.toHaveProperty('orderbook')
    expect(products[1]).toMatchObject({ product_id: 'NOPE-USD', error: { code: 'PRODUCT_NOT_FOUND' } })
    const book = (await call('get_market_data', {
      product_ids: ['BTC-USD'],
      include_orderbook: true,
      include_ticker: false,
    })) as { products: Rows }
    expect(book.products[0]).not.toHaveProperty('ticker')
    expect(book.products[0]).toHaveProperty('orderbook.bids.length', 10)
  })

  it('get_market_data: an array that came as a string is shown how to be sent', async () => {
    const [issue] = await refusal('get_market_data', { product_ids: '["BTC-USD","ETH-USD"]' })
    expect(issue).toMatchObject({ field: 'product_ids', problem: 'is a string that holds an array, not an array' })
    expect(issue?.fix).toContain('["BTC-USD","ETH-USD"]')
    expect((await refusal('get_market_data', { product_ids: [] }))[0]?.field).toBe('product_ids')
    expect((await refusal('get_market_data', { product_ids: ['btc-usd'] }))[0]?.fix).toContain('"BTC-USD"')
    expect((await refusal('get_market_data', { product_ids: ['BTC-USD'], include_ticker: 'false' }))[0]?.field).toBe(
      'include_ticker',
    )
    expect((await refusal('get_market_data', { product_ids: ['BTC-USD'], include_ticker: false }))[0]?.field).toBe(
      'include_ticker',
    )
  })

  it('get_historical_candles: start and end bound the answer, 300 is the most, and the rest can be asked for', async () => {
    const six = await call('get_historical_candles', {
      product_id: 'BTC-USD',
      granularity: '1h',
      start: '2026-11-24T00:00:00Z',
      end: '2026-11-24T06:00:00Z',
    })
    expect(six).toMatchObject({ count: 6, from: '2026-11-24T00:00:00.000Z' })
    const first = await call('get_historical_candles', {
      product_id: 'BTC-USD',
      granularity: '1m',
      start: '2026-11-24T00:00:00Z',
    })
    expect(first).toMatchObject({ count: 300, truncated: true })
    const second = await call('get_historical_candles', {
      product_id: 'BTC-USD',
      granularity: '1m',
      start: '2026-11-24T00:00:00Z',
      end: first['continue_end'] ?? null,
    })
    const starts = [...(second['start_unix_s'] as number[]), ...(first['start_unix_s'] as number[])]
    expect(starts).toHaveLength(600)
    expect(starts.every((value, index) => index === 0 || value === (starts[index - 1] ?? 0) + 60)).toBe(true)
    expect(await call('get_historical_candles', { product_id: 'BTC-USD', granularity: '4h' })).toMatchObject({
      count: 100,
    })
  })

  it('get_historical_candles: refuses what cannot be', async () => {
    expect((await refusal('get_historical_candles', { product_id: 'BTC-USD' }))[0]?.field).toBe('granularity')
    const future = await refusal('get_historical_candles', {
      product_id: 'BTC-USD',
      granularity: '1d',
      start: '2027-01-01',
    })
    expect(future[0]).toMatchObject({ field: 'start', problem: 'is in the future' })
  })

  it('list_products: filters and pages', async () => {
    world.market.catalogue.set('BTC-USDC', fakeProduct('BTC-USDC', { alias: 'BTC-USD' }))
    world.market.catalogue.set('OLD-USD', fakeProduct('OLD-USD', { tradingDisabled: true }))
    const ids = (answer: JsonObject) => (answer['products'] as Rows).map((row) => row['product_id'])
    expect(ids(await call('list_products', { search: 'btc' }))).toEqual(['BTC-USD', 'BTC-USDC'])
    expect(ids(await call('list_products', { quote_currency: 'USDC' }))).toEqual(['BTC-USDC'])
    expect(ids(await call('list_products', { tradable_only: false, search: 'OLD' }))).toEqual(['OLD-USD'])
    const page = await call('list_products', { limit: 3 })
    expect(page).toMatchObject({ total: 4, next_cursor: '3' })
    expect(ids(await call('list_products', { limit: '3' as never, cursor: '3' }))).toEqual(['TONE-USD'])
  })
})

describe('subscribe_ticker', () => {
  it('returns the first value and the URI of each, and names the unknown', async () => {
    const answer = await call('subscribe_ticker', { symbols: ['BTC-USD', 'NOPE-USD'] })
    expect(answer).toMatchObject({
      subscribed: [{ symbol: 'BTC-USD', uri: 'market://ticker/BTC-USD', ticker: { price: '100000' } }],
      unknown: ['NOPE-USD'],
      updates: [],
    })
    expect(world.market.watchers.size).toBe(0)
  })

  it('opens the venue’s stream when there is one, and believes it about unknown symbols', async () => {
    const opened: (readonly string[])[] = []
    world = fakeWorld(
      { time, log: new MemoryLog() },
      {
        subscribeTicker: async (ids) => {
          opened.push(ids)
          return { accepted: ['BTC-USD'], unknown: ['ETH-USD'] }
        },
      },
    )
    expect(await call('subscribe_ticker', { symbols: ['BTC-USD', 'ETH-USD'] })).toMatchObject({ unknown: ['ETH-USD'] })
    expect(opened).toEqual([['BTC-USD', 'ETH-USD']])
  })

  it('collects changes until there are enough, then stops watching', async () => {
    const pending = call('subscribe_ticker', { symbols: ['BTC-USD'], max_updates: 2 })
    await time.advance(0)
    for (const price of ['100001', '100002', '100003']) await world.market.move('BTC-USD', price)
    const { updates } = (await pending) as { updates: Rows }
    expect(updates.map((update) => update['price'])).toEqual(['100001', '100002'])
    expect(world.market.watchers.get('BTC-USD')?.size).toBe(0)
  })

  it('gives what came when time is up', async () => {
    const pending = call('subscribe_ticker', { symbols: ['BTC-USD'], max_updates: 5, wait_ms: 2_000 })
    await time.advance(0)
    await world.market.move('BTC-USD', '100001')
    await time.advance(2_000)
    expect(((await pending)['updates'] as Rows).length).toBe(1)
    expect(world.market.watchers.get('BTC-USD')?.size).toBe(0)
  })

  it('never keeps a host longer than 50 s', async () => {
    const [issue] = await refusal('subscribe_ticker', { symbols: ['BTC-USD'], max_updates: 1, wait_ms: 50_001 })
    expect(issue).toMatchObject({ field: 'wait_ms', fix: expect.stringContaining('50000') })
  })
})

describe('tools that mirror resources', () => {
  it('get_account shows what the resources show', async () => {
    for (const section of ['balances', 'positions', 'profile']) {
      expect(await call('get_account', { section })).toEqual(await world.read(`account://${section}`))
    }
    expect(await call('get_account')).toEqual(await world.read('account://balances'))
  })

  it('get_orders shows one, the active and the history', async () => {
    world.desk.intents = [
      fakeIntent(),
      fakeIntent({ intentId: 'done', state: 'FILLED', createdAtMs: Date.UTC(2026, 10, 1) }),
    ]
    expect(await call('get_orders', { order_id: 'venue-1' })).toEqual(await world.read('order://status/venue-1'))
    expect(await call('get_orders')).toEqual(await world.read('order://active'))
    const page = (await call('get_orders', { limit: 1, scope: 'history' })) as { orders: Rows; next_cursor: string }
    expect(page.orders).toHaveLength(1)
    const next = (await world.read(`order://history?cursor=${page.next_cursor}`)) as { orders: Rows }
    expect(next.orders.map((row) => row['intent_id'])).toEqual(['done'])
    expect(((await call('get_orders', { status: 'FILLED' }))['orders'] as Rows)[0]?.['intent_id']).toBe('done')
  })

  it('get_orders refuses arguments that do not go together, and reports an unknown order by its public name', async () => {
    expect((await refusal('get_orders', { order_id: 'venue-1', status: 'OPEN' }))[0]?.field).toBe('status')
    expect((await refusal('get_orders', { scope: 'active', start: '2026-01-01' }))[0]?.field).toBe('start')
    expect((await refusal('get_orders', { order: 'x' }))[0]?.fix).toMatch(/order_id/)
    const missing = await world.surface.callTool(TRADER, 'get_orders', { order_id: 'nope' })
    expect(missing).toMatchObject({ isError: true, structured: { error: { code: 'ORDER_NOT_FOUND' } } })
  })

  it('get_history shows fills and transfers', async () => {
    world.desk.fillsKept = [fakeFill(), fakeFill({ tradeId: 'x', orderId: 'venue-2' })]
    expect((await call('get_history', { order_id: 'venue-2' }))['count']).toBe(1)
    expect(await call('get_history', { product_id: 'BTC-USD' })).toEqual(await world.read('history://fills'))
    expect(await call('get_history', { kind: 'transfers' })).toEqual(await world.read('history://transfers'))
    expect((await refusal('get_history', { kind: 'transfers', start: '2026-01-01' }))[0]?.field).toBe('start')
  })

  it('calculate_position_metrics sums what is known and leaves out a total with a hole', async () => {
    const all = await call('calculate_position_metrics')
    expect(all['totals']).toEqual({
      portfolio_value_usd: '60000',
      realized_pnl_usd: '25',
      fees_usd: '7',
      market_value_usd: '100000',
      one_pct_move_usd: '1000',
      largest_share_pct: '83.3',
    })
    const btc = await call('calculate_position_metrics', { product_id: 'BTC-USD' })
    expect(btc['totals']).toMatchObject({ unrealized_pnl_usd: '5000' })
    expect(btc['limits']).toEqual({ max_position_size_pct: '25', max_loss_per_day_usd: '1000' })
    const unknown = await world.surface.callTool(TRADER, 'calculate_position_metrics', { product_id: 'NOPE-USD' })
    expect(unknown).toMatchObject({ isError: true, structured: { error: { code: 'PRODUCT_NOT_FOUND' } } })
  })
})
