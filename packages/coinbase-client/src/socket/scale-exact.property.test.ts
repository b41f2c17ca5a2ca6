import { Decimal } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scaleExact } from './scale-exact.js'

describe('scaleExact', () => {
  it('agrees with exact decimals on every plain number, or says that it cannot hold it', () => {
    const text = fc
      .tuple(fc.stringMatching(/^\d{1,18}$/), fc.option(fc.stringMatching(/^\d{1,12}$/), { nil: undefined }))
      .map(([whole, fraction]) => (fraction === undefined ? whole : `${whole}.${fraction}`))
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 10 }), (value, decimals) => {
        const scaled = new Decimal(value).mul(new Decimal(10).pow(decimals))
        const fits = scaled.isInteger() && scaled.lte(Number.MAX_SAFE_INTEGER)
        expect(scaleExact(value, decimals)).toBe(fits ? scaled.toNumber() : undefined)
      }),
      { numRuns: 2_000 },
    )
  })

  it('takes nothing for a number that is none', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const scaled = scaleExact(value, 2)
        if (scaled !== undefined) expect(value).toMatch(/^\d+(\.\d*)?$/)
      }),
      { numRuns: 1_000 },
    )
    for (const value of ['', '.', '.5', '-1', '+1', '1e2', 'NaN', 'Infinity', '٣', '1.2.3', ' 1', '0x10']) {
      expect(scaleExact(value, 2)).toBeUndefined()
    }
  })

  it.each([
    ['0.00000001', 8, 1],
    ['83281', 2, 8_328_100],
    ['83281.00', 2, 8_328_100],
    ['83281.001', 2, undefined],
    ['90071992547409.91', 2, 9_007_199_254_740_991],
    ['90071992547409.92', 2, undefined],
    ['0', 8, 0],
  ])('reads %s at %i decimals as %s', (value, decimals, expected) => {
    expect(scaleExact(value, decimals)).toBe(expected)
  })
})
