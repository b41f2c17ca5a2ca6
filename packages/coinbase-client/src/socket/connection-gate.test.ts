import { FakeTime } from '@tidegate/testkit'
import { describe, expect, it } from 'vitest'
import { createConnectionGate, type GateSlot, sharedGate } from './connection-gate.js'

function start(options: { perSecond?: number; maxOpen?: number } = {}) {
  const time = new FakeTime()
  const startMs = time.nowMs()
  const gate = createConnectionGate({ clock: time, timers: time, ...options })
  const begun: { name: string; atMs: number }[] = []
  const enter = (name: string, then: (slot: GateSlot) => void = () => {}) =>
    gate.enter((slot) => {
      begun.push({ name, atMs: time.nowMs() - startMs })
      then(slot)
    })
  return { time, gate, begun, enter }
}

describe('createConnectionGate', () => {
  it('lets connections through at once while there is room', () => {
    const { begun, enter } = start()
    for (const name of ['a', 'b', 'c', 'd']) enter(name)
    expect(begun).toHaveLength(4)
  })

  it('holds the fifth back until one of four has ended, in the order of asking', () => {
    const { begun, enter } = start()
    const first = enter('a')
    for (const name of ['b', 'c', 'd', 'e', 'f']) enter(name)
    first.leave()
    first.leave()
    expect(begun.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('never begins more than 8 in any second, in a storm of a thousand that fail at once', async () => {
    const { time, begun, enter } = start()
    for (let index = 0; index < 1_000; index++) enter(String(index), (slot) => void time.after(1, () => slot.leave()))
    await time.advance(130_000)
    expect(begun).toHaveLength(1_000)
    for (const { atMs } of begun) {
      expect(begun.filter((each) => each.atMs >= atMs && each.atMs < atMs + 1_000).length).toBeLessThanOrEqual(8)
    }
  })

  it('forgets who leaves the queue', async () => {
    const { time, begun, enter } = start({ perSecond: 1 })
    enter('a')
    const waiting = enter('b')
    enter('c')
    waiting.leave()
    await time.advance(5_000)
    expect(begun.map(({ name }) => name)).toEqual(['a', 'c'])
  })

  it('waits no longer than a second after the clock stepped back', async () => {
    const { time, begun, enter } = start({ perSecond: 1 })
    enter('a')
    time.step(-3_600_000)
    enter('b')
    await time.advance(1_000)
    expect(begun.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('is one for everybody on the same timers', () => {
    const time = new FakeTime()
    const other = new FakeTime()
    const gate = sharedGate({ clock: time, timers: time })
    expect(sharedGate({ clock: time, timers: time })).toBe(gate)
    expect(sharedGate({ clock: other, timers: other })).not.toBe(gate)
  })
})
