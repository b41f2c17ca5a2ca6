import { FakeTime } from '@tidegate/testkit'
import { CallRateError } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCallBudget } from './call-budget.js'

const refusal = (run: () => void): CallRateError => {
  try {
    run()
  } catch (error) {
    if (error instanceof CallRateError) return error
    throw error
  }
  throw new Error('was not refused')
}

describe('the budget of calls', () => {
  it('lets each principal make its own number in 60 s, and says when the next will pass', async () => {
    const time = new FakeTime()
    const budget = createCallBudget(time, (name) => (name === 'a' ? 3 : 5))
    for (let call = 0; call < 3; call++) {
      budget.take('a')
      await time.advance(1_000)
    }
    const refused = refusal(() => budget.take('a'))
    expect(refused.shortMessage).toBe('a made 3 calls in the last 60 s; it may make 3')
    for (let call = 0; call < 5; call++) budget.take('b')
    expect(() => budget.take('b')).toThrow(CallRateError)
    await time.advance(refused.retryAfterMs - 1)
    expect(() => budget.take('a')).toThrow(CallRateError)
    await time.advance(1)
    budget.take('a')
    expect(() => budget.take('a')).toThrow(CallRateError)
  })

  it('does not count what it refused: a loop that goes on gets its calls back all the same', async () => {
    const time = new FakeTime()
    const budget = createCallBudget(time, () => 2)
    let passed = 0
    for (let tick = 0; tick < 1_200; tick++) {
      try {
        budget.take('a')
        passed++
      } catch {
        // Refused.
      }
      await time.advance(100)
    }
    expect(passed).toBe(4)
  })

  it('knows no bound where none is set', () => {
    const budget = createCallBudget(new FakeTime(), () => undefined)
    for (let call = 0; call < 10_000; call++) budget.take('a')
  })

  it('never lets more than the cap pass in any 60 s, and never keeps anybody out for longer than that and a second (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 60 }),
        async (cap, gaps) => {
          const time = new FakeTime()
          const budget = createCallBudget(time, () => cap)
          const passed: number[] = []
          for (const gap of gaps) {
            await time.advance(gap)
            try {
              budget.take('a')
              passed.push(time.nowMs())
            } catch (error) {
              const wait = (error as CallRateError).retryAfterMs
              expect(wait).toBeGreaterThan(0)
              expect(wait).toBeLessThanOrEqual(61_000)
            }
          }
          for (const at of passed)
            expect(passed.filter((other) => other > at - 60_000 && other <= at).length).toBeLessThanOrEqual(cap)
        },
      ),
      { numRuns: 200 },
    )
  })
})
