import { expect, it } from 'vitest'
import { quantile, slopeOf, spreadOf } from './statistics.js'

it('gives the middle, the smallest and the largest, whatever the order', () => {
  expect(spreadOf([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9 })
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 })
  expect(spreadOf([])).toEqual({ median: 0, min: 0, max: 0 })
})

it('interpolates between two values', () => {
  expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20)
  expect(quantile([0, 100], 0.99)).toBe(99)
})

it('finds the slope of a line, and none where nothing moves', () => {
  expect(slopeOf([0, 1, 2, 3].map((x) => [x, 7 + 2.5 * x] as const))).toBeCloseTo(2.5, 12)
  expect(slopeOf([0, 1, 2, 3].map((x) => [x, 4] as const))).toBe(0)
  expect(slopeOf([[3, 4]])).toBe(0)
})
