import { ConfigError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { definePolicy, deserializePolicy, parsePolicy, serializePolicy } from './policy-text.js'
import { d } from './scenario.test-support.js'

const defaults = {
  maxOrderValueUsd: d('1000'),
  maxPositionSizePct: d('25'),
  requireConfirmationAboveUsd: d('500'),
  maxOrdersPerMinute: 10,
  maxLossPerDayUsd: d('1000'),
  maxOrderSize: {},
  priceCollarPct: d('10'),
  allowProducts: [],
  denyProducts: [],
  maxMarketAgeMs: 5000,
  maxAccountAgeMs: 10_000,
}

describe('policy', () => {
  it('defaults to the limits of the specification', () => {
    expect(definePolicy()).toMatchObject(defaults)
    expect(parsePolicy({})).toEqual(definePolicy({}))
  })

  it('reads what YAML gives: numbers and text alike', () => {
    const policy = parsePolicy({
      max_order_value_usd: 250,
      max_position_size_pct: '12.5',
      max_order_size: { 'BTC-USD': '0.5', 'ETH-USD': 3 },
      deny_products: ['DOGE-USD'],
    })
    expect(policy).toMatchObject({
      maxOrderValueUsd: d('250'),
      maxPositionSizePct: d('12.5'),
      maxOrderSize: { 'BTC-USD': d('0.5'), 'ETH-USD': d('3') },
      denyProducts: ['DOGE-USD'],
    })
    expect(definePolicy({ maxOrderValueUsd: d('250'), maxOrderSize: { 'BTC-USD': 0.5 } })).toMatchObject({
      maxOrderValueUsd: d('250'),
      maxOrderSize: { 'BTC-USD': d('0.5') },
    })
  })

  it('gives equal policies equal versions, however they were written, and different ones different versions', () => {
    const a = parsePolicy({ max_order_value_usd: 1000, allow_products: ['ETH-USD', 'BTC-USD'] })
    const b = definePolicy({ allowProducts: ['BTC-USD', 'ETH-USD', 'BTC-USD'], maxOrderValueUsd: '1000.00' })
    expect(a.version).toMatch(/^[0-9a-f]{64}$/)
    expect(a).toEqual(b)
    const versions = [
      definePolicy(),
      a,
      definePolicy({ maxOrderValueUsd: '1000.01' }),
      definePolicy({ maxMarketAgeMs: 5001 }),
      definePolicy({ maxOrderSize: { 'BTC-USD': '1' } }),
    ].map(({ version }) => version)
    expect(new Set(versions).size).toBe(5)
  })

  it('reads back what it wrote', () => {
    const policy = definePolicy({ maxOrderSize: { 'ETH-USD': '3', 'BTC-USD': '0.5' }, denyProducts: ['DOGE-USD'] })
    expect(deserializePolicy(serializePolicy(policy))).toEqual(policy)
  })

  it.each([
    ['max_order_value_usd', 0],
    ['max_order_value_usd', '-1'],
    ['max_order_value_usd', 'lots'],
    ['max_order_value_usd', Number.NaN],
    ['max_order_value_usd', Number.POSITIVE_INFINITY],
    ['max_order_value_usd', 1e21],
    ['max_order_value_usd', 0.1 + 0.2],
    ['max_order_value_usd', true],
    ['max_position_size_pct', 0],
    ['max_position_size_pct', '100.01'],
    ['require_confirmation_above_usd', -0.01],
    ['max_orders_per_minute', 0],
    ['max_orders_per_minute', 1.5],
    ['max_loss_per_day', 0],
    ['price_collar_pct', 0],
    ['price_collar_pct', 100],
    ['max_order_size', 5],
    ['max_order_size', { 'BTC-USD': 0 }],
    ['max_order_size', { 'btc-usd': 1 }],
    ['allow_products', 'BTC-USD'],
    ['deny_products', ['btc-usd']],
    ['max_market_age_ms', 0],
    ['max_account_age_ms', '1e3'],
  ])('refuses %s: %j and names the key', (key, value) => {
    const attempt = (): unknown => parsePolicy({ [key]: value })
    expect(attempt).toThrow(ConfigError)
    expect(attempt).toThrow(new RegExp(`${key}.*`))
    expect(attempt).toThrow(/ERR_CONFIG_INVALID/)
  })

  it('takes the edges of the ranges', () => {
    expect(() =>
      parsePolicy({
        max_position_size_pct: 100,
        require_confirmation_above_usd: 0,
        price_collar_pct: '99.9',
        max_orders_per_minute: 1,
      }),
    ).not.toThrow()
  })

  it('asks what was meant by an unknown key', () => {
    expect(() => parsePolicy({ max_order_value: 5 })).toThrow(/did you mean max_order_value_usd\?/)
    expect(() => definePolicy({ maxOrderVal: 5 } as never)).toThrow(/Unknown policy key/)
  })

  it('refuses a product that is both allowed and denied', () => {
    expect(() => definePolicy({ allowProducts: ['BTC-USD'], denyProducts: ['BTC-USD'] })).toThrow(/both/)
  })

  it('lets the newer limits follow from the older ones, and takes them away with off', () => {
    const policy = parsePolicy({ max_order_value_usd: 20, max_orders_per_minute: 4 })
    expect(policy).toMatchObject({
      maxValuePerDayUsd: d('2000'),
      maxOpenValueUsd: d('400'),
      maxOpenOrders: 20,
      maxReentries: 8,
      maxDrawdownPct: d('25'),
      duplicateOrderWindowMs: 5_000,
      maxPriceJumpPct: d('10'),
      refuseSelfMatch: true,
      approveReductions: true,
    })
    const open = parsePolicy({ max_value_per_day: 'off', max_open_orders: 'off', max_price_jump_pct: 'off' })
    for (const field of ['maxValuePerDayUsd', 'maxOpenOrders', 'maxPriceJumpPct'])
      expect(Object.keys(open)).not.toContain(field)
    expect(deserializePolicy(serializePolicy(open))).toEqual(open)
    for (const key of [
      'max_order_value_usd',
      'price_collar_pct',
      'drawdown_window_days',
      'refuse_self_match',
      'max_loss_per_day',
    ]) {
      expect(() => parsePolicy({ [key]: 'off' })).toThrow(new RegExp(key))
    }
  })
})
