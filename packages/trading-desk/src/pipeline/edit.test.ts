import type { EditFault } from '@tidegate/testkit'
import { Decimal, type Intent, isTerminal, NotReadyError, PermissionError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import {
  approver,
  type DeskWorld,
  during,
  limitBuy,
  marketBuy,
  openWorld,
  other,
  pass,
  trader,
  type WorldOptions,
} from '../../test/desk-world.js'
import type { EditRequest, EditResult } from '../desk.js'

async function openOrder(options: WorldOptions = {}, terms = limitBuy('59000', '0.1')) {
  const world = await openWorld(options)
  const { intent } = await during(world, world.desk.place({ principal: trader, terms }))
  if (!intent?.venueOrderId) throw new Error('no order')
  return { world, target: intent, orderId: intent.venueOrderId }
}

const edit = (world: DeskWorld, id: string, change: Partial<EditRequest>, faults: readonly EditFault[] = []) => {
  world.venue.editScript.push(...faults)
  return during(world, world.desk.edit({ principal: trader, id, ...change }))
}

const price = (text: string) => ({ limitPrice: new Decimal(text) })
const size = (text: string) => ({ size: new Decimal(text) })

/** What the intents hold together of the wallet, in units of a micro-dollar. */
function heldUsd({ journal }: DeskWorld, ...intents: readonly (Intent | undefined)[]): bigint {
  return intents
    .flatMap((intent) => (intent ? journal.heldBy(intent.intentId) : []))
    .filter(({ reservation }) => reservation.scope === 'balance:USD')
    .reduce((sum, { held }) => sum + held, 0n)
}

const codes = (result: EditResult) =>
  result.denials.concat(result.decision?.kind === 'denied' ? result.decision.denials : []).map((denial) => denial.code)

describe('an edit', () => {
  it('changes a resting order in place, sends price and size both, and completes what was not named', async () => {
    const { world, target, orderId } = await openOrder()
    const dearer = await edit(world, orderId, price('59500'))
    expect(dearer).toMatchObject({ outcome: 'accepted', how: 'edit', keepsPlace: false, intent: { state: 'APPLIED' } })
    expect(world.venue.edits[0]?.terms).toMatchObject(limitBuy('59500', '0.1'))
    expect(dearer.target).toMatchObject({ intentId: target.intentId, state: 'OPEN', terms: limitBuy('59500', '0.1') })
    const smaller = await edit(world, target.intentId, size('0.04'))
    expect(smaller).toMatchObject({
      outcome: 'accepted',
      keepsPlace: true,
      target: { terms: limitBuy('59500', '0.04') },
    })
    expect(world.venue.all()).toHaveLength(1)
    expect(world.venue.sent).toHaveLength(1)
    expect(heldUsd(world, target)).toBe(heldUsd(world, smaller.target))
    await pass(world, 5_000)
    expect(await world.journal.modes()).toEqual([])
    expect(await world.journal.getIntent(target.intentId)).toMatchObject({ state: 'OPEN' })
  })

  it('is followed by fills of the edited order to its end', async () => {
    const { world, target, orderId } = await openOrder()
    world.venue.fill(orderId, '0.03')
    await pass(world, 1_000)
    await edit(world, orderId, size('0.05'))
    world.venue.fill(orderId)
    await pass(world, 2_000)
    expect(await world.journal.getIntent(target.intentId)).toMatchObject({ state: 'FILLED', filledSize: '0.05' })
    expect(heldUsd(world, target)).toBe(0n)
    expect(await world.journal.modes()).toEqual([])
  })

  it('that takes the other side at its new price is applied and filled', async () => {
    const { world, target, orderId } = await openOrder()
    const result = await edit(world, orderId, price('60010'))
    expect(result).toMatchObject({ outcome: 'accepted', intent: { state: 'APPLIED' } })
    await pass(world, 2_000)
    expect(await world.journal.getIntent(target.intentId)).toMatchObject({ state: 'FILLED', filledSize: '0.1' })
    expect(await world.journal.modes()).toEqual([])
  })

  it.each([
    ['is gone already', 'nobody', price('59500'), 'ORDER_NOT_FOUND'],
    ['has these terms', undefined, price('59000'), 'EDIT_NO_CHANGE'],
    ['has filled further than the new size', undefined, size('0.05'), 'INVALID_ORDER_SIZE'],
    ['has no stop price', undefined, { stopPrice: new Decimal(1) }, 'EDIT_NOT_POSSIBLE'],
    ['would be off the price increment', undefined, price('59000.001'), 'INVALID_PRICE'],
    ['would exceed the wallet', undefined, size('100'), 'INSUFFICIENT_FUNDS'],
  ])('of an order that %s is denied with a code and sends nothing', async (_, id, change, code) => {
    const { world, target, orderId } = await openOrder()
    world.venue.fill(orderId, '0.05')
    const result = await edit(world, id ?? orderId, change)
    expect(result.outcome).toBe('denied')
    expect(codes(result)).toContain(code)
    expect(world.venue.edits).toEqual([])
    expect(await world.journal.getIntent(target.intentId)).toMatchObject({ terms: limitBuy('59000', '0.1') })
    if (result.intent) expect(result.intent).toMatchObject({ kind: 'edit', state: 'DENIED' })
  })

  it('of an order that is over, being cancelled, immediate or from outside is denied', async () => {
    const { world, orderId } = await openOrder()
    world.venue.slowCancels = true
    await during(world, world.desk.cancel(trader, orderId))
    expect(codes(await edit(world, orderId, price('58000')))).toEqual(['ORDER_NOT_OPEN'])
    world.venue.settleCancels()
    await pass(world, 2_000)
    expect(codes(await edit(world, orderId, price('58001')))).toEqual(['ORDER_NOT_OPEN'])
    const done = await during(world, world.desk.place({ principal: trader, terms: marketBuy('100') }))
    expect(codes(await edit(world, done.intent?.intentId ?? '', price('58002')))).toEqual(['EDIT_NOT_POSSIBLE'])
    const outside = world.venue.placeOutside(limitBuy('50000', '0.01'))
    await during(world, world.desk.reconcile('test'))
    expect(codes(await edit(world, outside, price('51000')))).toEqual(['EDIT_NOT_POSSIBLE'])
    expect(world.venue.edits).toEqual([])
  })

  it('of somebody else’s order is not permitted, nor while the venue does not show the order', async () => {
    const { world, orderId } = await openOrder()
    await expect(world.desk.edit({ principal: other, id: orderId, ...price('58000') })).rejects.toThrow(PermissionError)
    world.venue.readsFail = true
    await expect(edit(world, orderId, price('58000'))).rejects.toThrow(NotReadyError)
    expect(world.venue.edits).toEqual([])
  })

  it('is stopped by a halt, and while only reducing is allowed when it adds exposure', async () => {
    const { world, orderId } = await openOrder()
    await world.desk.setMode({ principal: trader, scope: 'account', mode: 'REDUCE_ONLY', reason: 'test' })
    expect(codes(await edit(world, orderId, size('0.2')))).toContain('RISK_REDUCE_ONLY')
    expect(codes(await edit(world, orderId, price('59001')))).toContain('RISK_REDUCE_ONLY')
    expect(await edit(world, orderId, { ...size('0.05'), ...price('58000') })).toMatchObject({ outcome: 'accepted' })
    await world.desk.setMode({ principal: trader, scope: 'account', mode: 'HALTED', reason: 'test' })
    expect(codes(await edit(world, orderId, size('0.01')))).toContain('RISK_HALTED')
    expect(world.venue.edits).toHaveLength(1)
  })

  it('counts as an order for the rate', async () => {
    const { world, orderId } = await openOrder({ policy: { maxOrdersPerMinute: 2 } })
    expect(await edit(world, orderId, price('58000'))).toMatchObject({ outcome: 'accepted' })
    expect(codes(await edit(world, orderId, price('57000')))).toContain('RISK_ORDER_RATE')
  })

  it('above the threshold waits for a person, holds what it adds, and goes once approved', async () => {
    const { world, target, orderId } = await openOrder({ policy: { requireConfirmationAboveUsd: '7000' } })
    const before = heldUsd(world, target)
    const waiting = await edit(world, orderId, size('0.15'))
    expect(waiting).toMatchObject({ outcome: 'awaiting_approval', intent: { state: 'AWAITING_APPROVAL' } })
    expect(heldUsd(world, target, waiting.intent)).toBeGreaterThan(before)
    expect(codes(await edit(world, orderId, size('0.11')))).toContain('EDIT_IN_PROGRESS')
    const intentId = waiting.intent?.intentId ?? ''
    await during(world, world.desk.decideApproval({ principal: approver, intentId, decision: 'approved' }))
    await pass(world, 1_000)
    expect(await world.journal.getIntent(intentId)).toMatchObject({ state: 'APPLIED' })
    expect(await world.journal.getIntent(target.intentId)).toMatchObject({ terms: limitBuy('59000', '0.15') })
  })

  it('asked for twice is made once, with a key for ever', async () => {
    const { world, orderId } = await openOrder()
    const first = await edit(world, orderId, price('58000'))
    const again = await edit(world, orderId, price('58000'))
    expect(again).toMatchObject({ outcome: 'accepted', duplicateOf: first.intent?.intentId })
    await edit(world, orderId, { ...price('57000'), key: 'mine' })
    await pass(world, 120_000)
    expect(await edit(world, orderId, { ...price('57000'), key: 'mine' })).toMatchObject({ outcome: 'accepted' })
    await expect(edit(world, orderId, { ...price('56000'), key: 'mine' })).rejects.toThrow('used for another wish')
    expect(world.venue.edits).toHaveLength(2)
    expect(await edit(world, orderId, price('58000'))).toMatchObject({ outcome: 'accepted' })
    expect(world.venue.edits).toHaveLength(3)
  })
})

describe('an edit whose fate is open', () => {
  const doubtful: readonly EditFault[] = ['vanished', 'late', 'rate_limited']

  it.each(['ack_lost', 'throws', 'hang'] as const)('(%s) is found applied by its order', async (fault) => {
    const { world, target, orderId } = await openOrder({ settings: { submitTimeoutMs: 1_000 } })
    const result = await edit(world, orderId, { ...size('0.2'), ...price('58000') }, [fault])
    await pass(world, 3_000)
    const intent = await world.journal.getIntent(result.intent?.intentId ?? '')
    expect(intent).toMatchObject({ state: 'APPLIED' })
    expect(await world.journal.getIntent(target.intentId)).toMatchObject({ terms: limitBuy('58000', '0.2') })
    expect(world.venue.edits).toHaveLength(1)
    expect(await world.journal.modes()).toEqual([])
  })

  it.each(doubtful)(
    '(%s) counts with the larger terms, blocks other changes, and is settled by proof',
    async (fault) => {
      const { world, target, orderId } = await openOrder()
      const before = heldUsd(world, target)
      const result = await edit(world, orderId, size('0.2'), [fault])
      expect(result).toMatchObject({ outcome: 'unknown', intent: { state: 'UNKNOWN' } })
      expect(heldUsd(world, target, result.intent)).toBe(before * 2n)
      expect(codes(await edit(world, orderId, size('0.15')))).toEqual(['EDIT_IN_PROGRESS'])
      await pass(world, 3_500)
      expect(heldUsd(world, target, result.intent)).toBe(before * 2n)
      await pass(world, 60_000)
      const settled = await world.journal.getIntent(result.intent?.intentId ?? '')
      expect(settled?.state).toBe(fault === 'late' ? 'APPLIED' : 'NEVER_ACCEPTED')
      expect(heldUsd(world, target, result.intent)).toBe(fault === 'late' ? before * 2n : before)
      expect(world.venue.edits).toHaveLength(1)
      expect(await world.journal.modes()).toEqual([])
      expect(await edit(world, orderId, price('58000'))).toMatchObject({ outcome: 'accepted' })
    },
  )

  it('is over with its order: what ended with the old terms was not edited', async () => {
    const { world, target, orderId } = await openOrder()
    const result = await edit(world, orderId, size('0.2'), ['vanished'])
    world.venue.fill(orderId)
    await pass(world, 3_000)
    expect(await world.journal.getIntent(result.intent?.intentId ?? '')).toMatchObject({ state: 'NEVER_ACCEPTED' })
    expect(heldUsd(world, target, result.intent)).toBe(0n)
  })

  it('taken but not made yet is accepted, and either comes true or is lost to a fill', async () => {
    for (const overtaken of [false, true]) {
      const { world, target, orderId } = await openOrder()
      const before = heldUsd(world, target)
      const result = await edit(world, orderId, size('0.05'), ['queued'])
      expect(result).toMatchObject({ outcome: 'accepted', intent: { state: 'ACKED' } })
      expect(heldUsd(world, target, result.intent)).toBe(before)
      if (overtaken) world.venue.fill(orderId, '0.07')
      world.venue.settleEdits()
      await pass(world, 60_000)
      const settled = await world.journal.getIntent(result.intent?.intentId ?? '')
      expect(settled?.state).toBe(overtaken ? 'FAILED' : 'APPLIED')
      expect(await world.journal.getIntent(target.intentId)).toMatchObject({
        state: 'OPEN',
        terms: limitBuy('59000', overtaken ? '0.1' : '0.05'),
      })
      expect(await world.journal.modes()).toEqual([])
    }
  })

  it('that surfaces after it was given up is taken as a fact, and the account may only reduce', async () => {
    const { world, target, orderId } = await openOrder()
    world.venue.lateByMs = 90_000
    const result = await edit(world, orderId, size('0.2'), ['late'])
    await pass(world, 60_000)
    expect(await world.journal.getIntent(result.intent?.intentId ?? '')).toMatchObject({ state: 'NEVER_ACCEPTED' })
    await pass(world, 100_000)
    expect(await world.journal.getIntent(result.intent?.intentId ?? '')).toMatchObject({ state: 'APPLIED' })
    expect(await world.journal.getIntent(target.intentId)).toMatchObject({ terms: limitBuy('59000', '0.2') })
    expect(await world.journal.modes()).toMatchObject([{ scope: 'account', mode: 'REDUCE_ONLY' }])
  })

  it('that was refused and of which a copy came through is taken as a fact, and the account may only reduce', async () => {
    const { world, target, orderId } = await openOrder()
    const before = heldUsd(world, target)
    const refused = await edit(world, orderId, size('0.2'), ['rejected'])
    expect(refused).toMatchObject({ outcome: 'rejected' })
    world.venue.change(orderId, { baseSize: new Decimal('0.2') })
    await pass(world, 35_000)
    expect(await world.journal.getIntent(refused.intent?.intentId ?? '')).toMatchObject({ state: 'APPLIED' })
    expect(await world.journal.getIntent(target.intentId)).toMatchObject({ terms: limitBuy('59000', '0.2') })
    expect(heldUsd(world, target, refused.intent)).toBe(before * 2n)
    expect(await world.journal.modes()).toMatchObject([{ scope: 'account', mode: 'REDUCE_ONLY' }])
  })

  it('with an order that shows a third price is quarantined, and the product halts', async () => {
    const { world, target, orderId } = await openOrder()
    const result = await edit(world, orderId, size('0.2'), ['third'])
    await pass(world, 2_000)
    for (const intentId of [target.intentId, result.intent?.intentId ?? '']) {
      expect(await world.journal.getIntent(intentId)).toMatchObject({ state: 'QUARANTINED' })
    }
    expect(await world.journal.modes()).toMatchObject([{ scope: 'product:BTC-USD', mode: 'HALTED' }])
  })

  it.each(['rejected', 'unauthorized'] as const)('(%s) leaves the order as it was', async (fault) => {
    const { world, target, orderId } = await openOrder()
    const before = heldUsd(world, target)
    const result = await edit(world, orderId, size('0.2'), [
      fault,
      ...(fault === 'unauthorized' ? ['rejected' as const] : []),
    ])
    expect(result).toMatchObject({ outcome: 'rejected', intent: { state: 'REJECTED' } })
    expect(heldUsd(world, target, result.intent)).toBe(before)
    expect(world.venue.edits).toHaveLength(fault === 'rejected' ? 1 : 2)
  })

  it('is resolved by the next start when the process dies at any step', async () => {
    for (const fault of ['ack_lost', 'vanished'] as const) {
      const { world, target, orderId } = await openOrder()
      const result = await edit(world, orderId, size('0.2'), [fault])
      await world.desk.close()
      const next = world.open({ journal: world.journal.reopen() })
      await during(world, next.start())
      await pass(world, 60_000)
      const settled = await world.journal.getIntent(result.intent?.intentId ?? '')
      expect(settled?.state).toBe(fault === 'ack_lost' ? 'APPLIED' : 'NEVER_ACCEPTED')
      expect(isTerminal((await world.journal.getIntent(target.intentId))?.state ?? 'OPEN')).toBe(false)
      expect(await world.journal.modes()).toEqual([])
    }
  })
})
