import { describe, expect, it } from 'vitest'
import { createPrng } from './prng.js'

describe('a seeded stream', () => {
  it('gives the same numbers for the same seed and name, and others for another', () => {
    const draw = (seed: number, name: string) =>
      Array.from(
        { length: 20 },
        (
          (prng) => () =>
            prng.unit()
        )(createPrng(seed, name)),
      )
    expect(draw(7, 'a')).toEqual(draw(7, 'a'))
    expect(draw(7, 'a')).not.toEqual(draw(8, 'a'))
    expect(draw(7, 'a')).not.toEqual(draw(7, 'b'))
  })

  it('spreads evenly', () => {
    const prng = createPrng(1)
    const counts = Array.from({ length: 10 }, () => 0)
    for (let index = 0; index < 100_000; index++) counts[prng.below(10)]!++
    expect(Math.min(...counts)).toBeGreaterThan(9_500)
    expect(Math.max(...counts)).toBeLessThan(10_500)
  })
})
