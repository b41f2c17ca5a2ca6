import { PermissionError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { during, limitBuy, openWorld, other, pass, trader, viewer } from '../../test/desk-world.js'

async function withResting() {
  const world = await openWorld({ policy: { requireConfirmationAboveUsd: '1000' } })
  const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy(), key: 'mine' }))
  return { world, intentId: intent?.intentId ?? '', venueOrderId: intent?.venueOrderId ?? '' }
}

describe('cancelling one order', () => {
  it.each(['intentId', 'venueOrderId', 'key'] as const)('finds it by %s and waits until it is gone', async (name) => {
    const { world, ...ids } = await withResting()
    const id = name === 'key' ? 'mine' : ids[name]
    const result = await during(world, world.desk.cancel(trader, id))
    expect(result).toMatchObject({ id, outcome: 'cancelled', cancel: 'confirmed', intent: { state: 'CANCELLED' } })
    expect(world.journal.heldBy(ids.intentId).every(({ held }) => held === 0n)).toBe(true)
    expect(world.metrics.samples).toContainEqual(
      expect.objectContaining({ name: 'orders_cancelled_total', labels: { product: 'BTC-USD' } }),
    )
  })

  it("does not reach another agent's order by its key", async () => {
    const { world } = await withResting()
    expect((await during(world, world.desk.cancel(other, 'mine'))).outcome).toBe('not_found')
    expect(world.venue.all()[0]?.status).toBe('OPEN')
  })

  it('needs the permission, and nothing else: no readiness, no market, no active mode', async () => {
    const { world, intentId } = await withResting()
    await expect(world.desk.cancel(viewer, intentId)).rejects.toThrow(PermissionError)
    await world.desk.setMode({ principal: trader, scope: 'account', mode: 'HALTED', reason: 'test' })
    const next = world.open()
    world.market.down = true
    const calls = world.market.calls
    const work = next.cancel(trader, intentId)
    await world.time.advance(500)
    expect((await work).outcome).toBe('cancelled')
    expect(world.market.calls).toBe(calls)
  })

  it('gives up an order that was not sent yet, without asking the venue', async () => {
    const world = await openWorld({ policy: { requireConfirmationAboveUsd: '100' } })
    const { intent, outcome } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    expect(outcome).toBe('awaiting_approval')
    const result = await during(world, world.desk.cancel(trader, intent?.intentId ?? ''))
    expect(result).toMatchObject({ outcome: 'cancelled', intent: { state: 'ABANDONED' } })
    expect(world.venue.cancelled).toEqual([])
    expect(world.journal.heldBy(intent?.intentId ?? '').every(({ held }) => held === 0n)).toBe(true)
  })

  it('flags an order in doubt and cancels it as soon as it is found', async () => {
    const world = await openWorld()
    world.venue.script.push('late')
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    const result = await during(world, world.desk.cancel(trader, intent?.intentId ?? ''))
    expect(result).toMatchObject({ outcome: 'requested', cancel: 'requested', intent: { state: 'UNKNOWN' } })
    expect(world.venue.cancelled).toEqual([])
    await pass(world, 12_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('CANCELLED')
  })

  it('that meets a filled order is refused, and the fill counts', async () => {
    const { world, intentId, venueOrderId } = await withResting()
    world.venue.fill(venueOrderId)
    const result = await during(world, world.desk.cancel(trader, intentId))
    expect(result).toMatchObject({ outcome: 'refused', intent: { state: 'FILLED', filledSize: '0.01' } })
    expect(await world.journal.listFills()).toHaveLength(1)
  })

  it('that races a partial fill keeps what was filled', async () => {
    const { world, intentId, venueOrderId } = await withResting()
    world.venue.fill(venueOrderId, '0.004')
    const result = await during(world, world.desk.cancel(trader, intentId))
    expect(result).toMatchObject({ outcome: 'cancelled', intent: { state: 'CANCELLED', filledSize: '0.004' } })
    expect((await world.journal.listFills()).map((fill) => fill.baseSize.toFixed())).toEqual(['0.004'])
  })

  it('without a clear answer is unknown, stays owed, and is asked again', async () => {
    const { world, intentId } = await withResting()
    world.venue.cancelsFail = true
    const result = await during(world, world.desk.cancel(trader, intentId))
    expect(result).toMatchObject({ outcome: 'unknown', cancel: 'unknown', intent: { state: 'OPEN' } })
    world.venue.cancelsFail = false
    await pass(world, 35_000)
    expect((await world.journal.getIntent(intentId))?.state).toBe('CANCELLED')
  })

  it('that the venue takes but does not finish in time is requested', async () => {
    const { world, intentId } = await withResting()
    world.venue.slowCancels = true
    const result = await during(world, world.desk.cancel(trader, intentId))
    expect(result).toMatchObject({ outcome: 'requested', cancel: 'sent', intent: { state: 'OPEN' } })
    world.venue.settleCancels()
    await pass(world, 1_000)
    expect((await world.journal.getIntent(intentId))?.state).toBe('CANCELLED')
  })

  it('goes to the venue even when the store does not answer', async () => {
    const { world, venueOrderId } = await withResting()
    world.journal.failNext('getIntent', 'before')
    const result = await during(world, world.desk.cancel(trader, venueOrderId))
    expect(result.outcome).toBe('cancelled')
    expect(world.venue.all()[0]?.status).toBe('CANCELLED')
  })

  it('reaches an order placed outside, which is ours to know from then on', async () => {
    const world = await openWorld({ feed: false })
    const orderId = world.venue.placeOutside(limitBuy())
    const result = await during(world, world.desk.cancel(trader, orderId))
    expect(result.outcome).toBe('requested')
    await pass(world, 2_000)
    expect(await world.journal.findByVenueOrderId(orderId)).toMatchObject({ principal: 'external', state: 'CANCELLED' })
  })

  it('of nothing is not found', async () => {
    const world = await openWorld()
    expect((await during(world, world.desk.cancel(trader, 'nothing'))).outcome).toBe('not_found')
  })

  it('of an order that is over says so', async () => {
    const { world, intentId } = await withResting()
    await during(world, world.desk.cancel(trader, intentId))
    const again = await during(world, world.desk.cancel(trader, intentId))
    expect(again.outcome).toBe('cancelled')
  })
})
