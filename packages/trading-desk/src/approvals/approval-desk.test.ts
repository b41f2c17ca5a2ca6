import { PermissionError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { approver, during, limitBuy, marketBuy, openWorld, pass, trader } from '../../test/desk-world.js'

async function withWaiting(terms = limitBuy()) {
  const world = await openWorld({ policy: { requireConfirmationAboveUsd: '500', maxOrderValueUsd: '5000' } })
  const { intent, outcome } = await during(world, world.desk.place({ principal: trader, terms }))
  expect(outcome).toBe('awaiting_approval')
  expect(world.venue.sent).toHaveLength(0)
  const intentId = intent?.intentId ?? ''
  const decide = (decision: 'approved' | 'denied', principal = approver) =>
    during(world, world.desk.decideApproval({ principal, intentId, decision }))
  const state = async () => (await world.journal.getIntent(intentId))?.state
  return { world, intentId, decide, state }
}

describe('an order that needs a person', () => {
  it('waits with its reservations held, and leaves when somebody else approves', async () => {
    const { world, intentId, decide, state } = await withWaiting()
    expect(world.journal.heldBy(intentId).every(({ held }) => held > 0n)).toBe(true)
    expect((await world.desk.listApprovals(true)).map((row) => row.intent.intentId)).toEqual([intentId])
    const answer = await decide('approved')
    expect(answer).toMatchObject({ ok: true, intent: { approvedBy: 'ann' } })
    await pass(world, 1_000)
    expect(await state()).toBe('OPEN')
    expect(world.venue.sent).toHaveLength(1)
    expect(await world.desk.listApprovals(true)).toEqual([])
  })

  it('is not held back by its own reservations or its own place in the rate', async () => {
    const world = await openWorld({
      balances: { USD: '1000' },
      policy: { requireConfirmationAboveUsd: '500', maxPositionSizePct: '100', maxOrdersPerMinute: 1 },
    })
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: marketBuy('900') }))
    await during(
      world,
      world.desk.decideApproval({ principal: approver, intentId: intent?.intentId ?? '', decision: 'approved' }),
    )
    await pass(world, 1_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('FILLED')
  })

  it('is sent within a second when another process recorded the approval', async () => {
    const { world, intentId, state } = await withWaiting()
    const intent = await world.journal.getIntent(intentId)
    await world.journal.decideApproval({
      intentId,
      termsHash: intent?.termsHash ?? '',
      decision: 'approved',
      by: 'ann',
    })
    await pass(world, 1_000)
    expect(world.venue.sent).toHaveLength(1)
    expect(['ACKED', 'OPEN']).toContain(await state())
  })

  it('cannot be approved by a trader, not even another one', async () => {
    const { world, decide } = await withWaiting()
    await expect(decide('approved', { name: 'bob', role: 'trader' })).rejects.toThrow(PermissionError)
    expect(world.venue.sent).toHaveLength(0)
  })

  it('cannot be approved by whoever asked for it, whatever role it has now', async () => {
    const { world, decide } = await withWaiting()
    expect(await decide('approved', { name: 'local', role: 'admin' })).toMatchObject({ ok: false })
    await pass(world, 2_000)
    expect(world.venue.sent).toHaveLength(0)
  })

  it('is gone with its reservations when denied', async () => {
    const { world, intentId, decide, state } = await withWaiting()
    expect(await decide('denied')).toMatchObject({ ok: true, intent: { state: 'APPROVAL_DENIED' } })
    expect(world.journal.heldBy(intentId).every(({ held }) => held === 0n)).toBe(true)
    expect(await decide('approved')).toMatchObject({ ok: false })
    await pass(world, 2_000)
    expect(await state()).toBe('APPROVAL_DENIED')
    expect(world.venue.sent).toHaveLength(0)
  })

  it('expires when nobody decides, and gives everything back', async () => {
    const { world, intentId, state } = await withWaiting()
    await pass(world, 121_500)
    expect(await state()).toBe('APPROVAL_EXPIRED')
    expect(world.journal.heldBy(intentId).every(({ held }) => held === 0n)).toBe(true)
  })

  it('expires when the price has left the band before the yes', async () => {
    const { world, decide, state } = await withWaiting(marketBuy('900'))
    world.market.setPrice('BTC-USD', '67000', '67010')
    await decide('approved')
    expect(await state()).toBe('APPROVAL_EXPIRED')
    expect(world.venue.sent).toHaveLength(0)
  })

  it('expires when a rule has changed its mind: trading was halted', async () => {
    const { world, decide, state } = await withWaiting()
    await world.desk.setMode({ principal: trader, scope: 'account', mode: 'HALTED', reason: 'test' })
    await decide('approved')
    expect(await state()).toBe('APPROVAL_EXPIRED')
    expect(world.venue.sent).toHaveLength(0)
  })

  it('waits for fresh prices after the yes, and goes when they come', async () => {
    const { world, decide, state } = await withWaiting(marketBuy('900'))
    world.market.down = true
    await world.time.advance(6_000)
    await decide('approved')
    expect(await state()).toBe('RESERVED')
    expect(world.venue.sent).toHaveLength(0)
    world.market.down = false
    await pass(world, 2_000)
    expect(await state()).toBe('FILLED')
  })

  it('survives a restart, and is sent by the next desk after its recovery', async () => {
    const { world, intentId, state } = await withWaiting()
    await world.desk.close()
    const next = world.open()
    await during(world, next.start())
    expect(await state()).toBe('AWAITING_APPROVAL')
    await during(world, next.decideApproval({ principal: approver, intentId, decision: 'approved' }))
    await pass(world, 1_000)
    expect(await state()).toBe('OPEN')
  })

  it('approved just before a crash is decided again and sent once by the next desk', async () => {
    const { world, intentId, state } = await withWaiting()
    await world.desk.close()
    const intent = await world.journal.getIntent(intentId)
    await world.journal.decideApproval({
      intentId,
      termsHash: intent?.termsHash ?? '',
      decision: 'approved',
      by: 'ann',
    })
    const next = world.open()
    await during(world, next.start())
    await pass(world, 3_000)
    expect(await state()).toBe('OPEN')
    expect(world.venue.sent).toHaveLength(1)
  })
})
