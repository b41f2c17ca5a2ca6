import type { Journal, Timers } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { during, limitBuy, openWorld, pass, trader } from '../test/desk-world.js'

/** A desk on a shared journal that can be stopped: time goes on, its regular work does not, and comes all at once afterwards. */
async function openStoppable() {
  const world = await openWorld({ cold: true, feed: false })
  const { time } = world
  let untilMs = Number.POSITIVE_INFINITY
  let renewals = 0
  let isReplaced = false
  let isStopped = false
  const missed = new Set<() => void>()
  const timers: Timers = {
    after: (ms, run) => time.after(ms, run),
    sleep: (ms) => time.sleep(ms),
    every: (ms, run) => time.every(ms, () => (isStopped ? missed.add(run) : run())),
  }
  const journal: Journal = {
    ...world.journal,
    isShared: true,
    async takeLease(name, forMs) {
      if (name !== `instance:${world.journal.instanceId}`) return true
      if (isReplaced) return false
      renewals++
      untilMs = time.nowMs() + forMs
      return true
    },
    async beginSubmit(intentId, times) {
      if (time.nowMs() < untilMs) return world.journal.beginSubmit(intentId, times)
      const intent = await world.journal.getIntent(intentId)
      if (!intent) throw new Error('no such intent')
      return { kind: 'refused', why: 'fence', intent }
    },
  }
  const desk = world.open({ journal, timers })
  let reconciled = 0
  desk.listen((event) => {
    if (event.type === 'reconciled') reconciled++
  })
  await during(world, desk.start())
  return {
    world,
    desk,
    stopFor: async (ms: number) => {
      isStopped = true
      await pass(world, ms)
    },
    wake: () => {
      isStopped = false
      for (const run of missed) run()
      missed.clear()
    },
    replace: () => {
      isReplaced = true
    },
    renewals: () => renewals,
    reconciled: () => reconciled,
  }
}

describe('the lease of a desk on a shared journal', () => {
  it('is renewed well before it ends, for as long as the desk runs', async () => {
    const { world, desk, renewals, reconciled } = await openStoppable()
    expect(renewals()).toBe(1)
    await pass(world, 60_000)
    expect(renewals()).toBe(13)
    expect(desk.readiness()).toMatchObject({ ready: true })
    expect(reconciled()).toBe(1)
  })

  it.each([14_000, 4_000])('is kept over a stop of %i ms', async (ms) => {
    const { world, desk, stopFor, wake, reconciled } = await openStoppable()
    await stopFor(ms)
    wake()
    expect((await during(world, desk.place({ principal: trader, terms: limitBuy() }))).outcome).toBe('accepted')
    expect(reconciled()).toBe(1)
  })

  it('is not simply renewed after it ran out: the desk reconciles first, takes nothing meanwhile, then goes on', async () => {
    const { world, desk, stopFor, wake, reconciled } = await openStoppable()
    world.venue.readsFail = true
    await stopFor(16_000)
    wake()
    expect(desk.readiness()).toMatchObject({ ready: false })
    await expect(desk.place({ principal: trader, terms: limitBuy() })).rejects.toMatchObject({ code: 'ERR_NOT_READY' })
    expect(world.venue.sent).toEqual([])
    world.venue.readsFail = false
    await pass(world, 60_000)
    expect(desk.readiness()).toEqual({ ready: true, reason: 'ready' })
    expect(reconciled()).toBe(2)
    expect((await during(world, desk.place({ principal: trader, terms: limitBuy() }))).outcome).toBe('accepted')
  })

  it('refuses the order that comes before anybody noticed; it is given up, and the desk comes back by itself', async () => {
    const { world, desk, stopFor, wake, reconciled } = await openStoppable()
    await stopFor(16_000)
    const { outcome, intent } = await during(world, desk.place({ principal: trader, terms: limitBuy() }))
    expect(outcome).toBe('not_sent')
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('ABANDONED')
    expect(world.venue.sent).toEqual([])
    expect(world.log.entries.map((entry) => entry.event)).toContain('lease_lapsed')
    wake()
    await pass(world, 5_000)
    expect(reconciled()).toBe(2)
    expect((await during(world, desk.place({ principal: trader, terms: limitBuy('58000') }))).outcome).toBe('accepted')
  })

  it('is lost for good to one that replaced the desk', async () => {
    const { world, desk, replace } = await openStoppable()
    replace()
    await pass(world, 6_000)
    expect(desk.readiness()).toEqual({ ready: false, reason: 'another process owns the store now' })
  })
})
