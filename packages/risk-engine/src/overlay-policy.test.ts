import { ConfigError } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePolicies } from './compare-policies.js'
import { judgeOverlay, mergeOverlays, type OverlayScope, overlayPolicy } from './overlay-policy.js'
import { definePolicy, type PolicySettings, parsePolicy } from './policy-text.js'

const amount = fc.integer({ min: 1, max: 3_000 }).map(String)
const count = fc.integer({ min: 1, max: 90 })
const products = fc.uniqueArray(fc.constantFrom('BTC-USD', 'ETH-USD', 'SOL-USD'), { minLength: 1, maxLength: 2 })
const settings: fc.Arbitrary<PolicySettings> = fc.record(
  {
    max_order_value_usd: amount,
    max_position_size_pct: count,
    max_orders_per_minute: count,
    max_orders_per_minute_per_agent: count,
    max_loss_per_day: amount,
    max_order_size: fc.dictionary(fc.constantFrom('BTC-USD', 'ETH-USD'), amount, { maxKeys: 2 }),
    max_open_orders: fc.oneof(count, fc.constant('off')),
    duplicate_order_window_ms: fc.oneof(count, fc.constant('off')),
    drawdown_window_days: count,
    refuse_self_match: fc.boolean(),
    approve_reductions: fc.boolean(),
    allow_products: products,
  },
  { requiredKeys: [] },
)
const scopes = fc.constantFrom<OverlayScope[]>('account', 'agent')

describe('limits laid over a policy', () => {
  it('never loosen anything, whatever they say', () => {
    fc.assert(
      fc.property(settings, settings, scopes, (base, over, scope) => {
        const policy = parsePolicy(base)
        const effects = comparePolicies(policy, overlayPolicy(policy, over, scope)).map(({ effect }) => effect)
        expect(effects.filter((effect) => effect !== 'tighter')).toEqual([])
      }),
    )
  })

  it('are taken over exactly when nothing in them is looser, and are in force then as they were asked for', () => {
    fc.assert(
      fc.property(settings, settings, (base, over) => {
        const policy = parsePolicy(base)
        const { policy: after, looser, changes } = judgeOverlay(policy, over)
        expect(changes).toEqual(comparePolicies(policy, after))
        if (looser.length > 0) return
        const asked = parsePolicy(over)
        for (const key of Object.keys(over)) {
          if (key === 'max_order_size') continue
          const field = { max_order_value_usd: 'maxOrderValueUsd', max_loss_per_day: 'maxLossPerDayUsd' }[key]
          if (field === 'maxOrderValueUsd' || field === 'maxLossPerDayUsd')
            expect(after[field].toFixed()).toBe(asked[field].toFixed())
        }
      }),
    )
  })

  it('twice are once, and in any order the same', () => {
    fc.assert(
      fc.property(settings, settings, settings, scopes, (base, a, b, scope) => {
        const policy = parsePolicy(base)
        const once = overlayPolicy(policy, a, scope)
        expect(overlayPolicy(once, a, scope).version).toBe(once.version)
        expect(overlayPolicy(once, b, scope).version).toBe(
          overlayPolicy(overlayPolicy(policy, b, scope), a, scope).version,
        )
      }),
    )
  })

  it('merge into one that does the same, and is plain JSON', () => {
    const a = { max_order_value_usd: '80', deny_products: ['SOL-USD'], max_order_size: { 'BTC-USD': '0.5' } }
    const b = {
      max_order_value_usd: 60,
      deny_products: ['ETH-USD'],
      max_order_size: { 'ETH-USD': '2' },
      max_reentries: 3,
    }
    const merged = mergeOverlays(a, b)
    expect(JSON.parse(JSON.stringify(merged))).toEqual({
      max_order_value_usd: '60',
      max_order_size: { 'BTC-USD': '0.5', 'ETH-USD': '2' },
      deny_products: ['ETH-USD', 'SOL-USD'],
      max_reentries: 3,
    })
    const policy = definePolicy()
    expect(overlayPolicy(policy, merged).version).toBe(overlayPolicy(overlayPolicy(policy, a), b).version)
  })
})

describe('limits that may only tighten', () => {
  const policy = definePolicy({ maxOrderValueUsd: '100', denyProducts: ['SOL-USD'], maxOrderSize: { 'BTC-USD': '1' } })

  it('are told with both numbers where they are looser, each of them', () => {
    const { looser } = judgeOverlay(policy, {
      max_order_value_usd: '100.01',
      max_orders_per_minute: 5,
      max_loss_per_day: 2_000,
      max_open_orders: 'off',
    })
    expect(looser.map(({ key, from, to }) => [key, from, to])).toEqual([
      ['max_order_value_usd', '100', '100.01'],
      ['max_loss_per_day', '1000', '2000'],
      ['max_open_orders', '50', 'off'],
    ])
  })

  it.each([
    ['the value in force', { max_order_value_usd: '100' }, 0, 0],
    ['one more denied product', { deny_products: ['ETH-USD'] }, 1, 0],
    ['a size of another product', { max_order_size: { 'ETH-USD': '3' } }, 1, 0],
    ['a smaller size', { max_order_size: { 'BTC-USD': '0.9' } }, 1, 0],
    ['a larger size', { max_order_size: { 'BTC-USD': '1.1' } }, 0, 1],
    ['a larger size beside a smaller one', { max_order_size: { 'BTC-USD': '2', 'ETH-USD': '1' } }, 1, 1],
    ['allowing a denied product does not undeny it', { allow_products: ['BTC-USD'] }, 1, 0],
    ['no approval for reductions', { approve_reductions: false }, 0, 1],
    ['a shorter memory', { drawdown_window_days: 6 }, 0, 1],
    ['a longer memory', { drawdown_window_days: 8 }, 1, 0],
  ] as const)('%s', (_, raw, tighter, looser) => {
    const verdict = judgeOverlay(policy, raw)
    expect([verdict.changes.length, verdict.looser.length]).toEqual([tighter, looser])
  })

  it('leave the products of a list that are neither denied nor left out', () => {
    const listed = definePolicy({ allowProducts: ['BTC-USD', 'ETH-USD'] })
    expect(overlayPolicy(listed, { deny_products: ['ETH-USD'] }).allowProducts).toEqual(['BTC-USD'])
    expect(judgeOverlay(listed, { allow_products: ['SOL-USD'] }).looser).toMatchObject([{ effect: 'mixed' }])
  })

  it('leave nothing at all rather than everything, where nothing is in both lists', () => {
    const listed = definePolicy({ allowProducts: ['BTC-USD'] })
    for (const raw of [{ allow_products: ['ETH-USD'] }, { deny_products: ['BTC-USD'] }])
      expect([overlayPolicy(listed, raw).allowProducts, judgeOverlay(listed, raw).leavesNoProduct]).toEqual([
        ['NO-PRODUCT'],
        true,
      ])
  })

  it('of an agent are counted for it alone, and against the count that it shares', () => {
    const tight = overlayPolicy(policy, { max_orders_per_minute: 4, max_open_orders: 3 }, 'agent')
    expect([tight.maxOrdersPerMinute, tight.maxOrdersPerMinutePerAgent, tight.maxOpenOrdersPerAgent]).toEqual([
      10, 4, 3,
    ])
    expect(judgeOverlay(policy, { max_orders_per_minute: 11 }, 'agent').looser).toMatchObject([
      { from: '10', to: '11' },
    ])
  })

  it('are refused when nobody knows the key, or when the value is none', () => {
    expect(() => judgeOverlay(policy, { max_order_value: '5' })).toThrow(/did you mean|max_order_value_usd/)
    expect(() => judgeOverlay(policy, { max_order_value_usd: '0' })).toThrow(ConfigError)
    expect(() => judgeOverlay(policy, { max_orders_per_minute: '1.5' })).toThrow(ConfigError)
  })
})
