import type { SubmitFault } from '@tidegate/testkit'
import { Decimal } from '@tidegate/trading-model'
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
} from '../../test/desk-world.js'

async function placeWith(faults: readonly SubmitFault[], terms = limitBuy(), world?: DeskWorld) {
  const place = world ?? (await openWorld())
  place.venue.script.push(...faults)
  const result = await during(place, place.desk.place({ principal: trader, terms }))
  return { world: place, result, intentId: result.intent?.intentId ?? '' }
}

describe('a submit that the venue refuses', () => {
  it('is rejected: nothing is live, the reservations are back, the code is the public one', async () => {
    const { world, result, intentId } = await placeWith(['rejected'])
    expect(result.outcome).toBe('rejected')
    expect(result.intent).toMatchObject({ state: 'REJECTED', outcomeCode: 'INSUFFICIENT_FUNDS' })
    expect(world.journal.heldBy(intentId).every(({ held }) => held === 0n)).toBe(true)
    expect(world.metrics.samples).toContainEqual(
      expect.objectContaining({ name: 'order_rejections_total', labels: { code: 'INSUFFICIENT_FUNDS', by: 'venue' } }),
    )
  })

  it('with "duplicate client order id" is in doubt: an order exists, and it is found', async () => {
    const { world, result, intentId } = await placeWith(['duplicate_id'])
    expect(result.outcome).toBe('unknown')
    await pass(world, 2_000)
    expect((await world.journal.getIntent(intentId))?.state).toBe('OPEN')
  })
})

describe('a submit that surely did not arrive', () => {
  it.each<SubmitFault>(['not_sent', 'unauthorized'])('(%s) passes transaction 2 again and succeeds', async (fault) => {
    const { world, result } = await placeWith([fault])
    expect(result.outcome).toBe('accepted')
    expect(world.venue.all()).toHaveLength(1)
    const begun = (await world.journal.auditEntries({ limit: 1_000 })).filter((entry) => entry.type === 'submit_begun')
    expect(begun).toHaveLength(2)
  })

  it('is abandoned when it never gets through in its time', async () => {
    const { world, result, intentId } = await placeWith(['not_sent', 'not_sent', 'not_sent', 'not_sent', 'not_sent'])
    expect(result.outcome).toBe('not_sent')
    expect(result.intent?.state).toBe('ABANDONED')
    expect(world.journal.heldBy(intentId).every(({ held }) => held === 0n)).toBe(true)
    expect(world.venue.sent).toHaveLength(0)
  })

  it('is not tried again when its time would be up by then', async () => {
    const world = await openWorld({ settings: { limitTtlMs: 100 } })
    const { result } = await placeWith(['not_sent'], limitBuy(), world)
    expect(result.intent).toMatchObject({
      state: 'ABANDONED',
      outcomeReason: expect.stringMatching(/in time/) as string,
    })
    expect(world.venue.sent).toHaveLength(0)
  })

  it('is abandoned at once when the key lacks the permission', async () => {
    const { world, result } = await placeWith(['forbidden'])
    expect(result.intent?.state).toBe('ABANDONED')
    expect(world.venue.sent).toHaveLength(1)
  })

  it('is decided again before the next try: a price that ran away ends it', async () => {
    const world = await openWorld({ policy: { maxPriceJumpPct: 'off' } })
    world.venue.script.push('not_sent')
    const work = world.desk.place({ principal: trader, terms: marketBuy() })
    await world.time.advance(50)
    world.market.setPrice('BTC-USD', '80000', '80010')
    const result = await during(world, work)
    expect(result.intent?.state).toBe('ABANDONED')
    expect(result.intent?.outcomeReason).toMatch(/outside the band/)
    expect(world.venue.sent).toHaveLength(0)
  })

  it('is abandoned when trading was halted in between', async () => {
    const world = await openWorld()
    world.venue.script.push('not_sent')
    const work = world.desk.place({ principal: trader, terms: limitBuy() })
    await world.time.advance(50)
    await world.desk.setMode({ principal: trader, scope: 'account', mode: 'HALTED', reason: 'test' })
    expect((await during(world, work)).intent?.state).toBe('ABANDONED')
    expect(world.venue.sent).toHaveLength(0)
  })
})

describe('a submit without a verdict', () => {
  const doubtful: readonly SubmitFault[] = ['ack_lost', 'vanished', 'rate_limited', 'throws', 'late']

  it.each(doubtful)('(%s) is unknown, holds everything, and is never sent again', async (fault) => {
    const { world, result, intentId } = await placeWith([fault])
    expect(result.outcome).toBe('unknown')
    expect(result.intent?.state).toBe('UNKNOWN')
    expect(world.journal.heldBy(intentId).every(({ reservation, held }) => held === reservation.amount)).toBe(true)
    await pass(world, 120_000)
    expect(world.venue.sent).toHaveLength(1)
    expect(world.venue.all().length).toBeLessThanOrEqual(1)
  })

  it('whose answer never comes is unknown after its time; the order is found', async () => {
    const { world, result, intentId } = await placeWith(['hang'])
    expect(result.outcome).toBe('unknown')
    await pass(world, 2_000)
    expect((await world.journal.getIntent(intentId))?.state).toBe('OPEN')
    expect(world.venue.sent).toHaveLength(1)
  })

  it('whose answer comes late is settled by it', async () => {
    const world = await openWorld({ settings: { submitTimeoutMs: 500, unknownPollMs: [600_000] } })
    const submit = world.venue.submit.bind(world.venue)
    world.venue.submit = async (ticket) => {
      const ack = await submit(ticket)
      await world.time.sleep(2_000)
      return ack
    }
    const result = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    expect(result.outcome).toBe('unknown')
    await pass(world, 3_000)
    expect((await world.journal.getIntent(result.intent?.intentId ?? ''))?.state).toBe('OPEN')
  })

  it('goes on after the caller has left', async () => {
    const world = await openWorld()
    void world.desk.place({ principal: trader, terms: marketBuy() })
    await pass(world, 3_000)
    expect((await world.journal.listIntents())[0]?.state).toBe('FILLED')
  })
})

describe('an acknowledgement of something else', () => {
  it('puts the intent in quarantine with its exposure, and halts the product for every agent', async () => {
    const { world, result, intentId } = await placeWith(['wrong_ack'])
    expect(result.outcome).toBe('unknown')
    expect(result.intent?.state).toBe('QUARANTINED')
    expect(world.journal.heldBy(intentId).every(({ held }) => held > 0n)).toBe(true)
    expect(await world.desk.modes()).toContainEqual(
      expect.objectContaining({ scope: 'product:BTC-USD', mode: 'HALTED', by: 'desk' }),
    )
  })

  it('halts the whole book when it came in under an alias', async () => {
    const { world } = await placeWith(['wrong_ack'], limitBuy('59000', '0.01', 'BTC-USDC'))
    const blocked = await during(world, world.desk.place({ principal: other, terms: marketBuy('50') }))
    expect(blocked.decision?.kind === 'denied' && blocked.decision.denials[0]?.code).toBe('RISK_HALTED')
  })

  it('also when only the order behind it differs', async () => {
    const world = await openWorld()
    const work = world.desk.place({ principal: trader, terms: limitBuy('59000', '0.01') })
    await world.time.advance(0)
    const { clientOrderId } = (await work).intent ?? {}
    world.venue.change('venue-1', { baseSize: new Decimal('0.02') })
    await pass(world, 2_000)
    expect((await world.journal.findByClientOrderId(clientOrderId ?? ''))?.state).toBe('QUARANTINED')
    const blocked = await during(world, world.desk.place({ principal: trader, terms: marketBuy('50', 'BTC-USDC') }))
    expect(blocked.outcome).toBe('denied')
  })
})

describe('a kill switch', () => {
  it('that falls between the decision and transaction 2 keeps the order from leaving', async () => {
    const world = await openWorld()
    const begin = world.journal.beginSubmit.bind(world.journal)
    world.journal.beginSubmit = async (id, times) => {
      await world.journal.setMode({ scope: 'account', mode: 'HALTED', by: approver.name, reason: 'now' })
      return begin(id, times)
    }
    const result = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    expect(result.outcome).toBe('not_sent')
    expect(result.intent).toMatchObject({ state: 'ABANDONED', outcomeReason: 'trading is HALTED' })
    expect(world.venue.sent).toHaveLength(0)
  })

  it('falls by itself when so many orders are in doubt', async () => {
    const world = await openWorld({ settings: { haltAtUnknown: 2 } })
    await placeWith(['vanished'], limitBuy('59000'), world)
    await placeWith(['vanished'], limitBuy('58000'), world)
    await pass(world, 1_000)
    expect(await world.desk.modes()).toContainEqual(expect.objectContaining({ scope: 'account', mode: 'HALTED' }))
  })
})
