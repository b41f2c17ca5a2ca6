import { CountingIds, createMemoryJournal } from '@tidegate/testkit'
import { describe, expect, it } from 'vitest'
import { during, marketBuy, openWorld, pass, trader } from '../../test/desk-world.js'
import { utcDay } from './day-mark.js'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

describe('the day of the limits', () => {
  it('is that of the store, not of a host whose clock runs ahead: no loss and no count is forgiven early', async () => {
    const world = await openWorld({ cold: true, policy: { maxValuePerDayUsd: '1000' } })
    const { time } = world
    // Half past eleven in the evening by the store; this host believes it is an hour later.
    time.step(dayMs - (time.nowMs() % dayMs) + 30 * 60_000)
    const store = { nowMs: () => time.nowMs() - hourMs }
    const journal = { ...createMemoryJournal({ clock: store, ids: new CountingIds() }), isShared: true }
    const desk = world.open({ journal })
    world.market.refresh()
    await during(world, desk.start())
    await pass(world, 2_000)
    const placed = await during(world, desk.place({ principal: trader, terms: marketBuy('100') }))
    expect(placed.outcome).toBe('accepted')
    const { rows, nowMs = 0 } = await journal.limitUsage([])
    const today = utcDay(nowMs)
    expect(utcDay(time.nowMs())).not.toBe(today)
    expect(rows.filter(({ scope }) => scope.startsWith('value:')).map(({ window }) => window)).toEqual([today])
    expect((await journal.dayMarks('1970-01-01')).map(({ day }) => day)).toEqual([today])
  })
})
