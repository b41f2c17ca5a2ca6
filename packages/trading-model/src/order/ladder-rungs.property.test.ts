import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Decimal, ZERO } from '../money/decimal.js'
import { isOnIncrement } from '../money/increment.js'
import { type LadderPlan, ladderRungs } from './ladder-rungs.js'

const base: LadderPlan = {
  side: 'SELL',
  size: { kind: 'base', baseSize: new Decimal(6) },
  count: 3,
  minPrice: new Decimal(100),
  maxPrice: new Decimal(106),
  prices: 'FLAT',
  sizes: 'EVENLY_SPLIT',
  difference: undefined,
  ratio: undefined,
  priceIncrement: new Decimal('0.01'),
  baseIncrement: new Decimal('0.00000001'),
  takerRate: ZERO,
}

const show = (plan: Partial<LadderPlan>) =>
  ladderRungs({ ...base, ...plan })?.map((rung) => `${rung.baseSize.toFixed()}@${rung.limitPrice.toFixed()}`)

describe('the rungs of a ladder', () => {
  it.each([
    ['evenly', {}, ['2@100', '2@103', '2@106']],
    ['gaps that grow', { prices: 'LINEAR_INCREASING' }, ['2@100', '2@102', '2@106']],
    ['gaps that shrink', { prices: 'LINEAR_DECREASING' }, ['2@100', '2@104', '2@106']],
    ['sizes that grow by themselves', { sizes: 'INCREASING' }, ['1@100', '2@103', '3@106']],
    ['sizes that shrink', { sizes: 'DECREASING' }, ['3@100', '2@103', '1@106']],
    ['a difference', { sizes: 'INCREASING', difference: new Decimal('0.5') }, ['1.5@100', '2@103', '2.5@106']],
    [
      'a ratio',
      { sizes: 'INCREASING', ratio: new Decimal(2), size: { kind: 'base', baseSize: new Decimal(7) } },
      ['1@100', '2@103', '4@106'],
    ],
    ['buys from the top', { side: 'BUY' }, ['2@106', '2@103', '2@100']],
  ] satisfies [string, Partial<LadderPlan>, string[]][])('spread %s', (_name, plan, rungs) => {
    expect(show(plan)).toEqual(rungs)
  })

  it('are none when the difference eats the first', () => {
    expect(show({ sizes: 'INCREASING', difference: new Decimal(3) })).toBeUndefined()
  })

  it('add up exactly, stand on the grid and inside the two prices, whatever is asked for', () => {
    const plans = fc.record({
      side: fc.constantFrom('BUY', 'SELL'),
      units: fc.integer({ min: 1_000, max: 1_000_000_000 }),
      count: fc.integer({ min: 2, max: 40 }),
      low: fc.integer({ min: 1_000, max: 100_000 }),
      span: fc.integer({ min: 100, max: 50_000 }),
      prices: fc.constantFrom('FLAT', 'LINEAR_INCREASING', 'LINEAR_DECREASING'),
      sizes: fc.constantFrom('EVENLY_SPLIT', 'INCREASING', 'DECREASING'),
      isQuote: fc.boolean(),
    })
    fc.assert(
      fc.property(plans, ({ side, units, count, low, span, prices, sizes, isQuote }) => {
        const amount = new Decimal(units).div(1_000)
        const takerRate = isQuote ? new Decimal('0.012') : ZERO
        const plan: LadderPlan = {
          ...base,
          side,
          count,
          prices,
          sizes,
          takerRate,
          size: isQuote ? { kind: 'quote', quoteSize: amount } : { kind: 'base', baseSize: amount },
          minPrice: new Decimal(low).div(100),
          maxPrice: new Decimal(low + span).div(100),
        }
        const rungs = ladderRungs(plan)
        if (!rungs) return
        expect(rungs).toHaveLength(count)
        for (const { limitPrice, baseSize } of rungs) {
          expect(isOnIncrement(limitPrice, plan.priceIncrement) && isOnIncrement(baseSize, plan.baseIncrement)).toBe(
            true,
          )
          expect(limitPrice.gte(plan.minPrice) && limitPrice.lte(plan.maxPrice)).toBe(true)
        }
        const total = rungs.reduce((sum, rung) => sum.add(rung.baseSize), ZERO)
        const cost = rungs.reduce(
          (sum, rung) => sum.add(rung.baseSize.mul(rung.limitPrice).mul(takerRate.add(1))),
          ZERO,
        )
        if (isQuote) expect(cost.lte(amount)).toBe(true)
        else expect(total.eq(amount)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
