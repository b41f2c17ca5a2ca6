import { describe, expect, it } from 'vitest'
import { during, limitBuy, marketBuy, openWorld, pass, trader } from '../../test/desk-world.js'

describe('following an order', () => {
  it('does not call it over before its executions add up; what was filled shows at once', async () => {
    const world = await openWorld()
    world.venue.fillLagMs = 5_000
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: marketBuy('100') }))
    expect(intent).toMatchObject({ state: 'OPEN' })
    expect(intent?.filledSize).not.toBe('0')
    await pass(world, 4_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('OPEN')
    await pass(world, 4_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('FILLED')
    const types = (await world.journal.auditEntries({ limit: 200 })).map((entry) => entry.type)
    expect(types.lastIndexOf('venue_order')).toBeGreaterThan(types.indexOf('fill'))
  })

  it('does not wait for executions for ever: it says so and lets the order end', async () => {
    const world = await openWorld()
    world.venue.fillLagMs = 10_000_000
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: marketBuy('100') }))
    await pass(world, 40_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('FILLED')
    expect(world.log.entries.some((entry) => entry.event === 'order_unsettled')).toBe(true)
  })

  it('adds partial fills as they come, each execution once', async () => {
    const world = await openWorld()
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy('59000', '0.01') }))
    const heldBefore = world.journal.heldBy(intent?.intentId ?? '')
    for (const size of ['0.002', '0.003', '0.005']) {
      world.venue.fill(intent?.venueOrderId ?? '', size)
      await pass(world, 1_000)
    }
    expect((await world.journal.listFills()).map((fill) => fill.baseSize.toFixed())).toEqual([
      '0.002',
      '0.003',
      '0.005',
    ])
    expect(await world.journal.getIntent(intent?.intentId ?? '')).toMatchObject({ state: 'FILLED', filledSize: '0.01' })
    expect(heldBefore.every(({ held }) => held > 0n)).toBe(true)
    expect(
      world.journal
        .heldBy(intent?.intentId ?? '')
        .every(({ held, reservation }) => reservation.window !== 'open' || held === 0n),
    ).toBe(true)
  })

  it('stops asking about a resting order that is quiet, and hears of its fill from the stream', async () => {
    const world = await openWorld()
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    await pass(world, 60_000)
    const getOrder = world.venue.getOrder.bind(world.venue)
    let asked = 0
    world.venue.getOrder = (id) => {
      asked++
      return getOrder(id)
    }
    await pass(world, 120_000)
    expect(asked).toBe(0)
    world.venue.fill(intent?.venueOrderId ?? '')
    await pass(world, 500)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('FILLED')
  })

  it('hears of it from the regular listing when there is no stream', async () => {
    const world = await openWorld({ feed: false })
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    await pass(world, 60_000)
    world.venue.fill(intent?.venueOrderId ?? '')
    await pass(world, 6_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('FILLED')
  })

  it('keeps asking while the venue does not answer or does not show the order yet', async () => {
    const world = await openWorld({ feed: false })
    world.venue.listingLagMs = 3_000
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    world.venue.readsFail = true
    await pass(world, 2_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('ACKED')
    world.venue.readsFail = false
    await pass(world, 10_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('OPEN')
  })

  it('says that the venue does not answer once and then rarely', async () => {
    const world = await openWorld({ feed: false })
    world.venue.fillsAtOnce = false
    await during(world, world.desk.place({ principal: trader, terms: marketBuy() }))
    world.venue.readsFail = true
    await pass(world, 600_000)
    const said = world.log.entries.filter((entry) => entry.event === 'order_look_failed').length
    expect(said).toBeGreaterThanOrEqual(2)
    expect(said).toBeLessThanOrEqual(5)
    world.venue.readsFail = false
    await pass(world, 5_000)
    expect(world.log.entries.map((entry) => entry.event)).toContain('order_look_failed_over')
  })

  it('treats a word of the venue that nobody knows as live', async () => {
    const world = await openWorld()
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    world.venue.change(intent?.venueOrderId ?? '', { status: 'TELEPORTING' })
    await pass(world, 60_000)
    expect(world.journal.heldBy(intent?.intentId ?? '').every(({ held }) => held > 0n)).toBe(true)
    expect(world.log.entries.filter((entry) => entry.event === 'order_status_unknown')).toEqual([
      expect.objectContaining({ level: 'error', fields: expect.objectContaining({ status: 'TELEPORTING' }) as object }),
    ])
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('OPEN')
    await during(world, world.desk.cancel(trader, intent?.intentId ?? ''))
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('CANCELLED')
  })
})
