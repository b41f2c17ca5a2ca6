import { FakeTime } from '@tidegate/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRateBudget } from '../index.js'

function start(urgentShare = 0.2) {
  const time = new FakeTime()
  const budget = createRateBudget({ clock: time, timers: time, urgentShare })
  const passed: { label: string; atMs: number }[] = []
  const startMs = time.nowMs()
  const take = (label: string, bucket: 'private' | 'public', weight = 1, urgent = false) =>
    void budget.take(bucket, weight, urgent).then(() => passed.push({ label, atMs: time.nowMs() - startMs }))
  return { time, budget, passed, take }
}

describe('createRateBudget', () => {
  it('lets a burst through and holds the rest to 30 a second', async () => {
    const { time, passed, take } = start(0)
    for (let index = 0; index < 90; index++) take('read', 'private')
    await time.advance(0)
    expect(passed).toHaveLength(30)
    await time.advance(1_000)
    expect(passed.length).toBeGreaterThanOrEqual(59)
    expect(passed.length).toBeLessThanOrEqual(60)
    await time.advance(1_100)
    expect(passed).toHaveLength(90)
  })

  it('keeps the two buckets apart', async () => {
    const { time, passed, take } = start(0)
    for (let index = 0; index < 20; index++) take('public', 'public')
    take('private', 'private')
    await time.advance(0)
    expect(passed.filter(({ label }) => label === 'public')).toHaveLength(10)
    expect(passed.at(-1)?.label).toBe('private')
  })

  it('keeps a share that only cancels may spend, and lets them go first', async () => {
    const { time, passed, take } = start()
    for (let index = 0; index < 60; index++) take('read', 'private')
    await time.advance(0)
    expect(passed).toHaveLength(24)
    for (let index = 0; index < 6; index++) take('cancel', 'private', 1, true)
    await time.advance(0)
    expect(passed.slice(24).map(({ label }) => label)).toEqual(Array<string>(6).fill('cancel'))
    take('cancel', 'private', 1, true)
    await time.advance(60)
    expect(passed.at(-1)?.label).toBe('cancel')
  })

  it('lets nothing out while paused, cancels included', async () => {
    const { time, budget, passed, take } = start()
    budget.pause('private', 5_000)
    take('read', 'private')
    take('cancel', 'private', 1, true)
    await time.advance(4_999)
    expect(passed).toEqual([])
    await time.advance(1)
    expect(passed.map(({ label }) => label)).toEqual(['cancel', 'read'])
  })

  it('lets a request heavier than the bucket through in the end', async () => {
    const { time, passed, take } = start()
    take('first', 'private', 10)
    take('heavy', 'private', 1_000)
    take('last', 'private')
    await time.advance(3_000)
    expect(passed.map(({ label }) => label)).toEqual(['first', 'heavy', 'last'])
  })

  it('does not run dry or overflow when the clock steps back', async () => {
    const { time, passed, take } = start(0)
    for (let index = 0; index < 31; index++) take('read', 'private')
    await time.advance(0)
    time.step(-3_600_000)
    await time.advance(3_600_000 + 100)
    expect(passed).toHaveLength(31)
  })

  it('never lets more through in any second than two buckets full, whatever the weights', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ weight: fc.integer({ min: 1, max: 5 }), urgent: fc.boolean() }), { maxLength: 60 }),
        async (requests) => {
          const { time, passed, take } = start()
          for (const { weight, urgent } of requests) take(String(weight), 'private', weight, urgent)
          await time.advance(15_000)
          expect(passed).toHaveLength(requests.length)
          for (const { atMs } of passed) {
            const window = passed.filter((other) => other.atMs >= atMs && other.atMs < atMs + 1_000)
            expect(window.reduce((sum, each) => sum + Number(each.label), 0)).toBeLessThanOrEqual(60)
          }
        },
      ),
      { numRuns: 30 },
    )
  })
})
