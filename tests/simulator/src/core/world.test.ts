import { describe, expect, it } from 'vitest'
import { findCheckpoint } from './drain.js'
import { trapRealWorld } from './real-world-trap.js'
import { createTrace } from './trace.js'
import { createWorld, type Owner, type World } from './world.js'

function world(checkpoint: (() => void) | undefined): World {
  return createWorld(1_000, createTrace(true, 0), checkpoint)
}

describe.each([
  ['turns of the event loop', undefined],
  ['the checkpoint', findCheckpoint()],
])('the queue, drained by %s', (_name, checkpoint) => {
  it('runs events in order of time, then of their making, and lets promises run out between them', async () => {
    const queue = world(checkpoint)
    const seen: string[] = []
    queue.schedule(20, 'b', () => {
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => seen.push(`b then at ${queue.nowMs()}`))
    })
    queue.schedule(20, 'c', () => seen.push('c'))
    queue.schedule(10, 'a', () => seen.push('a'))
    await queue.run(2_000)
    expect(seen).toEqual(['a', 'b then at 1020', 'c'])
    expect(queue.nowMs()).toBe(2_000)
  })

  it('loses what belongs to the dead and keeps what belongs to the stopped', async () => {
    const queue = world(checkpoint)
    const kept: (() => void)[] = []
    const owner = { name: 'p', isDead: false, isPaused: true, defer: (run: () => void) => kept.push(run) }
    const seen: string[] = []
    queue.schedule(10, 'stopped', () => seen.push('stopped'), owner as Owner)
    queue.schedule(10, 'dead', () => seen.push('dead'), { ...owner, isDead: true } as Owner)
    await queue.run(2_000)
    expect(seen).toEqual([])
    for (const late of kept) late()
    expect(seen).toEqual(['stopped'])
  })
})

describe('the trap', () => {
  it('throws where the real world is asked, and gives it back', () => {
    const restore = trapRealWorld()
    try {
      for (const ask of [
        () => Date.now(),
        () => Math.random(),
        () => setTimeout(() => {}, 1),
        () => crypto.randomUUID(),
      ]) {
        expect(ask).toThrow(/inside the simulation/)
      }
    } finally {
      restore()
    }
    expect(Date.now()).toBeGreaterThan(0)
  })
})
