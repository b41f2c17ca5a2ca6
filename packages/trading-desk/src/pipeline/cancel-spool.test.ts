import { type CancelSpool, type SpooledCancel, StoreError } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DeskWorld, during, limitBuy, openWorld, pass, trader } from '../../test/desk-world.js'

/** A spool in memory, as the one on disk behaves; `full` stands for a disk that takes nothing. */
function memorySpool(): CancelSpool & { full: boolean; entries: SpooledCancel[] } {
  const spool = {
    full: false,
    entries: [] as SpooledCancel[],
    append(entry: SpooledCancel): void {
      if (spool.full) throw new Error('ENOSPC: no space left on device')
      spool.entries.push(entry)
    },
    pending: () => spool.entries,
    drop(count: number): void {
      spool.entries.splice(0, count)
    },
  }
  return spool
}

async function withRestingAndSpool() {
  const spool = memorySpool()
  let down = false
  const world = await openWorld({ cold: true, policy: { requireConfirmationAboveUsd: '1000' } })
  const journal = new Proxy(world.journal, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function' || name === 'clientOrderIdFor') return value
      return (...args: unknown[]) =>
        down
          ? Promise.reject(new StoreError('ERR_STORE_IO', 'disk I/O error'))
          : (value as (...given: unknown[]) => unknown).apply(target, args)
    },
  })
  const desk = world.open({ journal, cancelSpool: spool })
  await during(world, desk.start())
  const { intent } = await during(world, desk.place({ principal: trader, terms: limitBuy(), key: 'mine' }))
  await pass(world, 10_000)
  return {
    world,
    desk,
    spool,
    journal,
    ids: { intentId: intent?.intentId ?? '', venueOrderId: intent?.venueOrderId ?? '', key: 'mine' },
    setDown: (is: boolean) => {
      down = is
    },
  }
}

async function typesOf(world: DeskWorld): Promise<readonly string[]> {
  return (await world.journal.auditEntries({ limit: 1_000 })).map((entry) => entry.type)
}

describe('a cancel while the store is down', () => {
  it.each(['intentId', 'venueOrderId', 'key'] as const)(
    'finds the order by its %s, goes out at once, and is spooled: the wish before, the answer after',
    async (name) => {
      const { world, desk, spool, ids, setDown } = await withRestingAndSpool()
      setDown(true)
      const cancel = world.venue.cancel.bind(world.venue)
      let spooledBefore: readonly string[] = []
      world.venue.cancel = (orderIds) => {
        spooledBefore = spool.entries.map((entry) => entry.what)
        return cancel(orderIds)
      }
      const result = await during(world, desk.cancel(trader, ids[name]))
      expect(result.outcome).toBe('requested')
      expect(world.venue.all()[0]?.status).toBe('CANCELLED')
      expect(spooledBefore).toEqual(['requested'])
      expect(spool.entries).toMatchObject([
        { by: 'local', what: 'requested', intentId: ids.intentId, orderId: ids.venueOrderId },
        { by: 'desk', what: 'accepted', intentId: ids.intentId, orderId: ids.venueOrderId },
      ])
    },
  )

  it('is imported in order once the store works again, with its audit entries, and the order ends', async () => {
    const { world, desk, spool, ids, setDown } = await withRestingAndSpool()
    setDown(true)
    world.venue.slowCancels = true
    await during(world, desk.cancel(trader, ids.intentId))
    await pass(world, 30_000)
    expect(spool.entries.length).toBeGreaterThanOrEqual(2)
    setDown(false)
    await pass(world, 3_000)
    expect(spool.entries).toEqual([])
    expect(await world.journal.getIntent(ids.intentId)).toMatchObject({ state: 'OPEN', cancel: 'sent' })
    const entries = (await world.journal.auditEntries({ limit: 1_000 })).filter(({ type }) => type === 'cancel_spooled')
    expect(entries.map(({ actor, intentId }) => [actor, intentId])).toEqual([
      ['local', ids.intentId],
      ['desk', ids.intentId],
    ])
    expect(entries.map((entry) => (JSON.parse(entry.body) as { what: string }).what)).toEqual(['requested', 'accepted'])
    world.venue.settleCancels()
    await pass(world, 2_000)
    expect((await world.journal.getIntent(ids.intentId))?.state).toBe('CANCELLED')
  })

  it('is imported by the next process when this one ends first', async () => {
    const { world, desk, spool, ids, setDown } = await withRestingAndSpool()
    setDown(true)
    world.venue.cancelsFail = true
    await during(world, desk.cancel(trader, ids.intentId))
    await during(world, desk.close())
    world.venue.cancelsFail = false
    const next = world.open({ cancelSpool: spool })
    await during(world, next.start())
    await pass(world, 3_000)
    expect(spool.entries).toEqual([])
    expect((await world.journal.getIntent(ids.intentId))?.state).toBe('CANCELLED')
    expect(await typesOf(world)).toContain('cancel_spooled')
  })

  it('goes out also when the disk takes nothing either, and the log says so', async () => {
    const { world, desk, spool, ids, setDown } = await withRestingAndSpool()
    setDown(true)
    spool.full = true
    expect((await during(world, desk.cancel(trader, ids.venueOrderId))).outcome).toBe('requested')
    expect(world.venue.all()[0]?.status).toBe('CANCELLED')
    expect(world.log.entries.map((entry) => entry.event)).toContain('cancel_not_spooled')
  })

  it('of everything takes ours and those from outside, and spools each once', async () => {
    const { world, desk, spool, setDown } = await withRestingAndSpool()
    setDown(true)
    for (let index = 0; index < 3; index++) world.venue.placeOutside(limitBuy('50000', '0.00001'))
    const result = await during(world, desk.cancelAll(trader))
    expect(world.venue.all().every((order) => order.status === 'CANCELLED')).toBe(true)
    expect(result.results).toHaveLength(4)
    const wished = spool.entries.filter((entry) => entry.what === 'requested').map((entry) => entry.orderId)
    expect(new Set(wished)).toEqual(new Set(['venue-1', 'venue-2', 'venue-3', 'venue-4']))
    expect(wished).toHaveLength(4)
    setDown(false)
    await pass(world, 60_000)
    expect(spool.entries).toEqual([])
    expect((await typesOf(world)).filter((type) => type === 'cancel_spooled')).toHaveLength(8)
    expect((await world.journal.findByVenueOrderId('venue-1'))?.state).toBe('CANCELLED')
  })

  it('that was spooled for an order which ended meanwhile changes nothing but the audit', async () => {
    const { world, desk, spool, ids, setDown } = await withRestingAndSpool()
    setDown(true)
    world.venue.cancelsFail = true
    await during(world, desk.cancel(trader, ids.intentId))
    world.venue.fill(ids.venueOrderId)
    setDown(false)
    await pass(world, 10_000)
    expect(spool.entries).toEqual([])
    expect(await world.journal.getIntent(ids.intentId)).toMatchObject({ state: 'FILLED', filledSize: '0.01' })
  })

  it('is never lost, whenever the store fails and whichever process was there', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('down' as const), is: fc.boolean() }),
      fc.record({ do: fc.constant('cancel' as const), which: fc.nat(2) }),
      fc.record({ do: fc.constant('deaf' as const), is: fc.boolean() }),
      fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(0, 200, 1_500, 35_000) }),
      fc.constant({ do: 'restart' as const }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const { world, desk: first, spool, journal, setDown } = await withRestingAndSpool()
        for (const price of ['58000', '57000']) {
          await during(world, first.place({ principal: trader, terms: limitBuy(price) }))
        }
        let desk = first
        let appended = 0
        const append = spool.append.bind(spool)
        spool.append = (entry) => {
          append(entry)
          appended++
        }
        const wanted = new Set<string>()
        for (const next of steps) {
          if (next.do === 'down') setDown(next.is)
          if (next.do === 'deaf') world.venue.cancelsFail = next.is
          if (next.do === 'pass') await pass(world, next.ms)
          if (next.do === 'cancel') {
            const id = `venue-${next.which + 1}`
            wanted.add(id)
            await during(world, desk.cancel(trader, id))
          }
          if (next.do === 'restart') {
            await during(world, desk.close())
            desk = world.open({ journal, cancelSpool: spool })
            // Without the store there is no start; the caller tries again.
            await during(world, desk.start()).catch(() => {})
          }
        }
        setDown(false)
        world.venue.cancelsFail = false
        await during(world, desk.close())
        desk = world.open({ journal, cancelSpool: spool })
        await during(world, desk.start())
        await pass(world, 90_000)
        expect(spool.entries).toEqual([])
        expect((await typesOf(world)).filter((type) => type === 'cancel_spooled').length).toBe(appended)
        for (const order of world.venue.all()) {
          const state = wanted.has(order.orderId) ? 'CANCELLED' : 'OPEN'
          expect(order.status).toBe(state)
          expect((await world.journal.findByVenueOrderId(order.orderId))?.state).toBe(state)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('keeps new orders out all the while', async () => {
    const { world, desk, setDown } = await withRestingAndSpool()
    setDown(true)
    const before = world.venue.sent.length
    await expect(during(world, desk.place({ principal: trader, terms: limitBuy('58000') }))).rejects.toThrow(StoreError)
    expect(world.venue.sent).toHaveLength(before)
  })
})
