import { Decimal, type OrderTerms } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import {
  approver,
  type DeskWorld,
  during,
  limitBuy,
  openWorld,
  pass,
  trader,
  type WorldOptions,
} from '../../test/desk-world.js'
import type { EditRequest } from '../desk.js'

const stopSell: OrderTerms = {
  productId: 'BTC-USD',
  side: 'SELL',
  size: { kind: 'base', baseSize: new Decimal('0.1') },
  orderType: 'STOP_LIMIT',
  timeInForce: 'GTC',
  limitPrice: new Decimal('54000'),
  stopPrice: new Decimal('55000'),
  stopDirection: 'DOWN',
}

async function openOrder(terms: OrderTerms = limitBuy('59000', '0.1'), options: WorldOptions = {}) {
  const world = await openWorld(options)
  const { intent } = await during(world, world.desk.place({ principal: trader, terms }))
  if (!intent?.venueOrderId) throw new Error('no order')
  return { world, target: intent, orderId: intent.venueOrderId }
}

const replace = (world: DeskWorld, id: string, change: Partial<EditRequest>) =>
  during(world, world.desk.replace({ principal: trader, id, ...change }))

const live = (world: DeskWorld) => world.venue.all().filter((order) => order.status === 'OPEN')

describe('a replacement', () => {
  it('is what an edit becomes where the venue cannot edit: a stop over the whole holding moves', async () => {
    const { world, orderId } = await openOrder(stopSell)
    const result = await during(
      world,
      world.desk.edit({
        principal: trader,
        id: orderId,
        stopPrice: new Decimal('56000'),
        limitPrice: new Decimal('55000'),
      }),
    )
    expect(result).toMatchObject({
      outcome: 'accepted',
      how: 'replace',
      keepsPlace: false,
      intent: { kind: 'replace', state: 'ACKED' },
      target: { state: 'CANCELLED' },
    })
    expect(world.venue.edits).toEqual([])
    expect(live(world)).toMatchObject([{ stopPrice: new Decimal('56000'), limitPrice: new Decimal('55000') }])
    await pass(world, 2_000)
    expect(await world.journal.getIntent(result.intent?.intentId ?? '')).toMatchObject({ state: 'OPEN' })
    expect(await world.journal.modes()).toEqual([])
  })

  it('is placed over what is left, so that the wish is filled once', async () => {
    const { world, orderId } = await openOrder()
    world.venue.fill(orderId, '0.03')
    await pass(world, 1_000)
    const result = await replace(world, orderId, { limitPrice: new Decimal('58000') })
    expect(result).toMatchObject({ outcome: 'accepted', intent: { terms: limitBuy('58000', '0.07') } })
  })

  it('is not sent before the old order is shown to be over, and is given up when that takes too long', async () => {
    const { world, orderId, target } = await openOrder(undefined, { settings: { replaceWaitMs: 8_000 } })
    world.venue.slowCancels = true
    const result = await replace(world, orderId, { limitPrice: new Decimal('58000') })
    expect(result).toMatchObject({ outcome: 'not_sent', intent: { state: 'RESERVED' } })
    expect(world.venue.sent).toHaveLength(1)
    const held = [target, result.intent].flatMap((intent) => world.journal.heldBy(intent?.intentId ?? ''))
    const usd = held.filter(({ reservation }) => reservation.scope === 'balance:USD')
    expect(usd.reduce((sum, { held: each }) => sum + each, 0n)).toBe(usd[0]?.reservation.amount)
    await pass(world, 20_000)
    expect(await world.journal.getIntent(result.intent?.intentId ?? '')).toMatchObject({ state: 'ABANDONED' })
    world.venue.settleCancels()
    await pass(world, 5_000)
    expect(await world.journal.getIntent(target.intentId)).toMatchObject({ state: 'CANCELLED' })
    expect(world.venue.sent).toHaveLength(1)
  })

  it('goes as soon as a slow cancel is through', async () => {
    const { world, orderId } = await openOrder()
    world.venue.slowCancels = true
    const result = await replace(world, orderId, { limitPrice: new Decimal('58000') })
    world.venue.settleCancels()
    await pass(world, 5_000)
    expect(await world.journal.getIntent(result.intent?.intentId ?? '')).toMatchObject({ state: 'OPEN' })
    expect(live(world)).toHaveLength(1)
  })

  it('is given up when the old order filled further on its way out: never more than was wished for', async () => {
    const { world, orderId } = await openOrder()
    world.venue.slowCancels = true
    const result = await replace(world, orderId, { limitPrice: new Decimal('58000') })
    world.venue.fill(orderId, '0.01')
    world.venue.change(orderId, { status: 'CANCELLED' })
    await pass(world, 5_000)
    const abandoned = await world.journal.getIntent(result.intent?.intentId ?? '')
    expect(abandoned).toMatchObject({
      state: 'ABANDONED',
      outcomeReason: expect.stringContaining('0.01 when it ended'),
    })
    expect(world.venue.sent).toHaveLength(1)
  })

  it('is given up when it does not pass any more, and both are gone: that is said', async () => {
    const { world, orderId, target } = await openOrder()
    world.venue.slowCancels = true
    const result = await replace(world, orderId, { limitPrice: new Decimal('58000') })
    await world.desk.setMode({ principal: trader, scope: 'account', mode: 'HALTED', reason: 'test' })
    world.venue.settleCancels()
    await pass(world, 5_000)
    expect(await world.journal.getIntent(result.intent?.intentId ?? '')).toMatchObject({
      state: 'ABANDONED',
      outcomeReason: expect.stringContaining('nothing took its place'),
    })
    expect(await world.journal.getIntent(target.intentId)).toMatchObject({ state: 'CANCELLED' })
    expect(live(world)).toEqual([])
  })

  it('that a crash left between its two steps is given up at the next start, and the cancel goes on', async () => {
    const { world, orderId, target } = await openOrder()
    world.venue.slowCancels = true
    const result = await replace(world, orderId, { limitPrice: new Decimal('58000') })
    const next = world.open({ journal: world.journal.reopen() })
    await during(world, next.start())
    world.venue.settleCancels()
    await pass(world, 10_000)
    expect(await world.journal.getIntent(result.intent?.intentId ?? '')).toMatchObject({ state: 'ABANDONED' })
    expect(await world.journal.getIntent(target.intentId)).toMatchObject({ state: 'CANCELLED' })
    expect(world.venue.sent).toHaveLength(1)
  })

  it('above the threshold cancels nothing before a person has approved', async () => {
    const { world, orderId } = await openOrder(undefined, { policy: { requireConfirmationAboveUsd: '6500' } })
    const result = await replace(world, orderId, { size: new Decimal('0.2') })
    expect(result).toMatchObject({ outcome: 'awaiting_approval' })
    expect(world.venue.cancelled).toEqual([])
    const intentId = result.intent?.intentId ?? ''
    await during(world, world.desk.decideApproval({ principal: approver, intentId, decision: 'approved' }))
    await pass(world, 5_000)
    expect(await world.journal.getIntent(intentId)).toMatchObject({ state: 'OPEN', kind: 'replace' })
    expect(live(world)).toHaveLength(1)
  })

  it('can itself be edited and replaced', async () => {
    const { world, orderId } = await openOrder()
    const first = await replace(world, orderId, { limitPrice: new Decimal('58000') })
    const id = first.intent?.intentId ?? ''
    await pass(world, 1_000)
    const second = await during(world, world.desk.edit({ principal: trader, id, size: new Decimal('0.05') }))
    expect(second).toMatchObject({ outcome: 'accepted', how: 'edit', target: { terms: limitBuy('58000', '0.05') } })
    const third = await replace(world, id, { limitPrice: new Decimal('57000') })
    expect(third).toMatchObject({ outcome: 'accepted', intent: { terms: limitBuy('57000', '0.05') } })
    expect(live(world)).toHaveLength(1)
  })
})

describe('a cancel', () => {
  it('of an edit that waits gives it up; of one that was sent it cancels the order', async () => {
    const { world, orderId, target } = await openOrder(undefined, { policy: { requireConfirmationAboveUsd: '6500' } })
    const waiting = await during(world, world.desk.edit({ principal: trader, id: orderId, size: new Decimal('0.2') }))
    const id = waiting.intent?.intentId ?? ''
    expect(await during(world, world.desk.cancel(trader, id))).toMatchObject({ outcome: 'cancelled' })
    expect(await world.journal.getIntent(target.intentId)).toMatchObject({ state: 'OPEN' })
    world.venue.editScript.push('vanished')
    const sent = await during(world, world.desk.edit({ principal: trader, id: orderId, size: new Decimal('0.05') }))
    expect(await during(world, world.desk.cancel(trader, sent.intent?.intentId ?? ''))).toMatchObject({
      outcome: 'cancelled',
      intent: { intentId: target.intentId },
    })
    await pass(world, 5_000)
    expect(await world.journal.getIntent(sent.intent?.intentId ?? '')).toMatchObject({ state: 'NEVER_ACCEPTED' })
  })
})
