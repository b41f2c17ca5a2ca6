import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Decimal } from './decimal.js'
import {
  fromUnits,
  isOnIncrement,
  MICRO_USD,
  roundDownToIncrement,
  roundUpToIncrement,
  toUnitsDown,
  toUnitsUp,
} from './increment.js'

const increments = fc
  .constantFrom('0.00000001', '0.01', '1', '0.00001', '5', '0.000001')
  .map((text) => new Decimal(text))
const amounts = fc.bigInt(0n, 10n ** 24n).map((raw) => new Decimal(raw.toString()).div('1e12'))

describe('increments', () => {
  it('round down to at most the value and up to at least the value, less than one step away', () => {
    fc.assert(
      fc.property(amounts, increments, (value, increment) => {
        const down = roundDownToIncrement(value, increment)
        const up = roundUpToIncrement(value, increment)
        expect(isOnIncrement(down, increment) && isOnIncrement(up, increment)).toBe(true)
        expect(down.lte(value) && up.gte(value)).toBe(true)
        expect(value.minus(down).lt(increment) && up.minus(value).lt(increment)).toBe(true)
      }),
    )
  })

  it('count amounts up and caps down in whole units, so no fraction slips past a cap', () => {
    fc.assert(
      fc.property(amounts, (value) => {
        const up = toUnitsUp(value, MICRO_USD)
        const down = toUnitsDown(value, MICRO_USD)
        expect(fromUnits(up, MICRO_USD).gte(value)).toBe(true)
        expect(fromUnits(down, MICRO_USD).lte(value)).toBe(true)
        expect(up - down <= 1n).toBe(true)
      }),
    )
  })
})
