import { Decimal, VenueProtocolError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import {
  approver,
  type DeskWorld,
  during,
  limitBuy,
  marketBuy,
  openWorld,
  pass,
  trader,
} from '../../test/desk-world.js'

async function accountMode(world: DeskWorld): Promise<string> {
  return (await world.desk.modes()).find((row) => row.scope === 'account')?.mode ?? 'ACTIVE'
}

async function opened(): Promise<DeskWorld> {
  const world = await openWorld({ settings: { fullEveryMs: 86_400_000 } })
  await pass(world, 1_000)
  return world
}

describe('a difference between wallets and record', () => {
  it('seen once and gone at the second look changes nothing', async () => {
    const world = await opened()
    const balances = world.venue.balances.bind(world.venue)
    let looks = 0
    world.venue.balances = async () => {
      const wallets = await balances()
      if (++looks > 1) return wallets
      return wallets.map((each) => (each.currency === 'USD' ? { ...each, available: each.available.minus(50) } : each))
    }
    const report = await during(world, world.desk.reconcile('test'))
    expect(looks).toBeGreaterThanOrEqual(2)
    expect(report.differences).toEqual([])
    expect(await accountMode(world)).toBe('ACTIVE')
  })

  it('of dust is rounding', async () => {
    const world = await opened()
    world.venue.move('USD', '-0.009')
    expect((await during(world, world.desk.reconcile('test'))).differences).toEqual([])
    world.venue.move('USD', '-0.002')
    expect((await during(world, world.desk.reconcile('test'))).differences).toHaveLength(1)
    expect(await accountMode(world)).toBe('REDUCE_ONLY')
  })

  it('is reported and never booked: no fill, no intent and no baseline is invented to make it fit', async () => {
    const world = await opened()
    await during(world, world.desk.place({ principal: trader, terms: marketBuy('50') }))
    await pass(world, 2_000)
    const before = { fills: await world.journal.listFills(), intents: await world.journal.listIntents() }
    world.venue.move('BTC', '-0.05')
    world.venue.move('USD', '3000')
    for (let look = 0; look < 3; look++) {
      const report = await during(world, world.desk.reconcile('test'))
      expect(new Set(report.differences.map((sentence) => sentence.split(':')[0]))).toEqual(new Set(['BTC', 'USD']))
    }
    expect(await world.journal.listFills()).toEqual(before.fills)
    expect(await world.journal.listIntents()).toEqual(before.intents)
    const entries = await world.journal.auditEntries({ limit: 1_000 })
    expect(entries.filter((entry) => entry.type === 'ledger_baseline')).toHaveLength(1)
    expect(world.log.entries).toContainEqual(expect.objectContaining({ level: 'error', event: 'ledger_differs' }))
  })
})

describe('a difference that a person accepted', () => {
  it('is counted all the same when the lists show the fill behind it later, and is no new difference', async () => {
    const world = await opened()
    const listOrders = world.venue.listOrders.bind(world.venue)
    const listFills = world.venue.listFills.bind(world.venue)
    const getOrder = world.venue.getOrder.bind(world.venue)
    world.venue.getOrder = async () => undefined
    world.venue.listOrders = async () => []
    world.venue.listFills = async () => []
    const orderId = world.venue.placeOutside(limitBuy())
    world.venue.fill(orderId)
    await pass(world, 1_000)
    expect((await during(world, world.desk.reconcile('test'))).differences).not.toEqual([])
    await during(world, world.desk.setMode({ principal: approver, scope: 'account', mode: 'ACTIVE', reason: 'seen' }))
    await pass(world, 1_000)
    const accepted = (await world.journal.auditEntries({ limit: 1_000 })).filter(
      ({ type }) => type === 'ledger_baseline',
    )
    expect(accepted).toHaveLength(2)
    world.venue.listOrders = listOrders
    world.venue.listFills = listFills
    world.venue.getOrder = getOrder
    expect((await during(world, world.desk.reconcile('test'))).differences).toEqual([])
    expect((await world.journal.listFills()).map((fill) => fill.orderId)).toEqual([orderId])
    expect(await world.journal.findByVenueOrderId(orderId)).toMatchObject({ principal: 'external', state: 'FILLED' })
  })
})

describe('a list that the venue cut short', () => {
  const cut = () =>
    Promise.reject(new VenueProtocolError('page 3 of fills has no end', { endpoint: 'orders/historical/fills' }))

  it('of executions is refused whole: nothing is concluded from the part that came', async () => {
    const world = await opened()
    world.venue.script.push('vanished')
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    world.venue.listFills = cut
    await expect(during(world, world.desk.reconcile('test'))).rejects.toMatchObject({ code: 'ERR_VENUE_PROTOCOL' })
    await pass(world, 300_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('UNKNOWN')
    expect(await world.journal.listFills()).toEqual([])
  })

  it('keeps a start from taking orders, and an order from counting as ended', async () => {
    const world = await opened()
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    const listFills = world.venue.listFills.bind(world.venue)
    world.venue.listFills = cut
    world.venue.fill('venue-1')
    await pass(world, 20_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('OPEN')
    const next = world.open()
    await during(world, next.start())
    expect(next.readiness()).toMatchObject({ ready: false, reason: expect.stringMatching(/no end/) as string })
    world.venue.listFills = listFills
    await pass(world, 60_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('FILLED')
    expect(next.readiness().ready).toBe(true)
  })
})

describe('a fee in a currency without a price', () => {
  it('makes the result of the day incomplete instead of free', async () => {
    const world = await opened()
    const listFills = world.venue.listFills.bind(world.venue)
    world.venue.listFills = async (query) =>
      (await listFills(query)).map((fill) => ({ ...fill, fee: new Decimal(3), feeCurrency: 'POINTS' }))
    await during(world, world.desk.place({ principal: trader, terms: marketBuy('50') }))
    await pass(world, 2_000)
    expect((await world.journal.listFills())[0]).toMatchObject({ feeCurrency: 'POINTS' })
    expect((await during(world, world.desk.positions())).day.complete).toBe(false)
  })
})
