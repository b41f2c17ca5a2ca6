import { createRuntime, enrollApprover } from '@tidegate/gateway'
import { expect } from 'vitest'
import type { Row } from './row.js'
import type { Found, World } from './world.js'

const rows = (value: unknown): readonly Found[] => value as readonly Found[]

/** Every tool of the specification with its parameters, what is required, and the words an enum allows. */
const tools: readonly {
  readonly name: string
  readonly parameters: readonly string[]
  readonly required: readonly string[]
  readonly words?: Readonly<Record<string, readonly string[]>>
}[] = [
  {
    name: 'place_order',
    parameters: [
      'product_id',
      'side',
      'order_type',
      'size',
      'quote_size',
      'limit_price',
      'stop_price',
      'client_order_id',
      'post_only',
    ],
    required: ['product_id', 'side', 'order_type'],
    words: { side: ['BUY', 'SELL'], order_type: ['MARKET', 'LIMIT', 'STOP_LIMIT'] },
  },
  { name: 'cancel_order', parameters: ['order_id'], required: ['order_id'] },
  { name: 'cancel_all_orders', parameters: ['product_id'], required: [] },
  {
    name: 'get_market_data',
    parameters: ['product_ids', 'include_orderbook', 'include_ticker'],
    required: ['product_ids'],
  },
  {
    name: 'get_historical_candles',
    parameters: ['product_id', 'granularity', 'start', 'end'],
    required: ['product_id', 'granularity'],
    words: { granularity: ['1m', '5m', '15m', '30m', '1h', '2h', '6h', '1d'] },
  },
  { name: 'calculate_position_metrics', parameters: ['product_id'], required: [] },
  {
    name: 'check_trade_risk',
    parameters: ['product_id', 'side', 'size', 'price'],
    required: ['product_id', 'side'],
    words: { side: ['BUY', 'SELL'] },
  },
  { name: 'subscribe_ticker', parameters: ['symbols'], required: ['symbols'] },
]

interface Listed {
  readonly name: string
  readonly inputSchema: {
    readonly properties?: Readonly<Record<string, { readonly enum?: readonly string[]; readonly default?: unknown }>>
    readonly required?: readonly string[]
  }
}

async function listed(world: World, name: string): Promise<Listed> {
  const found = (await world.client.listTools()).tools.find((tool) => tool.name === name)
  expect(found, `${name} is listed`).toBeDefined()
  return found as Listed
}

const declared: readonly Row[] = tools.flatMap((tool) => [
  {
    section: 'Tools',
    bullet: `${tool.name}: required ${tool.required.join(', ') || 'nothing'}`,
    check: async (world: World) => {
      const { inputSchema } = await listed(world, tool.name)
      expect([...(inputSchema.required ?? [])].sort()).toEqual(expect.arrayContaining([...tool.required].sort()))
    },
  },
  ...tool.parameters.map((parameter) => ({
    section: 'Tools',
    bullet: `${tool.name}: parameter ${parameter}`,
    check: async (world: World) => {
      const { inputSchema } = await listed(world, tool.name)
      expect(Object.keys(inputSchema.properties ?? {})).toContain(parameter)
      const words = tool.words?.[parameter]
      if (words) expect(inputSchema.properties?.[parameter]?.enum).toEqual(expect.arrayContaining([...words]))
    },
  })),
])

const btc = { product_id: 'BTC-USD' }
const dollars = (value: unknown): bigint => BigInt(String(value).split('.')[0] ?? '0')

async function price(world: World): Promise<bigint> {
  return dollars((await world.read('market://ticker/BTC-USD'))['price'])
}

const behaves = (bullet: string, check: (world: World) => Promise<void>): Row => ({ section: 'Tools', bullet, check })

/** What the parameters do, not only that they are declared. */
const behaviour: readonly Row[] = [
  behaves('place_order: a LIMIT order with size, limit_price and post_only rests', async (world) => {
    const placed = await world.tool('place_order', {
      ...btc,
      side: 'BUY',
      order_type: 'LIMIT',
      size: '0.0002',
      limit_price: String(((await price(world)) * 94n) / 100n),
      post_only: true,
    })
    expect(placed).toMatchObject({ success: true })
    const order = await world.read(`order://status/${String(placed['order_id'])}`)
    expect(order).toMatchObject({ order_type: 'LIMIT', post_only: true })
  }),
  behaves('place_order: a STOP_LIMIT order waits for its stop_price', async (world) => {
    const stop = ((await price(world)) * 105n) / 100n
    const placed = await world.tool('place_order', {
      ...btc,
      side: 'BUY',
      order_type: 'STOP_LIMIT',
      size: '0.0002',
      stop_price: String(stop),
      limit_price: String(stop + 100n),
    })
    expect(placed, JSON.stringify(placed)).toMatchObject({ success: true })
    expect(await world.read(`order://status/${String(placed['order_id'])}`)).toMatchObject({
      order_type: 'STOP_LIMIT',
      stop_price: String(stop),
    })
  }),
  behaves('place_order: the same client_order_id and terms never trade twice', async (world) => {
    const args = { ...btc, side: 'BUY', order_type: 'MARKET', quote_size: '13', client_order_id: 'spec-once' }
    const first = await world.tool('place_order', args)
    const second = await world.tool('place_order', args)
    expect(first['order_id']).toEqual(expect.any(String))
    expect(second['order_id']).toBe(first['order_id'])
    const conflict = await world.tool('place_order', { ...args, quote_size: '14' })
    expect(JSON.stringify(conflict)).toContain('ERR_IDEMPOTENCY_CONFLICT')
  }),
  behaves('cancel_order: cancels', async (world) => {
    const placed = await world.tool('place_order', {
      ...btc,
      side: 'BUY',
      order_type: 'LIMIT',
      size: '0.0003',
      limit_price: String(((await price(world)) * 93n) / 100n),
    })
    const cancelled = await world.tool('cancel_order', { order_id: String(placed['order_id']) })
    expect(cancelled, JSON.stringify(cancelled)).toMatchObject({ success: true })
    expect(await world.read(`order://status/${String(placed['order_id'])}`)).toMatchObject({ status: 'CANCELLED' })
  }),
  behaves('cancel_all_orders: cancels all, or one product’s', async (world) => {
    const result = await world.tool('cancel_all_orders', { product_id: 'BTC-USD' })
    expect(result).toMatchObject({ success: true })
    expect(rows((await world.read('order://active'))['orders'])).toEqual([])
  }),
  behaves('get_market_data: ticker by default, book on demand', async (world) => {
    const plain = JSON.stringify(await world.tool('get_market_data', { product_ids: ['BTC-USD', 'ETH-USD'] }))
    expect(plain).toContain('"price"')
    expect(plain).not.toContain('"bids"')
    const both = JSON.stringify(
      await world.tool('get_market_data', { product_ids: ['BTC-USD'], include_orderbook: true, include_ticker: false }),
    )
    expect(both).toContain('"bids"')
  }),
  behaves('get_historical_candles: start and end bound the answer', async (world) => {
    const end = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000)
    const start = new Date(end.getTime() - 6 * 3_600_000)
    const candles = await world.tool('get_historical_candles', {
      ...btc,
      granularity: '1h',
      start: start.toISOString(),
      end: end.toISOString(),
    })
    expect(rows(candles['close'])).toHaveLength(6)
  }),
  behaves('calculate_position_metrics: P&L and risk of positions', async (world) => {
    await world.tool('place_order', { ...btc, side: 'BUY', order_type: 'MARKET', quote_size: '15' })
    const metrics = JSON.stringify(await world.tool('calculate_position_metrics', btc))
    for (const field of ['unrealized_pnl_usd', 'realized_pnl_usd', 'break_even_price', 'one_pct_move_usd'])
      expect(metrics).toContain(field)
  }),
  behaves('check_trade_risk: the same verdict and reasons as the order itself', async (world) => {
    const args = { ...btc, side: 'BUY', size: '0.5' }
    const checked = await world.tool('check_trade_risk', args)
    const placed = await world.tool('place_order', { ...args, order_type: 'MARKET' })
    const codes = (answer: Found): unknown[] => rows(answer['denials']).map((denial) => denial['code'])
    expect(codes(checked).length).toBeGreaterThan(0)
    expect(codes(placed)).toEqual(codes(checked))
  }),
  behaves('subscribe_ticker: first values, and the unknown ones by name', async (world) => {
    const answer = JSON.stringify(await world.tool('subscribe_ticker', { symbols: ['ETH-USD', 'NOPE-USD'] }))
    expect(answer).toContain('market://ticker/ETH-USD')
    expect(answer).toContain('NOPE-USD')
  }),
]

const safety = (bullet: string, check: (world: World) => Promise<void>): Row => ({
  section: 'Safety features',
  bullet,
  check,
})
const codesOf = (answer: Found): unknown[] => rows(answer['denials']).map((denial) => denial['code'])

/** The safety features and pre-flight checks. */
const safetyRows: readonly Row[] = [
  safety('order size validation against account balance', async (world) => {
    const sold = await world.tool('place_order', { ...btc, side: 'SELL', order_type: 'MARKET', size: '0.01' })
    expect(codesOf(sold)).toContain('INSUFFICIENT_FUNDS')
  }),
  safety('price validation against current market (prevent fat finger, 10x errors)', async (world) => {
    const placed = await world.tool('place_order', {
      ...btc,
      side: 'BUY',
      order_type: 'LIMIT',
      size: '0.0001',
      limit_price: String((await price(world)) * 10n),
    })
    expect(codesOf(placed)).toContain('RISK_PRICE_COLLAR')
  }),
  safety('maximum order size limits', async (world) => {
    const placed = await world.tool('place_order', { ...btc, side: 'BUY', order_type: 'MARKET', size: '4000' })
    expect(codesOf(placed)).toContain('INVALID_ORDER_SIZE')
  }),
  safety('enforce maximum order values', async (world) => {
    const placed = await world.tool('place_order', { ...btc, side: 'BUY', order_type: 'MARKET', quote_size: '1000.01' })
    expect(codesOf(placed)).toContain('RISK_MAX_ORDER_VALUE')
  }),
  safety('confirmation required for large orders', async (world) => {
    const placed = await world.tool('place_order', { ...btc, side: 'BUY', order_type: 'MARKET', quote_size: '700' })
    expect(placed).toMatchObject({ outcome: 'awaiting_approval', state: 'AWAITING_APPROVAL' })
    await world.control('approvals_deny', { intent_id: String(placed['intent_id']) })
  }),
  safety('two-factor confirmation for large orders (a second factor in live)', async (world) => {
    const placed = await world.tool('place_order', { ...btc, side: 'BUY', order_type: 'MARKET', quote_size: '710' })
    const intent = String(placed['intent_id'])
    const { approvals } = (await world.control('approvals_list')) as { approvals: readonly Found[] }
    const hash = String(approvals.find((row) => row['intent_id'] === intent)?.['terms_hash'])
    enrollApprover(world.gateway.config, createRuntime(), 'spec-approver')
    const approve = { intent_id: intent, terms_hash: hash, name: 'spec-approver' }
    expect(await world.control('approvals_approve', approve)).toMatchObject({ ok: false, why: 'code_missing' })
    expect(await world.control('approvals_approve', { ...approve, code: '000000' })).toMatchObject({ ok: false })
    await world.control('approvals_deny', { intent_id: intent })
  }),
  {
    section: 'Safety features',
    bullet: 'place_order: attached take-profit and stop-loss, bracket, TWAP, scaled',
    pending: 'The MCP surface',
    why: 'order types beyond the specification’s three',
  },
]

export const toolRows: readonly Row[] = [...declared, ...behaviour, ...safetyRows]
