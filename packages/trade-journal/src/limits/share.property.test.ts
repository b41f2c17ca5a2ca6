import { Decimal } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { share } from './adjust-reservations.js'

describe('share', () => {
  it('is never less than the exact part, and less than one unit more', () => {
    const whole = fc.bigInt({ min: 0n, max: 2n ** 62n })
    fc.assert(
      fc.property(whole, fc.bigInt({ min: 1n, max: 10n ** 30n }), whole, (amount, size, part) => {
        const left = part % (size + 1n)
        const held = share(amount, new Decimal(left.toString()).div(size.toString()).toFixed())
        const exact = amount * left
        const up = exact / size + (exact % size === 0n ? 0n : 1n)
        // 80 digits may push an exact whole up by one unit, never down.
        expect(held === up || held === up + 1n).toBe(true)
        expect(held <= amount || amount === 0n).toBe(true)
      }),
    )
  })

  it('holds everything at one and nothing at zero', () => {
    expect(share(1_000n, '1')).toBe(1_000n)
    expect(share(1_000n, '0')).toBe(0n)
    expect(share(1_001n, '0.5')).toBe(501n)
  })
})
