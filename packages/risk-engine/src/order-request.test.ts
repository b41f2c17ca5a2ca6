import { InputError, type InputIssue } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { parseOrderRequest } from './order-request.js'
import { d } from './scenario.test-support.js'

const marketBuy = { product_id: 'BTC-USD', side: 'BUY', order_type: 'MARKET', quote_size: '10' }
const limitBuy = { product_id: 'BTC-USD', side: 'BUY', order_type: 'LIMIT', size: '0.1', limit_price: '95000' }
const stopSell = {
  product_id: 'BTC-USD',
  side: 'SELL',
  order_type: 'STOP_LIMIT',
  size: '0.1',
  limit_price: '89000',
  stop_price: '90000',
}

function issuesOf(raw: Record<string, unknown>): readonly InputIssue[] {
  try {
    parseOrderRequest(raw)
  } catch (error) {
    if (error instanceof InputError) return error.issues
    throw error
  }
  return []
}

describe('parseOrderRequest', () => {
  it('reads each order type with its defaults', () => {
    expect(parseOrderRequest(marketBuy)).toEqual({
      productId: 'BTC-USD',
      side: 'BUY',
      orderType: 'MARKET',
      timeInForce: 'IOC',
      size: { kind: 'quote', quoteSize: d('10') },
    })
    expect(parseOrderRequest(limitBuy)).toEqual({
      productId: 'BTC-USD',
      side: 'BUY',
      orderType: 'LIMIT',
      timeInForce: 'GTC',
      size: { kind: 'base', baseSize: d('0.1') },
      limitPrice: d('95000'),
      postOnly: false,
    })
    expect(parseOrderRequest(stopSell)).toMatchObject({
      timeInForce: 'GTC',
      stopDirection: 'DOWN',
      stopPrice: d('90000'),
    })
    expect(parseOrderRequest({ ...stopSell, side: 'BUY' })).toMatchObject({ stopDirection: 'UP' })
  })

  it('reads GTD with its end time, whatever the zone', () => {
    const raw = { ...limitBuy, time_in_force: 'GTD', end_time: '2026-12-01T16:00:00+01:00' }
    expect(parseOrderRequest(raw)).toMatchObject({ timeInForce: 'GTD', endTimeMs: Date.UTC(2026, 11, 1, 15) })
  })

  it('takes null as absent and client_order_id as none of its business', () => {
    expect(parseOrderRequest({ ...marketBuy, size: null, limit_price: null, client_order_id: 'mine' })).toEqual(
      parseOrderRequest(marketBuy),
    )
    expect(issuesOf({ ...marketBuy, wait_ms: 5 }).map(({ field }) => field)).toEqual(['wait_ms'])
    expect(() => parseOrderRequest({ ...marketBuy, wait_ms: 5 }, ['wait_ms'])).not.toThrow()
  })

  it.each([
    'NaN',
    '1e-7',
    '-1',
    '0',
    '0.000',
    '',
    ' 1',
    '1 ',
    '٣',
    '１',
    '0x10',
    '1_0',
    '01',
    '.5',
    '5.',
    'Infinity',
    '+1',
    '1,5',
    '9'.repeat(400),
    `0.${'0'.repeat(18)}1`,
    '1\u0000',
  ])('refuses a size of %j with field and cure', (size) => {
    for (const field of ['size', 'quote_size', 'limit_price', 'stop_price']) {
      const { size: _, ...rest } = stopSell
      const issues = issuesOf(
        field === 'quote_size' ? { ...marketBuy, quote_size: size } : { ...rest, size: '0.1', [field]: size },
      )
      expect(issues).toHaveLength(1)
      expect(issues[0]).toMatchObject({ field })
      expect(issues[0]?.fix).toContain(field)
      expect(issues[0]?.problem.length).toBeLessThan(120)
    }
  })

  it.each([0.1, 1, Number.NaN, true, [], {}, 10n])('refuses %s where a decimal string belongs', (size) => {
    const issues = issuesOf({ ...limitBuy, size })
    expect(issues).toHaveLength(1)
    expect(issues[0]?.fix).toBe('send size as a decimal string such as "0.001"')
  })

  it.each([
    ['neither size nor quote_size', { ...marketBuy, quote_size: undefined }, 'size'],
    ['both of them', { ...marketBuy, size: '1' }, 'quote_size'],
    ['LIMIT without limit_price', { ...limitBuy, limit_price: undefined }, 'limit_price'],
    ['STOP_LIMIT without stop_price', { ...stopSell, stop_price: undefined }, 'stop_price'],
    ['STOP_LIMIT without limit_price', { ...stopSell, limit_price: undefined }, 'limit_price'],
    ['MARKET with limit_price', { ...marketBuy, limit_price: '1' }, 'limit_price'],
    ['LIMIT with stop_price', { ...limitBuy, stop_price: '1' }, 'stop_price'],
    ['STOP_LIMIT with quote_size', { ...stopSell, size: undefined, quote_size: '10' }, 'quote_size'],
    ['MARKET with post_only', { ...marketBuy, post_only: true }, 'post_only'],
    ['STOP_LIMIT with post_only', { ...stopSell, post_only: true }, 'post_only'],
    ['post_only with IOC', { ...limitBuy, post_only: true, time_in_force: 'IOC' }, 'post_only'],
    ['post_only with FOK', { ...limitBuy, post_only: true, time_in_force: 'FOK' }, 'post_only'],
    ['post_only as text', { ...limitBuy, post_only: 'true' }, 'post_only'],
    ['MARKET with GTC', { ...marketBuy, time_in_force: 'GTC' }, 'time_in_force'],
    ['STOP_LIMIT with IOC', { ...stopSell, time_in_force: 'IOC' }, 'time_in_force'],
    ['GTD without end_time', { ...limitBuy, time_in_force: 'GTD' }, 'end_time'],
    ['end_time without GTD', { ...limitBuy, end_time: '2026-12-01T15:00:00Z' }, 'end_time'],
    ['stop_direction on a LIMIT', { ...limitBuy, stop_direction: 'UP' }, 'stop_direction'],
    ['an unknown stop_direction', { ...stopSell, stop_direction: 'SIDEWAYS' }, 'stop_direction'],
    ['an order type that does not exist', { ...marketBuy, order_type: 'ICEBERG' }, 'order_type'],
    ['no side', { ...marketBuy, side: undefined }, 'side'],
    ['no product', { ...marketBuy, product_id: undefined }, 'product_id'],
  ])('refuses %s and names the field', (_, raw, field) => {
    const issues = issuesOf(raw)
    expect(issues.map((issue) => issue.field)).toContain(field)
    expect(issues.find((issue) => issue.field === field)?.fix.length).toBeGreaterThan(5)
  })

  it.each([
    '2026-12-01',
    '2026-12-01T15:00:00',
    'tomorrow',
    '2026-02-30T00:00:00Z',
    '2026-12-01T25:00:00Z',
    '1764601200',
    1764601200,
  ])('refuses an end_time of %j', (end_time) => {
    const issues = issuesOf({ ...limitBuy, time_in_force: 'GTD', end_time })
    expect(issues.map(({ field }) => field)).toEqual(['end_time'])
    expect(issues[0]?.fix).toContain('ISO 8601')
  })

  it.each(['btc-usd', 'BTC/USD', 'BTC_USD', 'BTC', '', 'BTC-USD/../x', 'ВTC-USD', 'BTC-USD\n', '-BTC', 'A-B-C-D-E', 7])(
    'refuses a product id of %j',
    (product_id) => {
      expect(issuesOf({ ...marketBuy, product_id }).map(({ field }) => field)).toEqual(['product_id'])
    },
  )

  it('tells lower case apart from nonsense', () => {
    expect(issuesOf({ ...marketBuy, product_id: 'btc-usd' })[0]?.fix).toContain('"BTC-USD"')
    expect(issuesOf({ ...marketBuy, product_id: 'BTC/USD' })[0]?.fix).toContain('"BTC-USD"')
    expect(issuesOf({ ...marketBuy, side: 'buy' })[0]?.fix).toBe('write it in upper case: "BUY"')
  })

  it.each([
    ['price', 'limit_price'],
    ['amount', 'size'],
    ['symbol', 'product_id'],
    ['limit_prize', 'limit_price'],
    ['quoteSize', 'quote_size'],
    ['post-only', 'post_only'],
  ])('asks for %s whether %s was meant', (written, meant) => {
    expect(issuesOf({ ...marketBuy, [written]: '1' })).toContainEqual({
      field: written,
      problem: 'is not an argument of this order',
      fix: `did you mean ${meant}?`,
    })
  })

  it('reports an own __proto__ key like any other unknown key', () => {
    const raw = JSON.parse(
      '{"product_id":"BTC-USD","side":"BUY","order_type":"MARKET","quote_size":"10","__proto__":{"size":"1"}}',
    )
    expect(issuesOf(raw).map(({ field }) => field)).toEqual(['__proto__'])
  })

  it('collects everything that is wrong in one error', () => {
    const issues = issuesOf({
      product_id: 'btc-usd',
      side: 'buy',
      order_type: 'LIMIT',
      size: '-1',
      post_only: 'yes',
      foo: 1,
    })
    expect(issues.map(({ field }) => field)).toEqual(['foo', 'product_id', 'side', 'size', 'limit_price', 'post_only'])
  })
})
