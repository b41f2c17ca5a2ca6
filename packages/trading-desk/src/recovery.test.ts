import { StoreError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { approver, during, limitBuy, marketBuy, openWorld, pass, trader } from '../test/desk-world.js'

describe('a desk whose venue cannot be reached at start', () => {
  async function unreachable() {
    const world = await openWorld({ cold: true })
    world.venue.readsFail = true
    world.venue.accountFails = true
    world.venue.cancelsFail = true
    world.market.down = true
    await during(world, world.desk.start())
    return world
  }

  it('opens all the same: orders are not ready, reads and cancels fail with the venue’s error', async () => {
    const world = await unreachable()
    expect(world.desk.readiness()).toMatchObject({ ready: false, reason: expect.stringMatching(/ERR_VENUE/) as string })
    await expect(during(world, world.desk.place({ principal: trader, terms: marketBuy() }))).rejects.toThrow(
      /not taken yet/,
    )
    await expect(during(world, world.desk.balances())).rejects.toMatchObject({ code: 'ERR_VENUE_OUTCOME_UNKNOWN' })
    await expect(during(world, world.desk.getOrder('nothing'))).rejects.toMatchObject({
      code: 'ERR_VENUE_OUTCOME_UNKNOWN',
    })
    expect((await during(world, world.desk.cancel(trader, 'venue-1'))).outcome).toBe('unknown')
  })

  it('recovers by itself when the venue is back', async () => {
    const world = await unreachable()
    await pass(world, 120_000)
    expect(world.desk.readiness().ready).toBe(false)
    world.venue.readsFail = false
    world.venue.accountFails = false
    world.market.down = false
    await pass(world, 40_000)
    expect(world.desk.readiness()).toEqual({ ready: true, reason: 'ready' })
    expect((await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))).outcome).toBe('accepted')
  })

  it('takes no order before what could not be checked at start has been', async () => {
    const world = await openWorld({ cold: true })
    let objection: string | undefined = 'the key may transfer money'
    const desk = world.open({
      checkAccount: async () => {
        if (objection !== undefined) throw new Error(objection)
      },
    })
    await during(world, desk.start())
    expect(desk.readiness()).toMatchObject({ ready: false, reason: expect.stringMatching(/may transfer/) as string })
    await expect(during(world, desk.place({ principal: trader, terms: limitBuy() }))).rejects.toThrow(/may transfer/)
    objection = undefined
    await pass(world, 30_000)
    expect(desk.readiness().ready).toBe(true)
  })

  it('says so once and then ever more rarely, not every second', async () => {
    const world = await unreachable()
    await pass(world, 3_600_000)
    const said = world.log.entries.filter((entry) => entry.level === 'error' || entry.level === 'warn')
    const counts = new Map<string, number>()
    for (const { event } of said) counts.set(event, (counts.get(event) ?? 0) + 1)
    expect(counts.get('day_not_marked')).toBeGreaterThan(1)
    for (const [event, count] of counts) expect(count, event).toBeLessThanOrEqual(8)
    world.venue.readsFail = false
    world.venue.accountFails = false
    world.market.down = false
    await pass(world, 40_000)
    expect(world.log.entries.map((entry) => entry.event)).toContain('day_not_marked_over')
  })

  it('still lets approvals run out in time', async () => {
    const world = await openWorld({ policy: { requireConfirmationAboveUsd: '100' } })
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    expect(intent?.state).toBe('AWAITING_APPROVAL')
    world.venue.accountFails = true
    world.venue.readsFail = true
    await world.time.advance(13 * 3_600_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('APPROVAL_EXPIRED')
  })
})

describe('a desk whose store fails at start', () => {
  it.each(['audit', 'auditEntries', 'setMode', 'listIntents'] as const)(
    'in %s: says why, tries again, and is ready when the store works',
    async (method) => {
      const world = await openWorld({ cold: true })
      // A clock far from the venue's makes the start write a mode, too.
      if (method === 'setMode') world.venue.skewMs = 60_000
      world.journal.failNext(method, 'before')
      await during(world, world.desk.start())
      if (method !== 'setMode') {
        expect(world.desk.readiness()).toEqual({
          ready: false,
          reason: expect.stringMatching(/ERR_STORE_BUSY/) as string,
        })
        await expect(during(world, world.desk.place({ principal: trader, terms: limitBuy() }))).rejects.toThrow(
          /not taken yet.*ERR_STORE_BUSY/,
        )
      }
      await pass(world, 5_000)
      expect(world.desk.readiness()).toEqual({ ready: true, reason: 'ready' })
      const started = (await world.journal.auditEntries({ limit: 1_000 })).filter(({ type }) => type === 'desk_started')
      expect(started).toHaveLength(1)
    },
  )

  it('still finds the step back of the clock that came before the attempt that failed', async () => {
    const world = await openWorld()
    await pass(world, 2_000)
    await world.desk.close()
    world.time.step(-7_200_000)
    const next = world.open()
    world.journal.failNext('auditEntries', 'before')
    await during(world, next.start())
    await pass(world, 5_000)
    expect(next.readiness().ready).toBe(true)
    expect(await next.modes()).toContainEqual(
      expect.objectContaining({
        scope: 'account',
        mode: 'HALTED',
        reason: expect.stringMatching(/went back/) as string,
      }),
    )
  })

  /** A store with an entry that was held up: it has an earlier time than the one before it. */
  async function withHeldUpEntry() {
    const world = await openWorld()
    await pass(world, 2_000)
    await world.desk.close()
    world.time.step(5_000)
    await world.journal.audit({ actor: 'other', type: 'test.overtook', body: {} })
    world.time.step(-5_000)
    await world.journal.audit({ actor: 'slow', type: 'test.held_up', body: {} })
    return world
  }

  it('on a shared store takes an entry that was held up for what it is, and still finds a clock that was set back', async () => {
    const { journal, ...world } = await withHeldUpEntry()
    const shared = { ...journal, isShared: true }
    world.time.step(6_000)
    const next = world.open({ journal: shared })
    await during(world, next.start())
    await pass(world, 1_000)
    expect(await next.modes()).toEqual([])
    await next.close()
    world.time.step(-60_000)
    const later = world.open({ journal: { ...journal.reopen(), isShared: true } })
    await during(world, later.start())
    await pass(world, 1_000)
    expect(await later.modes()).toMatchObject([{ mode: 'HALTED', reason: expect.stringMatching(/went back/) }])
  })

  it('with one owner takes the same for a clock that was set back and corrected', async () => {
    const world = await withHeldUpEntry()
    world.time.step(6_000)
    const next = world.open({ journal: world.journal.reopen() })
    await during(world, next.start())
    await pass(world, 1_000)
    expect(await next.modes()).toMatchObject([{ mode: 'HALTED', reason: expect.stringMatching(/went back/) }])
  })

  it.each(['ERR_STORE_CORRUPT', 'ERR_STORE_MIGRATION', 'ERR_STORE_FOREIGN'] as const)(
    'with %s, which no retry cures: stays shut, says so, and does not try for ever',
    async (code) => {
      const world = await openWorld({ cold: true })
      let asked = 0
      world.journal.listIntents = async () => {
        asked++
        throw new StoreError(code, 'the pages are damaged')
      }
      await during(world, world.desk.start())
      const first = asked
      await pass(world, 120_000)
      expect(asked).toBe(first)
      expect(world.desk.readiness()).toEqual({
        ready: false,
        reason: expect.stringContaining('the pages are damaged') as string,
      })
      expect((await during(world, world.desk.cancel(trader, 'venue-1'))).outcome).not.toBe('accepted')
    },
  )
})

describe('a gap in the stream', () => {
  it('while recovery is under way is looked into as soon as it is done', async () => {
    const world = await openWorld({ cold: true })
    const heard: string[] = []
    world.desk.listen((event) => {
      if (event.type === 'reconciled') heard.push(event.report.trigger)
    })
    const listFills = world.venue.listFills.bind(world.venue)
    world.venue.listFills = (query) => {
      if (heard.length === 0) world.venue.gap('the user channel is back')
      return listFills(query)
    }
    await during(world, world.desk.start())
    await pass(world, 5_000)
    expect(heard).toEqual(['start', 'gap: the user channel is back'])
  })

  it('is owed a look until one has succeeded', async () => {
    const world = await openWorld()
    const heard: string[] = []
    world.desk.listen((event) => {
      if (event.type === 'reconciled') heard.push(event.report.trigger)
    })
    world.venue.readsFail = true
    world.venue.gap('sequence 7 after 5')
    await pass(world, 20_000)
    expect(heard).toEqual([])
    world.venue.readsFail = false
    await pass(world, 35_000)
    expect(heard).toEqual(['gap: sequence 7 after 5'])
  })

  it('that comes in bursts costs one look at a time', async () => {
    const world = await openWorld()
    let looks = 0
    world.desk.listen((event) => {
      if (event.type === 'reconciled') looks++
    })
    for (let burst = 0; burst < 50; burst++) {
      world.venue.gap(`burst ${burst}`)
      await world.time.advance(20)
    }
    await pass(world, 5_000)
    expect(looks).toBeGreaterThanOrEqual(2)
    expect(looks).toBeLessThanOrEqual(3)
  })
})

describe('several desks on one journal', () => {
  it('let one reconcile for all: the others skip the timers, and take over when its lease runs out', async () => {
    const world = await openWorld({ cold: true, feed: false })
    let holder: { id: number; untilMs: number } | undefined
    const journalOf = (id: number) => ({
      ...world.journal,
      isShared: true,
      takeLease: async (name: string, forMs: number) => {
        if (name !== 'reconcile') return true
        if (holder && holder.id !== id && holder.untilMs > world.time.nowMs()) return false
        holder = { id, untilMs: world.time.nowMs() + forMs }
        return true
      },
    })
    const looks = [0, 0]
    const desks = [0, 1].map((id) => world.open({ journal: journalOf(id) }))
    for (const [id, desk] of desks.entries()) {
      desk.listen((event) => {
        if (event.type === 'reconciled') looks[id] = (looks[id] ?? 0) + 1
      })
      await during(world, desk.start())
    }
    expect(looks).toEqual([1, 1])
    await pass(world, 910_000)
    expect(looks).toEqual([4, 1])
    await desks[0]?.close()
    await pass(world, 700_000)
    expect(looks[0]).toBe(4)
    expect(looks[1]).toBeGreaterThanOrEqual(3)
  })

  it('are told apart from one owner whose predecessor was killed with the lease in its hand', async () => {
    const world = await openWorld({ cold: true, feed: false })
    const desk = world.open({ journal: { ...world.journal, isShared: false, takeLease: async () => false } })
    let looks = 0
    desk.listen((event) => {
      if (event.type === 'reconciled') looks++
    })
    await during(world, desk.start())
    await pass(world, 610_000)
    expect(looks).toBe(3)
  })

  it('withdraw what a dead one left unsent as soon as its lease is seen lapsed, not when it has grown old', async () => {
    const world = await openWorld({ cold: true, feed: false })
    let isDead = false
    const shared = { ...world.journal, isShared: true, takeLease: async () => true }
    const first = world.open({ journal: { ...shared, beginSubmit: () => new Promise<never>(() => {}) } })
    await during(world, first.start())
    void first.place({ principal: trader, terms: limitBuy() }).catch(() => {})
    await pass(world, 500)
    const state = async () => (await world.journal.listIntents())[0]?.state
    const listOrphans = async () => (isDead ? await world.journal.listIntents({ states: ['RESERVED'] }) : [])
    await during(world, world.open({ journal: { ...shared, listOrphans } }).start())
    await pass(world, 10_000)
    expect(await state()).toBe('RESERVED')
    isDead = true
    await pass(world, 5_500)
    expect(await state()).toBe('ABANDONED')
    expect(
      world.journal.heldBy((await world.journal.listIntents())[0]?.intentId ?? '').every(({ held }) => held === 0n),
    ).toBe(true)
    expect(world.venue.sent).toHaveLength(0)
  })

  it('do not take each other’s orders under way for orphans at start', async () => {
    const world = await openWorld({ cold: true, feed: false })
    const journal = { ...world.journal, isShared: true, takeLease: async () => true }
    const first = world.open({ journal })
    await during(world, first.start())
    world.venue.script.push('hang')
    void first.place({ principal: trader, terms: limitBuy() }).catch(() => {})
    await world.time.advance(10)
    await during(world, world.open({ journal }).start(), 1_000)
    expect((await world.journal.listIntents())[0]?.state).toBe('SUBMITTING')
    await pass(world, 60_000)
    expect((await world.journal.listIntents())[0]?.state).toBe('OPEN')
    expect(world.venue.sent).toHaveLength(1)
  })
})

describe('our clock', () => {
  /** A desk whose clock can be set apart from its timers, as on a real machine. */
  async function withOwnClock() {
    let backMs = 0
    const time = { now: () => 0 }
    const world = await openWorld({ deps: { clock: { nowMs: () => time.now() - backMs } }, cold: true })
    time.now = () => world.time.nowMs()
    await during(world, world.desk.start())
    await pass(world, 2_000)
    const stepBack = (ms: number): void => {
      backMs += ms
    }
    return { world, stepBack }
  }

  it.each([2_500, 60_000, 86_400_000])('set back by %i ms while running halts the account', async (ms) => {
    const { world, stepBack } = await withOwnClock()
    stepBack(ms)
    await pass(world, 2_000)
    expect(await world.desk.modes()).toContainEqual(
      expect.objectContaining({
        scope: 'account',
        mode: 'HALTED',
        reason: expect.stringMatching(/went back/) as string,
      }),
    )
  })

  it('set back a moment ago lets no order pass, on however young prices by that clock', async () => {
    const { world, stepBack } = await withOwnClock()
    stepBack(28_000)
    const answer = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    expect(answer.outcome).toBe('denied')
    expect(world.venue.sent).toHaveLength(0)
    expect(await world.desk.modes()).toContainEqual(
      expect.objectContaining({ mode: 'HALTED', reason: expect.stringMatching(/went back/) as string }),
    )
  })

  it.each([-600_000, -60_000, -10_001, 10_001, 60_000, 600_000])(
    '%i ms from the venue’s halts the account',
    async (ms) => {
      const world = await openWorld()
      world.venue.skewMs = ms
      await pass(world, 1_500)
      expect(await world.desk.modes()).toContainEqual(
        expect.objectContaining({ scope: 'account', mode: 'HALTED', reason: expect.stringMatching(/apart/) as string }),
      )
    },
  )

  it.each([-10_000, -1_000, 1_000, 10_000])('%i ms from it does not: deadlines follow the venue’s', async (ms) => {
    const world = await openWorld()
    world.venue.skewMs = ms
    await pass(world, 1_500)
    const { intent, outcome } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    expect(outcome).toBe('accepted')
    expect(intent?.signByMs).toBe(world.venue.sent[0]?.signByMs)
    expect(intent?.signByMs).toBeGreaterThan(world.time.nowMs() + ms)
    expect(await world.desk.modes()).toEqual([])
  })

  it('corrected by less, or set forward, does not', async () => {
    const { world, stepBack } = await withOwnClock()
    stepBack(900)
    await pass(world, 3_000)
    stepBack(-60_000)
    await pass(world, 3_000)
    expect(await world.desk.modes()).toEqual([])
  })

  it('set back while nobody ran halts the next start, and the person who resumes is not asked twice', async () => {
    const world = await openWorld()
    await pass(world, 2_000)
    await world.desk.close()
    world.time.step(-7_200_000)
    const next = world.open()
    await during(world, next.start())
    expect(await next.modes()).toContainEqual(expect.objectContaining({ scope: 'account', mode: 'HALTED' }))
    await next.setMode({ principal: approver, scope: 'account', mode: 'ACTIVE', reason: 'the clock is right now' })
    await pass(world, 10_000)
    expect((await next.modes()).find((row) => row.scope === 'account')?.mode).toBe('ACTIVE')
  })
})
