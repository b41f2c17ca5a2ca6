import type { Journal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { during, limitBuy, openWorld, trader } from '../../test/desk-world.js'

/** Longer than any order stays wanted. */
const stopMs = 60_000

describe('a process that is stopped while it decides (SIGSTOP, a sleeping laptop)', () => {
  it('does not send what it decided before it was stopped', async () => {
    const world = await openWorld({ cold: true })
    const { time, venue, journal } = world
    const stopping: Journal = {
      ...journal,
      recordIntent: (wish) => {
        time.step(stopMs)
        return journal.recordIntent(wish)
      },
    }
    const desk = world.open({ journal: stopping })
    await during(world, desk.start())
    const result = await during(world, desk.place({ principal: trader, terms: limitBuy() }))
    expect(result.intent?.state).toBe('ABANDONED')
    expect(venue.sent).toHaveLength(0)
  })
})
