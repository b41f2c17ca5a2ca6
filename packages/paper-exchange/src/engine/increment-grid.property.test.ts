import { Decimal, roundDownToIncrement } from '@tidegate/trading-model'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { incrementGrid } from './increment-grid.js'

it('counts and rounds exactly as dividing by the increment does', () => {
  const increments = fc.constantFrom('0.00000001', '0.01', '1', '0.1', '5', '0.25', '0.00005')
  const amounts = fc
    .tuple(fc.nat(1_000_000_000), fc.nat(99_999_999))
    .map(([whole, part]) => `${whole}.${String(part).padStart(16, '0')}`)
  fc.assert(
    fc.property(increments, amounts, (increment, amount) => {
      const [step, value] = [new Decimal(increment), new Decimal(amount)]
      const grid = incrementGrid(step)
      expect(grid.floor(value).toFixed()).toBe(roundDownToIncrement(value, step).toFixed())
      expect(grid.count(roundDownToIncrement(value, step))).toBe(value.div(step).floor().toNumber())
    }),
  )
})
