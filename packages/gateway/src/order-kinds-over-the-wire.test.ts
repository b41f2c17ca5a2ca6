import type { JsonObject } from '@tidegate/mcp-adapter'
import type { PaperExchange } from '@tidegate/paper-exchange'
import { Decimal, type PriceEvent, type PriceSource } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveOnPaper, openLiveOnPaper } from '../test-support/live-on-paper.js'
import type { Gateway } from './gateway.js'

const local = { name: 'local', role: 'trader' } as const

/** A market of one product that the test moves: one level a side, a trade wherever it is told to. */
function createHandMarket(): PriceSource & { move(price: number): void } {
  const told: ((event: PriceEvent) => void)[] = []
  let price = 60_000
  const level = (side: 'bid' | 'ask', at: number) => ({ side, price: new Decimal(at), size: new Decimal(5) })
  const show = (sink: (event: PriceEvent) => void, isSnapshot: boolean): void => {
    const common = { productId: 'BTC-USD', atMs: Date.now() }
    sink({ kind: 'levels', ...common, isSnapshot, changes: [level('bid', price - 10), level('ask', price + 10)] })
    sink({ kind: 'trade', ...common, price: new Decimal(price), size: new Decimal('0.5'), aggressor: 'SELL' })
    sink({ kind: 'trade', ...common, price: new Decimal(price), size: new Decimal('0.5'), aggressor: 'BUY' })
  }
  return {
    name: 'by hand',
    open(sink) {
      told.push(sink)
      show(sink, true)
      const timer = setInterval(() => show(sink, false), 500)
      return () => clearInterval(timer)
    },
    move(next) {
      price = next
      for (const sink of told) show(sink, true)
    },
  }
}

const market = createHandMarket()
let opened: LiveOnPaper | undefined
let exchange: PaperExchange
let gateway: Gateway

/** Tools, desk, Coinbase client and exchange over the wire, with the settings of production. */
beforeAll(async () => {
  opened = await openLiveOnPaper({
    exchange: { seed: 3, prices: market, initialBalances: { USD: '10000', BTC: '0.1' } },
    env: {
      TIDEGATE_SAFETY_MAX_ORDER_VALUE_USD: '1000',
      TIDEGATE_SAFETY_MAX_POSITION_SIZE_PCT: '90',
      TIDEGATE_SAFETY_REQUIRE_CONFIRMATION_ABOVE_USD: '1000',
      TIDEGATE_POLICY_MAX_ORDERS_PER_MINUTE: '1000',
      TIDEGATE_POLICY_MAX_PRICE_JUMP_PCT: 'off',
    },
  })
  ;({ exchange, gateway } = opened)
}, 60_000)
afterAll(async () => {
  await opened?.close()
})

async function call(name: string, args: JsonObject): Promise<JsonObject> {
  const { structured } = await gateway.mcp.callTool(local, name, args)
  return structured as JsonObject
}

const place = (args: JsonObject) => call('place_order', { product_id: 'BTC-USD', ...args })

/** Places and expects acceptance; the answer's venue order id. */
async function accept(args: JsonObject): Promise<{ readonly orderId: string; readonly answer: JsonObject }> {
  const answer = await place(args)
  expect([answer['outcome'], answer['error'], answer['untrusted_venue_text']]).toEqual([
    'accepted',
    undefined,
    undefined,
  ])
  return { orderId: answer['order_id'] as string, answer }
}

/** Waits until the desk shows an order so. */
async function until(orderId: string, state: string) {
  for (;;) {
    const intent = await gateway.desk.getOrder(orderId)
    if (intent?.state === state) return intent
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const atVenue = (orderId: string) => exchange.orders().find((order) => order.orderId === orderId)

async function settled(): Promise<void> {
  market.move(60_000)
  expect(exchange.reconcile()).toEqual([])
  expect((await gateway.desk.reconcile('test')).differences).toEqual([])
  expect(await gateway.desk.modes()).toEqual([])
}

describe('a buy with take profit and stop loss attached', () => {
  it('gets its exits when it fills, and leaves at the profit', async () => {
    const { orderId } = await accept({
      side: 'BUY',
      order_type: 'MARKET',
      quote_size: '300',
      take_profit_price: '63000',
      stop_loss_price: '57000',
    })
    await until(orderId, 'FILLED')
    const child = exchange.orders().find((order) => order.originatingOrderId === orderId)
    expect(child?.terms).toMatchObject({ orderType: 'BRACKET', side: 'SELL' })
    const exits = await until(child?.orderId ?? '', 'OPEN')
    expect(await call('get_orders', { order_id: exits.venueOrderId ?? '' })).toMatchObject({
      order_type: 'BRACKET',
      side: 'SELL',
      take_profit_price: '63000',
      stop_loss_price: '57000',
    })
    market.move(63_100)
    const sold = await until(child?.orderId ?? '', 'FILLED')
    expect(sold.averageFilledPrice).toBe('63000')
    expect(await gateway.desk.fills({ orderId: child?.orderId ?? '' })).toHaveLength(1)
    await settled()
  })

  it('on a limit buy follows each fill, and goes with what was bought when the rest is cancelled', async () => {
    const { orderId } = await accept({
      side: 'BUY',
      order_type: 'LIMIT',
      limit_price: '59000',
      size: '0.002',
      time_in_force: 'GTC',
      take_profit_price: '62000',
      stop_loss_price: '56000',
    })
    expect(atVenue(orderId)?.attached).toMatchObject({ limitPrice: new Decimal(62_000) })
    const edit = await call('edit_order', { order_id: orderId, limit_price: '58000' })
    expect(edit).toMatchObject({
      outcome: 'accepted',
      how: 'replace',
      limit_price: '58000',
      take_profit_price: '62000',
    })
    const again = edit['order_id'] as string
    expect(atVenue(again)?.attached).toMatchObject({ stopTriggerPrice: new Decimal(56_000) })
    market.move(57_500)
    await until(again, 'FILLED')
    const child = exchange.orders().find((order) => order.originatingOrderId === again)
    market.move(55_900)
    const sold = await until(child?.orderId ?? '', 'FILLED')
    expect(new Decimal(sold.averageFilledPrice ?? 0).gte(56_000 * 0.95)).toBe(true)
    await settled()
  })
})

describe('a bracket', () => {
  it('rests at its profit, is replaced by an edit, and leaves at the stop', async () => {
    const terms = {
      side: 'SELL',
      order_type: 'BRACKET',
      size: '0.005',
      take_profit_price: '66000',
      stop_loss_price: '58000',
    }
    const risk = await call('check_trade_risk', { product_id: 'BTC-USD', ...terms })
    expect(risk).toMatchObject({ approved: true, order_type: 'BRACKET', estimate: { worst_price: '55100' } })
    const { orderId } = await accept(terms)
    const edit = await call('edit_order', { order_id: orderId, limit_price: '65000', stop_price: '58500' })
    expect(edit).toMatchObject({ how: 'replace', take_profit_price: '65000', stop_loss_price: '58500' })
    const again = edit['order_id'] as string
    await until(orderId, 'CANCELLED')
    market.move(58_400)
    const sold = await until(again, 'FILLED')
    expect(sold.averageFilledPrice).toBe('58390')
    await settled()
  })

  it('is refused with the same words by check_trade_risk and place_order when its prices are on the wrong sides', async () => {
    const terms = {
      side: 'SELL',
      order_type: 'BRACKET',
      size: '0.005',
      take_profit_price: '59000',
      stop_loss_price: '61000',
    }
    const [risk, placed] = [await call('check_trade_risk', { product_id: 'BTC-USD', ...terms }), await place(terms)]
    expect(placed).toMatchObject({ outcome: 'denied', denials: risk['denials'] })
    const cures = (placed['denials'] as { cure: string }[]).map(({ cure }) => cure)
    expect(cures).toEqual(['set take_profit_price above 60000', 'set stop_loss_price below 60000'])
  })
})

describe('a ladder', () => {
  it('is sent order by order as it was checked, and fills from the nearest on', async () => {
    const { orderId, answer } = await accept({
      side: 'BUY',
      order_type: 'SCALED',
      size: '0.006',
      min_price: '58000',
      max_price: '59000',
      num_orders: 3,
      size_distribution: 'DECREASING',
    })
    // 0.003 at 58 000, 0.002 at 58 500, 0.001 at 59 000: what it may cost at most, without its fee.
    expect(answer['estimate']).toMatchObject({ notional: '350' })
    const at = atVenue(orderId)
    expect(at?.legs?.map(({ limitPrice, baseSize }) => `${baseSize.toFixed()}@${limitPrice.toFixed()}`)).toEqual([
      '0.001@59000',
      '0.002@58500',
      '0.003@58000',
    ])
    market.move(58_700)
    while ((await gateway.desk.getOrder(orderId))?.filledSize !== '0.001') await new Promise((r) => setTimeout(r, 50))
    expect(await call('edit_order', { order_id: orderId, limit_price: '58100' })).toMatchObject({
      outcome: 'denied',
      denials: [{ code: 'EDIT_NOT_POSSIBLE', cure: 'cancel it and place a new one for what is left' }],
    })
    market.move(57_000)
    expect((await until(orderId, 'FILLED')).filledValue).toBe('350')
    await settled()
  })

  it('is refused when one of its orders is too small', async () => {
    const answer = await place({
      side: 'BUY',
      order_type: 'SCALED',
      size: '0.0001',
      min_price: '58000',
      max_price: '59000',
      num_orders: 10,
    })
    expect(answer).toMatchObject({ outcome: 'denied', denials: [{ code: 'INVALID_ORDER_SIZE', unit: 'USD' }] })
  })
})

describe('a TWAP', () => {
  it('buys slice by slice, and what is left can be cancelled', async () => {
    const nowMs = Date.now()
    const { orderId } = await accept({
      side: 'BUY',
      order_type: 'TWAP',
      size: '0.006',
      limit_price: '61000',
      num_orders: '60',
      start_time: new Date(nowMs).toISOString(),
      end_time: new Date(nowMs + 65_000).toISOString(),
    })
    expect(atVenue(orderId)?.terms).toMatchObject({ orderType: 'TWAP', bucketCount: 60 })
    while ((atVenue(orderId)?.fillCount ?? 0) < 2) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await call('cancel_order', { order_id: orderId })).toMatchObject({ success: true })
    const ended = await until(orderId, 'CANCELLED')
    const filled = new Decimal(ended.filledSize)
    expect(filled.gt(0) && filled.lt('0.006')).toBe(true)
    expect(ended.filledSize).toBe(atVenue(orderId)?.filledSize.toFixed())
    await settled()
  })
})

describe('what the venue would not take', () => {
  it.each([
    [
      { side: 'SELL', order_type: 'MARKET', size: '0.001', take_profit_price: '63000', stop_loss_price: '57000' },
      'take_profit_price',
      /BRACKET/,
    ],
    [
      { side: 'BUY', order_type: 'MARKET', size: '0.001', take_profit_price: '63000' },
      'stop_loss_price',
      /send stop_loss_price/,
    ],
    [
      { side: 'SELL', order_type: 'BRACKET', size: '0.001', limit_price: '63000', stop_loss_price: '57000' },
      'limit_price',
      /take_profit_price/,
    ],
    [
      { side: 'BUY', order_type: 'BRACKET', quote_size: '10', take_profit_price: '1', stop_loss_price: '2' },
      'quote_size',
      /size in base units/,
    ],
    [
      { side: 'BUY', order_type: 'SCALED', size: '0.01', min_price: '2', max_price: '1', num_orders: 3 },
      'min_price',
      /lower price/,
    ],
    [{ side: 'BUY', order_type: 'SCALED', size: '0.01', min_price: '1', max_price: '2' }, 'num_orders', /whole number/],
    [
      { side: 'BUY', order_type: 'TWAP', size: '0.01', limit_price: '1', num_orders: 3 },
      'end_time',
      /end_time such as/,
    ],
    [
      { side: 'BUY', order_type: 'LIMIT', size: '0.01', limit_price: '1', num_orders: 3 },
      'num_orders',
      /TWAP or SCALED/,
    ],
    [{ side: 'BUY', order_type: 'MARKET', size: '0.01', time_in_force: 'FOK' }, 'time_in_force', /LIMIT with FOK/],
  ])('is refused before it is sent, with the field and the cure: %j', async (args, field, fix) => {
    const sent = exchange.orders().length
    const { structured, isError } = await gateway.mcp.callTool(local, 'place_order', { product_id: 'BTC-USD', ...args })
    expect(isError).toBe(true)
    const { issues } = (structured as { error: { issues: { field: string; fix: string }[] } }).error
    expect(issues.find((issue) => issue.field === field)?.fix).toMatch(fix)
    expect(exchange.orders()).toHaveLength(sent)
  })
})

describe('the records behind all of it', () => {
  it('verify', async () => {
    expect(await gateway.control.call('audit_verify', {})).toMatchObject({ ok: true })
  })
})
