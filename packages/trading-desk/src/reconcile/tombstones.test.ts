import { describe, expect, it } from 'vitest'
import { during, limitBuy, marketBuy, openWorld, pass, trader, type WorldOptions } from '../../test/desk-world.js'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** An order that was proven never accepted, and whose proof was wrong: it shows up `lateByMs` after it was sent. */
async function givenUp(lateByMs: number, options: WorldOptions = {}) {
  const world = await openWorld(options)
  world.venue.lateByMs = lateByMs
  world.venue.script.push('late')
  const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
  const intentId = intent?.intentId ?? ''
  await pass(world, 40_000)
  expect((await world.journal.getIntent(intentId))?.state).toBe('NEVER_ACCEPTED')
  return { world, intentId, now: async () => world.journal.getIntent(intentId) }
}

/** A market order whose order and execution stay hidden from every reading for `hiddenMs`. */
async function givenUpFilled(hiddenMs: number) {
  const world = await openWorld({ feed: false })
  world.venue.listingLagMs = hiddenMs
  world.venue.fillLagMs = hiddenMs
  world.venue.script.push('ack_lost')
  const { intent } = await during(world, world.desk.place({ principal: trader, terms: marketBuy() }))
  await pass(world, 40_000)
  return { world, intentId: intent?.intentId ?? '' }
}

describe('the watch over an order given up for never accepted', () => {
  it('hears of it from the stream: exposure counts again, it is cancelled, the account only reduces', async () => {
    const { world, intentId, now } = await givenUp(60_000, {
      settings: { openOrdersEveryMs: dayMs, fullEveryMs: dayMs },
    })
    expect(world.journal.heldBy(intentId).every(({ held }) => held === 0n)).toBe(true)
    world.venue.slowCancels = true
    await pass(world, 22_000)
    expect(await now()).toMatchObject({ state: 'OPEN', cancel: 'sent', venueOrderId: 'venue-1' })
    expect(world.journal.heldBy(intentId).every(({ reservation, held }) => held === reservation.amount)).toBe(true)
    expect(await world.desk.modes()).toContainEqual(
      expect.objectContaining({ scope: 'account', mode: 'REDUCE_ONLY', by: 'desk' }),
    )
    expect(world.log.entries).toContainEqual(expect.objectContaining({ level: 'error', event: 'order_surfaced' }))
    expect(world.metrics.samples).toContainEqual(expect.objectContaining({ name: 'orders_surfaced_total' }))
    world.venue.settleCancels()
    await pass(world, 2_000)
    expect((await now())?.state).toBe('CANCELLED')
    expect(world.journal.heldBy(intentId).every(({ held }) => held === 0n)).toBe(true)
  })

  it('finds it in the regular listing without a stream', async () => {
    const { world, now } = await givenUp(60_000, { feed: false })
    await pass(world, 30_000)
    expect((await now())?.state).toBe('CANCELLED')
  })

  it('reaches back to it in every scan, also past the usual overlap', async () => {
    const { world, intentId } = await givenUpFilled(3 * hourMs)
    expect((await world.journal.getIntent(intentId))?.state).toBe('NEVER_ACCEPTED')
    await world.time.advance(3 * hourMs)
    world.market.refresh()
    await during(world, world.desk.reconcile('test'))
    await pass(world, 2_000)
    expect((await world.journal.getIntent(intentId))?.state).toBe('FILLED')
    expect(await world.journal.listFills()).toHaveLength(1)
    expect(await world.desk.modes()).toContainEqual(expect.objectContaining({ scope: 'account', mode: 'REDUCE_ONLY' }))
  })

  it('goes on after a restart, from the journal alone', async () => {
    const { world, intentId } = await givenUpFilled(5 * hourMs)
    await world.desk.close()
    await world.time.advance(5 * hourMs)
    world.market.refresh()
    const next = world.open()
    await during(world, next.start())
    await pass(world, 2_000)
    expect((await world.journal.getIntent(intentId))?.state).toBe('FILLED')
  })

  it('takes back also one that ended at the venue without a fill: no intent is called never accepted that was', async () => {
    const { world, now } = await givenUp(60_000, { feed: false, settings: { openOrdersEveryMs: dayMs } })
    await world.time.advance(21_000)
    await world.venue.cancel(['venue-1'])
    await during(world, world.desk.reconcile('test'))
    await pass(world, 1_000)
    expect(await now()).toMatchObject({ state: 'CANCELLED', venueOrderId: 'venue-1' })
  })

  it('ends after 24 hours: later scans reach no further back than usual', async () => {
    const { world } = await givenUp(10 * dayMs, { feed: false })
    const placedAtMs = world.time.nowMs()
    const reaches: number[] = []
    const listOrders = world.venue.listOrders.bind(world.venue)
    world.venue.listOrders = (query) => {
      if (query.sinceMs !== undefined) reaches.push(query.sinceMs)
      return listOrders(query)
    }
    await during(world, world.desk.reconcile('test'))
    expect(Math.min(...reaches)).toBeLessThan(placedAtMs)
    await world.time.advance(dayMs + hourMs)
    world.market.refresh()
    reaches.length = 0
    await during(world, world.desk.reconcile('test'))
    expect(Math.min(...reaches)).toBeGreaterThan(placedAtMs + dayMs - 2 * hourMs)
  })
})

/** An order the venue refused, and a late copy of the same request that it took: the answer and the order are both real. */
async function refusedAndTaken(options: WorldOptions = {}) {
  const world = await openWorld(options)
  world.venue.script.push('rejected')
  const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
  expect(intent?.state).toBe('REJECTED')
  const intentId = intent?.intentId ?? ''
  const orderId = world.venue.placeOutside(limitBuy())
  world.venue.change(orderId, { clientOrderId: intent?.clientOrderId ?? '' })
  return { world, intentId, orderId, now: async () => world.journal.getIntent(intentId) }
}

describe('a late copy of a refused request that the venue takes after all', () => {
  it('heard of from the stream: it counts in full, is cancelled, and the account only reduces', async () => {
    const { world, intentId, orderId, now } = await refusedAndTaken({
      settings: { openOrdersEveryMs: dayMs, fullEveryMs: dayMs },
    })
    world.venue.slowCancels = true
    await pass(world, 2_000)
    expect(await now()).toMatchObject({ cancel: 'sent', venueOrderId: orderId })
    expect(world.journal.heldBy(intentId).every(({ reservation, held }) => held === reservation.amount)).toBe(true)
    expect(await world.desk.modes()).toContainEqual(
      expect.objectContaining({ scope: 'account', mode: 'REDUCE_ONLY', by: 'desk' }),
    )
    expect(world.log.entries).toContainEqual(expect.objectContaining({ level: 'error', event: 'order_surfaced' }))
    world.venue.settleCancels()
    await pass(world, 2_000)
    expect((await now())?.state).toBe('CANCELLED')
    expect(world.journal.heldBy(intentId).every(({ held }) => held === 0n)).toBe(true)
  })

  it('found in the regular listing without a stream', async () => {
    const { world, now, orderId } = await refusedAndTaken({ feed: false })
    await pass(world, 35_000)
    expect(await now()).toMatchObject({ state: 'CANCELLED', venueOrderId: orderId })
  })

  it('found by the scan when it was over before anybody looked: what it filled is not called refused', async () => {
    const { world, orderId, now } = await refusedAndTaken({ feed: false, settings: { openOrdersEveryMs: dayMs } })
    await world.venue.cancel([orderId])
    await during(world, world.desk.reconcile('test'))
    await pass(world, 1_000)
    expect(await now()).toMatchObject({ state: 'CANCELLED', venueOrderId: orderId })
  })

  it('found by the first scan of a desk that opens hours later', async () => {
    const { world, orderId, now } = await refusedAndTaken({ feed: false })
    await world.venue.cancel([orderId])
    await world.desk.close()
    await world.time.advance(5 * hourMs)
    world.market.refresh()
    const next = world.open()
    await during(world, next.start())
    await pass(world, 2_000)
    expect(await now()).toMatchObject({ state: 'CANCELLED', venueOrderId: orderId })
  })
})

describe('an order that turns up behind an intent that was never sent', () => {
  it('in the stream halts the account at once', async () => {
    const world = await openWorld({ settings: { openOrdersEveryMs: dayMs, fullEveryMs: dayMs } })
    world.venue.script.push('not_sent', 'not_sent', 'not_sent', 'not_sent')
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    expect(intent?.state).toBe('ABANDONED')
    const orderId = world.venue.placeOutside(limitBuy())
    world.venue.change(orderId, { clientOrderId: intent?.clientOrderId ?? '' })
    await pass(world, 2_000)
    expect(await world.desk.modes()).toContainEqual(
      expect.objectContaining({ scope: 'account', mode: 'HALTED', by: 'desk' }),
    )
  })
})
