import { describe, expect, it } from 'vitest'
import { approver, type DeskWorld, during, limitBuy, openWorld, pass, trader } from '../test/desk-world.js'
import type { HaltReport } from './desk.js'

async function halt(world: DeskWorld): Promise<readonly HaltReport[]> {
  const heard: HaltReport[] = []
  world.desk.listen((event) => {
    if (event.type === 'halt') heard.push(event.report)
  })
  await world.desk.setMode({ principal: trader, scope: 'account', mode: 'HALTED', reason: 'test' })
  return heard
}

async function haltEntries(world: DeskWorld): Promise<readonly string[]> {
  const entries = await world.journal.auditEntries({ limit: 1_000 })
  return entries.map((entry) => entry.type).filter((type) => type.startsWith('halt_'))
}

describe('a halt', () => {
  it('with nothing under way is proven after two listings, and the proof is an audit entry', async () => {
    const world = await openWorld()
    const heard = await halt(world)
    const listings = world.venue.listings
    await pass(world, 3_000)
    expect(heard).toEqual([expect.objectContaining({ verdict: 'proven', live: [], doubtful: [] })])
    expect(world.venue.listings - listings).toBeGreaterThanOrEqual(2)
    expect(await haltEntries(world)).toEqual(['halt_proven'])
    await pass(world, 60_000)
    expect(heard).toHaveLength(1)
  })

  it('names what still rests at the venue', async () => {
    const world = await openWorld()
    await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    const heard = await halt(world)
    await pass(world, 3_000)
    expect(heard).toEqual([expect.objectContaining({ verdict: 'proven', live: ['venue-1'] })])
  })

  it('is not proven before the last token that had left has run out, and what surfaces until then is cancelled', async () => {
    const world = await openWorld()
    world.venue.script.push('late')
    world.venue.lateByMs = 8_000
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    const heard = await halt(world)
    await during(world, world.desk.cancelAll(trader), 60_000)
    expect(world.venue.all().every((order) => order.status === 'CANCELLED')).toBe(true)
    await pass(world, 10_000)
    expect(heard.at(-1)).toMatchObject({ verdict: 'proven', live: [], doubtful: [] })
    expect(heard.at(-1)?.atMs).toBeGreaterThan((intent?.createdAtMs ?? 0) + 8_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('CANCELLED')
  })

  it('says unproven, with what is open, when the venue does not answer; and proven once it does', async () => {
    const world = await openWorld()
    world.venue.script.push('vanished')
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    world.venue.readsFail = true
    const heard = await halt(world)
    await pass(world, 120_000)
    expect(heard.map((report) => report.verdict)).toEqual(['unproven'])
    expect(await haltEntries(world)).toEqual(['halt_unproven'])
    world.venue.readsFail = false
    await pass(world, 60_000)
    expect(heard.map((report) => report.verdict)).toEqual(['unproven', 'proven'])
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('NEVER_ACCEPTED')
  })

  it('that is lifted is not reported on any more', async () => {
    const world = await openWorld()
    world.venue.readsFail = true
    const heard = await halt(world)
    await world.desk.setMode({ principal: approver, scope: 'account', mode: 'ACTIVE', reason: 'seen' })
    world.venue.readsFail = false
    await pass(world, 30_000)
    expect(heard).toEqual([])
  })

  it('is watched again by the next start', async () => {
    const world = await openWorld()
    await world.desk.setMode({ principal: trader, scope: 'account', mode: 'HALTED', reason: 'test' })
    await world.desk.close()
    expect(await haltEntries(world)).toEqual([])
    await during(world, world.open().start())
    await pass(world, 5_000)
    expect(await haltEntries(world)).toEqual(['halt_proven'])
  })

  it('that the desk tripped by itself is watched, too', async () => {
    const world = await openWorld()
    world.venue.skewMs = 11_000
    await pass(world, 6_000)
    expect(await haltEntries(world)).toEqual(['halt_proven'])
  })
})
