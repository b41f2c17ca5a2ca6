import { Decimal, NotFoundError, PermissionError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { approver, type DeskWorld, during, limitBuy, openWorld, pass, trader } from '../../test/desk-world.js'
import type { QuarantineRequest } from '../desk.js'

const settle = (world: DeskWorld, id: string, change: Partial<QuarantineRequest> = {}) =>
  during(world, world.desk.settleQuarantine({ principal: approver, id, ...change }))

/** What it holds of what is open; the value of the day stays counted. */
const held = (world: DeskWorld, intentId: string) =>
  world.journal
    .heldBy(intentId)
    .filter(({ reservation }) => reservation.window === 'open')
    .reduce((sum, each) => sum + each.held, 0n)

/** An order the venue shows with another price than was committed. */
async function otherPrice() {
  const world = await openWorld()
  const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
  world.venue.change('venue-1', { limitPrice: new Decimal('58900') })
  await pass(world, 35_000)
  const intentId = intent?.intentId ?? ''
  expect(await world.journal.getIntent(intentId)).toMatchObject({ state: 'QUARANTINED' })
  return { world, intentId }
}

/** An order whose acknowledgement spoke of something else; there is none behind it. */
async function wrongAck() {
  const world = await openWorld()
  world.venue.script.push('wrong_ack')
  const listOrders = world.venue.listOrders.bind(world.venue)
  world.venue.listOrders = async (query) => (await listOrders(query)).filter((order) => order.orderId !== 'venue-1')
  const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
  expect(intent?.state).toBe('QUARANTINED')
  return { world, intentId: intent?.intentId ?? '' }
}

describe('a quarantined order', () => {
  it('is shown without being touched: what differs, and what can be done', async () => {
    const { world, intentId } = await otherPrice()
    const before = await world.journal.getIntent(intentId)
    const view = await settle(world, intentId)
    expect(view).toMatchObject({
      outcome: 'look',
      evidence: 'limit price is "58900" at the venue, "59000" was committed',
      order: { orderId: 'venue-1' },
    })
    expect(await world.journal.getIntent(intentId)).toEqual(before)
  })

  it('that is accepted counts as one from outside with the venue’s terms, and is followed to its end', async () => {
    const { world, intentId } = await otherPrice()
    const view = await settle(world, 'venue-1', { verdict: 'accept', reason: 'seen in the app' })
    expect(view).toMatchObject({ outcome: 'accepted', next: 'product BTC-USD stays halted until it is resumed' })
    expect(view.intent).toMatchObject({ intentId, principal: 'external', terms: limitBuy('58900') })
    expect(held(world, intentId)).toBe(0n)
    const entries = await world.journal.auditEntries({ intentId, limit: 100 })
    expect(entries.filter((entry) => entry.actor === 'ann').map((entry) => entry.type)).toEqual(['disowned'])
    expect(await world.desk.modes()).toMatchObject([{ scope: 'product:BTC-USD', mode: 'HALTED' }])
    world.venue.fill('venue-1')
    await pass(world, 35_000)
    expect(await world.journal.getIntent(intentId)).toMatchObject({ state: 'FILLED', filledSize: '0.01' })
    expect(await world.journal.listFills({ orderId: 'venue-1' })).toHaveLength(1)
  })

  it('that is accepted can then be cancelled like any order', async () => {
    const { world, intentId } = await otherPrice()
    await settle(world, intentId, { verdict: 'accept' })
    expect(await during(world, world.desk.cancel(trader, intentId))).toMatchObject({ outcome: 'cancelled' })
  })

  it('that is accepted stays accepted over a restart: nobody quarantines it again', async () => {
    const { world, intentId } = await otherPrice()
    await settle(world, intentId, { verdict: 'accept' })
    await world.desk.close()
    const next = world.open({ journal: world.journal.reopen() })
    await during(world, next.start())
    await pass(world, 35_000)
    expect(await world.journal.getIntent(intentId)).toMatchObject({ state: 'OPEN', principal: 'external' })
  })

  it('is not gone while the venue shows it', async () => {
    const { world, intentId } = await otherPrice()
    const view = await settle(world, intentId, { verdict: 'gone' })
    expect(view).toMatchObject({ outcome: 'refused', next: 'accept it, then cancel it if it is not wanted' })
    expect(await world.journal.getIntent(intentId)).toMatchObject({ state: 'QUARANTINED' })
  })

  it('takes the edit that put it there along', async () => {
    const world = await openWorld()
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    world.venue.editScript.push('third')
    const size = new Decimal('0.02')
    const edit = await during(world, world.desk.edit({ principal: trader, id: intent?.intentId ?? '', size }))
    await pass(world, 2_000)
    const editId = edit.intent?.intentId ?? ''
    expect(await world.journal.getIntent(editId)).toMatchObject({ state: 'QUARANTINED' })
    const view = await settle(world, editId, { verdict: 'accept', reason: 'seen' })
    expect(view).toMatchObject({ outcome: 'accepted', intent: { intentId: intent?.intentId } })
    expect(await world.journal.getIntent(editId)).toMatchObject({
      state: 'FAILED',
      outcomeReason: 'its order was settled: seen',
    })
    expect(held(world, editId) + held(world, intent?.intentId ?? '')).toBe(0n)
  })
})

describe('a quarantined order that the venue does not show', () => {
  it('is declared gone by proof only, and holds all it held until then', async () => {
    const { world, intentId } = await wrongAck()
    const before = held(world, intentId)
    expect(await settle(world, intentId, { verdict: 'accept' })).toMatchObject({ outcome: 'refused' })
    expect(await settle(world, intentId, { verdict: 'gone' })).toMatchObject({ outcome: 'refused', waits: true })
    expect(held(world, intentId)).toBe(before)
    await pass(world, 20_000)
    for (let scan = 1; scan < 3; scan++) {
      expect(await settle(world, intentId, { verdict: 'gone' })).toMatchObject({ outcome: 'refused', waits: true })
      await pass(world, 1_500)
    }
    const view = await settle(world, intentId, { verdict: 'gone', reason: 'not in the app' })
    expect(view).toMatchObject({ outcome: 'gone', intent: { state: 'NEVER_ACCEPTED' } })
    expect(view.intent.outcomeReason).toMatch(/complete scans.*settled by ann: not in the app/)
    expect(held(world, intentId)).toBe(0n)
  })

  it('and that surfaces after it was declared gone is taken back', async () => {
    const { world, intentId } = await wrongAck()
    await pass(world, 20_000)
    for (let scan = 0; scan < 3; scan++) {
      await settle(world, intentId, { verdict: 'gone' })
      await pass(world, 1_500)
    }
    const { clientOrderId } = (await world.journal.getIntent(intentId)) ?? {}
    const orderId = world.venue.placeOutside(limitBuy())
    world.venue.change(orderId, { clientOrderId: clientOrderId ?? '' })
    await pass(world, 35_000)
    expect(await world.journal.getIntent(intentId)).toMatchObject({ state: 'CANCELLED', venueOrderId: orderId })
  })
})

describe('the way out of quarantine', () => {
  it('is closed to agents, whatever their role', async () => {
    const { world, intentId } = await wrongAck()
    await expect(settle(world, intentId, { principal: trader, verdict: 'accept' })).rejects.toThrow(PermissionError)
  })

  it('says so when there is nothing to settle', async () => {
    const world = await openWorld()
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    expect(await settle(world, intent?.intentId ?? '', { verdict: 'accept' })).toMatchObject({
      outcome: 'refused',
      evidence: 'it is OPEN, not in quarantine',
    })
    await expect(settle(world, 'nobody')).rejects.toThrow(NotFoundError)
  })
})

/** The venue's answer named somebody else's order; ours is not to be seen. */
async function namedAnother() {
  const world = await openWorld()
  const submit = world.venue.submit.bind(world.venue)
  world.venue.submit = async (ticket) => {
    const ack = await submit(ticket)
    world.venue.placeOutside(limitBuy('57000', '0.03'))
    return { ...ack, orderId: 'venue-2' }
  }
  const listOrders = world.venue.listOrders.bind(world.venue)
  let isHidden = true
  world.venue.listOrders = async (query) =>
    (await listOrders(query)).filter((order) => !(isHidden && order.orderId === 'venue-1'))
  const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
  await pass(world, 5_000)
  const intentId = intent?.intentId ?? ''
  expect(await world.journal.getIntent(intentId)).toMatchObject({ state: 'QUARANTINED', venueOrderId: 'venue-2' })
  const show = (): void => {
    isHidden = false
  }
  return { world, intentId, show }
}

describe('a quarantined order for which the venue named another one', () => {
  it('is not taken for that one: accept and gone are refused, and say what may still come', async () => {
    const { world, intentId } = await namedAnother()
    const before = await world.journal.getIntent(intentId)
    for (const verdict of ['accept', 'gone', undefined] as const) {
      const view = await settle(world, intentId, verdict === undefined ? {} : { verdict })
      expect(view.outcome).toBe(verdict === undefined ? 'look' : 'refused')
      expect(view.evidence).toMatch(/another client order id.*may still show up/)
    }
    expect(await world.journal.getIntent(intentId)).toEqual(before)
  })

  it('by force counts that one as from outside, and ours as ours when it shows', async () => {
    const { world, intentId, show } = await namedAnother()
    const whole = held(world, intentId)
    const view = await settle(world, intentId, { verdict: 'accept', force: true, reason: 'seen in the app' })
    expect(view).toMatchObject({ outcome: 'accepted', intent: { intentId, principal: 'local', state: 'UNKNOWN' } })
    expect(held(world, intentId)).toBe(whole)
    expect(await world.journal.findByVenueOrderId('venue-2')).toMatchObject({
      principal: 'external',
      terms: limitBuy('57000', '0.03'),
    })
    show()
    await pass(world, 35_000)
    expect(await world.journal.getIntent(intentId)).toMatchObject({
      principal: 'local',
      state: 'OPEN',
      venueOrderId: 'venue-1',
    })
    expect(held(world, intentId)).toBe(whole)
  })

  it('by force is proven gone by itself when ours never shows, and that one stays counted', async () => {
    const { world, intentId } = await namedAnother()
    await settle(world, intentId, { verdict: 'accept', force: true })
    await pass(world, 60_000)
    expect(await world.journal.getIntent(intentId)).toMatchObject({ state: 'NEVER_ACCEPTED' })
    expect(held(world, intentId)).toBe(0n)
    expect(await world.journal.findByVenueOrderId('venue-2')).toMatchObject({ principal: 'external', state: 'OPEN' })
  })
})
