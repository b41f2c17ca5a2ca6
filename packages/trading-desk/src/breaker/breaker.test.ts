import { definePolicy } from '@tidegate/risk-engine'
import { type OrderTerms, VenueRejectedError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import {
  approver,
  type DeskWorld,
  during,
  limitBuy,
  marketBuy,
  marketSell,
  openWorld,
  other,
  pass,
  trader,
} from '../../test/desk-world.js'

const place = (world: DeskWorld, terms = limitBuy(), principal = trader, desk = world.desk) =>
  during(world, desk.place({ principal, terms }))

const codes = (result: Awaited<ReturnType<typeof place>>) =>
  result.decision?.kind === 'denied' ? result.decision.denials.map(({ code }) => code) : []

/** Buys 0.2 and lets the price fall by a tenth: 1,200 USD lost and something in fees. */
async function afterLoss(policy: Parameters<typeof openWorld>[0] = {}) {
  const world = await openWorld(policy)
  await place(world, marketBuy('12000'))
  await pass(world, 1_000)
  world.market.setPrice('BTC-USD', '53990', '54010')
  return world
}

describe('the breaker', () => {
  it('leaves only exits at the daily loss, before anybody places an order', async () => {
    const world = await afterLoss({ policy: { maxLossPerDayUsd: '1000', maxPositionSizePct: '90' } })
    await during(world, world.desk.reconcile('test'))
    await pass(world, 2_000)
    expect(await world.desk.modes()).toMatchObject([
      { scope: 'account', mode: 'REDUCE_ONLY', by: 'desk', reason: expect.stringContaining('daily loss') },
    ])
    expect(codes(await place(world))).toContain('RISK_REDUCE_ONLY')
    expect((await place(world, marketSell('0.001'))).outcome).toBe('accepted')
  })

  it('does not forgive a loss for a new day, a better price or a restart: a person does', async () => {
    const world = await afterLoss({ policy: { maxLossPerDayUsd: '1000', maxPositionSizePct: '90' } })
    expect(codes(await place(world))).toContain('RISK_DAILY_LOSS')
    world.market.setPrice('BTC-USD', '59990', '60010')
    world.time.step(86_400_000)
    await pass(world, 5_000)
    await world.desk.close()
    const next = world.open({ journal: world.journal.reopen() })
    await during(world, next.start())
    const terms = limitBuy('58000')
    expect(codes(await place(world, terms, trader, next))).toEqual(['RISK_REDUCE_ONLY'])
    await next.setMode({ principal: approver, scope: 'account', mode: 'ACTIVE', reason: 'seen' })
    expect((await place(world, limitBuy('58001'), trader, next)).outcome).toBe('accepted')
  })

  it('trips an agent alone at a limit that is only its own', async () => {
    const own = definePolicy({ requireConfirmationAboveUsd: '100000', maxLossPerDayUsd: '1000' })
    const world = await afterLoss({
      policy: { maxLossPerDayUsd: '5000', maxPositionSizePct: '90' },
      deps: { agentPolicies: new Map([[other.name, own]]) },
    })
    expect(codes(await place(world, limitBuy(), other))).toContain('RISK_DAILY_LOSS')
    expect(await world.desk.modes()).toMatchObject([{ scope: 'agent:other', mode: 'REDUCE_ONLY' }])
    expect((await place(world, limitBuy('53000'))).outcome).toBe('accepted')
  })

  it('leaves an agent only exits when the venue refuses its orders one after the other, and the account when all do', async () => {
    const world = await openWorld({ settings: { rejectsPerAgent: 3, rejectsPerAccount: 5 } })
    const refuse = async (principal: typeof trader, price: number) => {
      world.venue.script.push('rejected')
      return place(world, limitBuy(String(price)), principal)
    }
    for (let turn = 0; turn < 3; turn++) expect((await refuse(trader, 59_000 - turn)).outcome).toBe('rejected')
    await pass(world, 100)
    expect(await world.desk.modes()).toMatchObject([{ scope: 'agent:local', mode: 'REDUCE_ONLY' }])
    expect(codes(await place(world, limitBuy('58000')))).toEqual(['RISK_REDUCE_ONLY'])
    for (let turn = 0; turn < 2; turn++) await refuse(other, 57_000 - turn)
    await pass(world, 100)
    expect(await world.desk.modes()).toContainEqual(expect.objectContaining({ scope: 'account', mode: 'REDUCE_ONLY' }))
  })

  it('does not count post-only orders that would have traded: that refusal is what they ask for', async () => {
    const world = await openWorld({ settings: { rejectsPerAgent: 2, rejectsPerAccount: 2 } })
    const word = 'INVALID_LIMIT_PRICE_POST_ONLY'
    world.venue.submit = () =>
      Promise.reject(new VenueRejectedError('It would trade', word, { endpoint: 'createOrder', httpStatus: 200 }))
    for (let turn = 0; turn < 3; turn++) {
      const result = await place(world, { ...limitBuy(String(59_000 - turn)), postOnly: true } as OrderTerms)
      expect(result).toMatchObject({ outcome: 'rejected', intent: { outcomeReason: expect.stringContaining(word) } })
    }
    await pass(world, 100)
    expect(await world.desk.modes()).toEqual([])
  })

  it('counts refusals of a while only', async () => {
    const world = await openWorld({ settings: { rejectsPerAgent: 2, rejectWindowMs: 10_000 } })
    for (let turn = 0; turn < 3; turn++) {
      world.venue.script.push('rejected')
      await place(world, limitBuy(String(59_000 - turn)))
      await pass(world, 11_000)
    }
    expect(await world.desk.modes()).toEqual([])
  })

  it('never keeps anybody from cancelling', async () => {
    const world = await openWorld()
    const { intent } = await place(world)
    for (const scope of ['account', 'product:BTC-USD', 'agent:local']) {
      await world.desk.setMode({ principal: trader, scope, mode: 'HALTED', reason: 'test' })
    }
    expect(await during(world, world.desk.cancel(trader, intent?.intentId ?? ''))).toMatchObject({
      outcome: 'cancelled',
    })
  })

  it('lets nothing but cancels pass when nobody knows what is held', async () => {
    const world = await openWorld()
    const { intent } = await place(world)
    world.venue.balances = () => Promise.reject(new Error('socket hang up'))
    expect(codes(await place(world, marketSell('0.001')))).toContain('RISK_STALE_DATA')
    expect((await during(world, world.desk.cancel(trader, intent?.intentId ?? ''))).outcome).toBe('cancelled')
    expect(world.venue.sent).toHaveLength(1)
  })
})
