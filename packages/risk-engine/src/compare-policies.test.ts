import { ConfigError } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePolicies, tightestPolicy } from './compare-policies.js'
import { definePolicy, type PolicyOptions } from './policy-text.js'

const products = fc.uniqueArray(fc.constantFrom('BTC-USD', 'ETH-USD', 'SOL-USD'), { maxLength: 3 })
const amount = fc.integer({ min: 1, max: 5_000 }).map(String)
const count = fc.integer({ min: 1, max: 60 })

const options: fc.Arbitrary<PolicyOptions> = fc.record(
  {
    maxOrderValueUsd: amount,
    maxPositionSizePct: fc.integer({ min: 1, max: 99 }).map(String),
    maxOrdersPerMinute: count,
    maxLossPerDayUsd: amount,
    maxOrderSize: fc.dictionary(fc.constantFrom('BTC-USD', 'ETH-USD'), amount, { maxKeys: 2 }),
    denyProducts: products,
    maxOpenOrders: fc.oneof(count, fc.constant('off' as const)),
    maxDrawdownPct: fc.oneof(fc.integer({ min: 1, max: 99 }).map(String), fc.constant('off' as const)),
    refuseSelfMatch: fc.boolean(),
    approveReductions: fc.boolean(),
    drawdownWindowDays: count,
  },
  { requiredKeys: [] },
)

describe('two policies', () => {
  it('are compared limit by limit: which way, from what to what', () => {
    const before = definePolicy({ maxOrderValueUsd: '100', maxLossPerDayUsd: '50', denyProducts: ['SOL-USD'] })
    const after = definePolicy({ maxOrderValueUsd: '80', maxLossPerDayUsd: '60', denyProducts: ['ETH-USD'] })
    expect(comparePolicies(before, after)).toContainEqual({
      key: 'max_order_value_usd',
      from: '100',
      to: '80',
      effect: 'tighter',
    })
    expect(comparePolicies(before, after)).toContainEqual({
      key: 'max_loss_per_day',
      from: '50',
      to: '60',
      effect: 'looser',
    })
    expect(comparePolicies(before, after)).toContainEqual({
      key: 'deny_products',
      from: 'SOL-USD',
      to: 'ETH-USD',
      effect: 'mixed',
    })
  })

  it('that say the same have no differences, and every difference turns round', () => {
    const turned = { tighter: 'looser', looser: 'tighter', mixed: 'mixed' } as const
    fc.assert(
      fc.property(options, options, (a, b) => {
        const [x, y] = [definePolicy(a), definePolicy(b)]
        expect(comparePolicies(x, x)).toEqual([])
        expect(comparePolicies(y, x)).toEqual(
          comparePolicies(x, y).map(({ key, from, to, effect }) => ({
            key,
            from: to,
            to: from,
            effect: turned[effect],
          })),
        )
      }),
    )
  })

  it('have one that is as tight as both: nothing in it is looser than either', () => {
    fc.assert(
      fc.property(options, options, (a, b) => {
        const [x, y] = [definePolicy(a), definePolicy(b)]
        const both = tightestPolicy(x, y)
        for (const one of [x, y]) {
          expect(comparePolicies(one, both).filter(({ effect }) => effect !== 'tighter')).toEqual([])
        }
        expect(tightestPolicy(y, x)).toEqual(both)
        expect(tightestPolicy(x, x)).toEqual(x)
      }),
    )
  })

  it('that allow different products have none: an empty list would allow everything', () => {
    const btc = definePolicy({ allowProducts: ['BTC-USD'] })
    expect(() => tightestPolicy(btc, definePolicy({ allowProducts: ['ETH-USD'] }))).toThrow(ConfigError)
    expect(() => tightestPolicy(btc, definePolicy({ denyProducts: ['BTC-USD'] }))).toThrow(ConfigError)
    expect(tightestPolicy(btc, definePolicy()).allowProducts).toEqual(['BTC-USD'])
    expect(comparePolicies(btc, definePolicy())).toMatchObject([{ key: 'allow_products', to: 'all', effect: 'looser' }])
  })
})
