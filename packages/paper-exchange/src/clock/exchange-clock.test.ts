import { FakeTime } from '@tidegate/testkit'
import { describe, expect, it } from 'vitest'
import { type ClockPace, createExchangeClock } from './exchange-clock.js'

function clocks(pace: Parameters<typeof createExchangeClock>[1]) {
  const time = new FakeTime()
  return { time, startMs: time.nowMs(), ...createExchangeClock({ clock: time, timers: time }, pace) }
}

describe('the clock of the exchange', () => {
  it('is the real one unless told otherwise', async () => {
    const { time, clock, timers } = clocks(undefined)
    let rang = false
    timers.after(100, () => {
      rang = true
    })
    await time.advance(100)
    expect([clock.nowMs(), rang]).toEqual([time.nowMs(), true])
  })

  it('runs faster with its timers', async () => {
    const { time, startMs, clock, timers } = clocks({ kind: 'accelerated', speed: 60 })
    const rings: number[] = []
    timers.after(60_000, () => rings.push(clock.nowMs() - startMs))
    await time.advance(1_000)
    expect(rings).toEqual([60_000])
    expect(clock.nowMs() - startMs).toBe(60_000)
  })

  it('stands still until it is stepped, and then rings in order of time', async () => {
    const { time, startMs, clock, timers } = clocks({ kind: 'stepped' })
    const rings: string[] = []
    const note = (name: string) => () => rings.push(`${name} ${clock.nowMs() - startMs}`)
    const repeated = timers.every(100, note('every'))
    timers.after(250, note('once'))
    timers.after(150, () => repeated.cancel())
    timers.after(200, note('tie'))
    await time.advance(10_000)
    expect(clock.nowMs()).toBe(startMs)
    clock.advance(1_000)
    expect(rings).toEqual(['every 100', 'tie 200', 'once 250'])
    expect(clock.nowMs() - startMs).toBe(1_000)
  })

  it('stamps what is sent with a time that never stands still, and jumps with every step', async () => {
    const { time, clock } = clocks({ kind: 'stepped', startMs: 1_000 })
    await time.advance(250)
    expect([clock.nowMs(), clock.sentMs()]).toEqual([1_000, 1_250])
    clock.advance(60_000)
    await time.advance(250)
    expect([clock.nowMs(), clock.sentMs()]).toEqual([61_000, 61_500])
    for (const pace of [{ kind: 'real' }, { kind: 'accelerated', speed: 60 }] as const) {
      const other = clocks(pace)
      await other.time.advance(100)
      expect(other.clock.sentMs()).toBe(other.clock.nowMs())
    }
  })

  it('does not go back over a restart, however fast it was', async () => {
    const time = new FakeTime()
    const laterMs = time.nowMs() + 3_600_000
    const reopen = (pace: ClockPace) => createExchangeClock({ clock: time, timers: time }, pace, laterMs).clock
    const accelerated = reopen({ kind: 'accelerated', speed: 60 })
    const stepped = reopen({ kind: 'stepped', startMs: 1_000 })
    const real = reopen({ kind: 'real' })
    expect([accelerated.nowMs(), stepped.nowMs(), real.nowMs()]).toEqual([laterMs, laterMs, time.nowMs()])
    await time.advance(1_000)
    expect(accelerated.nowMs()).toBe(laterMs + 60_000)
    stepped.restart()
    expect(stepped.nowMs()).toBe(1_000)
  })

  it('can be put wrong and right again', () => {
    const { time, clock } = clocks({ kind: 'real' })
    clock.skew(-5_000)
    expect(clock.nowMs()).toBe(time.nowMs() - 5_000)
    clock.skew(0)
    expect(clock.nowMs()).toBe(time.nowMs())
  })

  it('refuses to be stepped where it runs by itself, and a speed that is none', () => {
    expect(() => clocks({ kind: 'real' }).clock.advance(1)).toThrow(/by itself/)
    expect(() => clocks({ kind: 'stepped' }).clock.advance(-1)).toThrow(/not a number from 0/)
    expect(() => clocks({ kind: 'accelerated', speed: 0 })).toThrow(/above 0/)
  })
})
