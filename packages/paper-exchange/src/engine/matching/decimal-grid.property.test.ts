import { Decimal } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DecimalGrid } from './decimal-grid.js'

const increments = fc.constantFrom(
  '1',
  '0.1',
  '0.01',
  '0.00000001',
  '0.25',
  '5',
  '0.00005',
  '1000',
  '0.000000000000001',
)

describe('decimal text on a grid', () => {
  it('counts as decimals do, or says that it cannot', () => {
    const text = fc
      .tuple(fc.nat(999_999_999), fc.nat(999_999_999), fc.integer({ min: 0, max: 9 }))
      .map(([whole, part, length]) =>
        length === 0 ? String(whole) : `${whole}.${String(part).padStart(9, '0').slice(0, length)}`,
      )
    fc.assert(
      fc.property(increments, text, (increment, amount) => {
        const count = new Decimal(amount).div(increment)
        const scaled = new Decimal(amount).mul(new Decimal(10).pow(new Decimal(increment).decimalPlaces()))
        const units = new DecimalGrid(increment, 'increment').parse(amount)
        if (scaled.gt(Number.MAX_SAFE_INTEGER)) expect(Number.isFinite(units)).toBe(false)
        else if (count.isInteger()) expect(units).toBe(count.toNumber())
        else expect(units).toBeNaN()
      }),
      { numRuns: 5_000 },
    )
  })

  it('gives back the shortest text of every count', () => {
    fc.assert(
      fc.property(increments, fc.maxSafeNat(), (increment, raw) => {
        const step = new Decimal(increment).mul(new Decimal(10).pow(new Decimal(increment).decimalPlaces())).toNumber()
        const units = Math.floor(raw / step)
        const grid = new DecimalGrid(increment, 'increment')
        const text = grid.format(units)
        expect(text).toBe(new Decimal(increment).mul(units).toFixed())
        expect(grid.parse(text)).toBe(units)
        expect(grid.formatTotal(BigInt(units) * 1_000n)).toBe(new Decimal(increment).mul(units).mul(1_000).toFixed())
      }),
      { numRuns: 5_000 },
    )
  })
})
