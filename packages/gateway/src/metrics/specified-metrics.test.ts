import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PaperExchange } from '@tidegate/paper-exchange'
import { Decimal } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveOnPaper, openLiveOnPaper } from '../../test-support/live-on-paper.js'
import type { Gateway } from '../gateway.js'
import { specificationMetrics } from './metric-definitions.js'

const local = { name: 'local', role: 'trader' } as const

let opened: LiveOnPaper | undefined
let exchange: PaperExchange
let folder: string
let gateway: Gateway

/** Desk, Coinbase client and exchange over the wire, with the settings of production. */
beforeAll(async () => {
  opened = await openLiveOnPaper({
    exchange: { seed: 21 },
    env: {
      TIDEGATE_SAFETY_MAX_ORDER_VALUE_USD: '500',
      TIDEGATE_POLICY_MAX_ORDERS_PER_MINUTE: '1000',
      TIDEGATE_METRICS_TEXTFILE: 'metrics.prom',
      TIDEGATE_METRICS_TEXTFILE_SECONDS: '0.1',
    },
  })
  ;({ exchange, gateway, folder } = opened)
}, 60_000)
afterAll(async () => {
  await opened?.close()
})

type Labels = Readonly<Record<string, string>>

/** The sum of all series of a name that carry these labels; a histogram's is that of its count. */
function valueIn(text: string, name: string, labels: Labels = {}): number {
  let sum = Number.NaN
  for (const line of text.split('\n')) {
    const [, found, inside = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (found !== name && found !== `${name}_count`) continue
    if (!Object.entries(labels).every(([key, wanted]) => inside.includes(`${key}="${wanted}"`))) continue
    sum = (Number.isNaN(sum) ? 0 : sum) + Number(value)
  }
  return sum
}
const reading = async (name: string, labels?: Labels): Promise<number> => {
  const value = valueIn(await gateway.metrics.text(), name, labels)
  return Number.isNaN(value) ? 0 : value
}

/** Waits until the number has become what is expected. */
async function becomes(name: string, labels: Labels, isRight: (value: number) => boolean): Promise<number> {
  for (;;) {
    const value = await reading(name, labels)
    if (isRight(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
/** What one happening adds to a number. */
async function added(name: string, labels: Labels, happening: () => Promise<unknown>, by = 1): Promise<void> {
  const before = await reading(name, labels)
  await happening()
  expect(await becomes(name, labels, (value) => value >= before + by)).toBe(before + by)
}

/** For what also happens by itself meanwhile. */
async function grows(name: string, labels: Labels, happening: () => Promise<unknown>): Promise<void> {
  const before = await reading(name, labels)
  await happening()
  await becomes(name, labels, (value) => value > before)
}

let amount = 20
const buy = async (): Promise<Record<string, unknown>> => {
  const { structured } = await gateway.mcp.callTool(local, 'place_order', {
    product_id: 'BTC-USD',
    side: 'BUY',
    order_type: 'MARKET',
    quote_size: String(amount++),
  })
  expect(structured).toMatchObject({ success: true })
  return structured
}
const rest = async (): Promise<string> => {
  const { value } = await gateway.market.ticker('BTC-USD')
  const { structured } = await gateway.mcp.callTool(local, 'place_order', {
    product_id: 'BTC-USD',
    side: 'BUY',
    order_type: 'LIMIT',
    size: '0.0004',
    limit_price: value.price
      .times(95 - (amount++ % 5))
      .div(100)
      .floor()
      .toFixed(),
  })
  expect(structured).toMatchObject({ success: true })
  return structured['order_id'] as string
}

/** One test for each name of the specification, and what moves it. */
const tests: Readonly<Record<string, () => Promise<void>>> = {
  async api_request_duration_seconds() {
    await grows('api_request_duration_seconds', { endpoint: 'listAccounts' }, () => gateway.desk.balances())
  },
  async api_requests_total() {
    await grows('api_requests_total', { endpoint: 'listAccounts', status: '200' }, () => gateway.desk.balances())
  },
  async api_errors_total() {
    await grows('api_errors_total', { error_code: 'ERR_VENUE_AUTH' }, async () => {
      exchange.faults.next({ kind: 'http-401', verb: 'list-accounts', times: 2 })
      await gateway.desk.balances().catch(() => undefined)
    })
    exchange.faults.clear()
  },
  async websocket_message_latency_ms() {
    await gateway.mcp.callTool(local, 'subscribe_ticker', { symbols: ['BTC-USD'], max_updates: 1, wait_ms: 5_000 })
    await becomes('websocket_message_latency_ms', { channel: 'ticker' }, (value) => value > 0)
  },
  async websocket_messages_received_total() {
    const before = await reading('websocket_messages_received_total', { connection: 'market' })
    await becomes('websocket_messages_received_total', { connection: 'market' }, (value) => value > before + 3)
  },
  async websocket_disconnections_total() {
    const before = await reading('websocket_disconnections_total')
    exchange.faults.next({ kind: 'going-away' })
    await becomes('websocket_disconnections_total', { code: '1001' }, (value) => value === before + 1)
  },
  async order_placement_time_ms() {
    await added('order_placement_time_ms', { order_type: 'MARKET', outcome: 'accepted' }, buy)
  },
  async orders_placed_total() {
    await added('orders_placed_total', { product: 'BTC-USD', side: 'BUY', order_type: 'MARKET' }, buy)
  },
  async orders_cancelled_total() {
    const orderId = await rest()
    await added('orders_cancelled_total', { product: 'BTC-USD' }, () => gateway.desk.cancel(local, orderId))
  },
  async order_rejections_total() {
    const place = (quoteSize: string) =>
      gateway.mcp.callTool(local, 'place_order', {
        product_id: 'BTC-USD',
        side: 'BUY',
        order_type: 'MARKET',
        quote_size: quoteSize,
      })
    await added('order_rejections_total', { by: 'risk', code: 'RISK_MAX_ORDER_VALUE' }, () => place('501'))
    exchange.faults.next({ kind: 'product-state', productId: 'BTC-USD', state: 'trading_disabled' })
    try {
      await added('order_rejections_total', { by: 'venue' }, () => place(String(amount++)))
    } finally {
      exchange.faults.next({ kind: 'product-state', productId: 'BTC-USD', state: 'normal' })
    }
  },
  async trading_volume_usd() {
    const before = await reading('trading_volume_usd', { product: 'BTC-USD', side: 'BUY' })
    const { order_id: orderId } = await buy()
    const after = await becomes('trading_volume_usd', { product: 'BTC-USD', side: 'BUY' }, (value) => value > before)
    const fills = exchange.fills().filter((fill) => fill.orderId === orderId)
    const value = fills.reduce((sum, fill) => sum + fill.price.times(fill.baseSize).toNumber(), 0)
    expect(after - before).toBeCloseTo(value, 6)
  },
  async position_sizes_by_product() {
    await buy()
    const held = await wallet()
    await becomes('position_sizes_by_product', { product: 'BTC-USD' }, (value) => value === held.toNumber())
    await sellAll()
    const left = (await wallet()).toNumber()
    expect(left).toBeLessThan(1e-8)
    await becomes('position_sizes_by_product', { product: 'BTC-USD' }, (value) => value === left)
  },
  async pnl_realized_usd() {
    await buy()
    const before = await reading('pnl_realized_usd', { product: 'BTC-USD' })
    await sellAll()
    const after = await becomes('pnl_realized_usd', { product: 'BTC-USD' }, (value) => value !== before)
    const { positions } = await gateway.desk.positions()
    expect(after).toBe(Number(positions.find(({ productId }) => productId === 'BTC-USD')?.realizedPnlUsd))
  },
  async pnl_unrealized_usd() {
    await sellAll()
    const nothing = await becomes('pnl_unrealized_usd', { product: 'BTC-USD' }, (value) => Math.abs(value) < 0.001)
    await buy()
    // The fee is paid and the spread crossed: a position just bought stands at a loss, and moves with the price.
    const first = await becomes(
      'pnl_unrealized_usd',
      { product: 'BTC-USD' },
      (value) => Math.abs(value - nothing) > 0.01,
    )
    await becomes('pnl_unrealized_usd', { product: 'BTC-USD' }, (value) => value !== first)
  },
}

async function wallet(): Promise<Decimal> {
  const { balances } = await gateway.desk.balances()
  const btc = balances.find(({ currency }) => currency === 'BTC')
  return btc ? btc.available.plus(btc.hold) : new Decimal(0)
}
async function sellAll(): Promise<void> {
  await gateway.desk.cancelAll(local)
  // Fills of an amount in USD leave less than the smallest step behind, which nobody can sell.
  const size = (await wallet()).toDecimalPlaces(8, Decimal.ROUND_DOWN)
  if (size.isZero()) return
  const { structured } = await gateway.mcp.callTool(local, 'place_order', {
    product_id: 'BTC-USD',
    side: 'SELL',
    order_type: 'MARKET',
    size: size.toFixed(),
  })
  expect(structured).toMatchObject({ success: true })
  while ((await wallet()).gte('0.00000001')) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('each metric of the specification moves when what it names happens', () => {
  it('and has a test here', () => {
    expect(Object.keys(tests).sort()).toEqual([...specificationMetrics].sort())
  })
  for (const [name, run] of Object.entries(tests)) it(name, run, 30_000)
})

describe('the metrics file', () => {
  it('is kept up to date without a port, and holds the last numbers when the gateway has closed', async () => {
    const read = () => readFileSync(join(folder, 'metrics.prom'), 'utf8')
    await buy()
    const placed = await reading('orders_placed_total')
    while (valueIn(read(), 'orders_placed_total') !== placed) await new Promise((resolve) => setTimeout(resolve, 20))
    for (const name of specificationMetrics) expect(read()).toContain(`# TYPE ${name} `)
    await buy()
    await gateway.close()
    expect(valueIn(read(), 'orders_placed_total')).toBe(placed + 1)
  })
})
