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
import type { PlaceRequest } from '../desk.js'

const wide = { maxPositionSizePct: '100', maxLossPerDayUsd: '1000000', maxPriceJumpPct: 'off' } as const

async function codesOf(
  world: DeskWorld,
  request: Partial<PlaceRequest>,
  desk = world.desk,
): Promise<readonly string[]> {
  const terms = request.terms ?? marketBuy('100')
  const { decision } = await during(world, desk.place({ principal: trader, ...request, terms }))
  return decision?.kind === 'denied' ? decision.denials.map(({ code }) => code) : []
}

describe('the peak of the portfolio', () => {
  it('is there again after a restart: the drawdown goes on counting, and exits pass', async () => {
    const world = await openWorld({ balances: { USD: '100000' }, policy: { ...wide, maxDrawdownPct: '10' } })
    expect(await codesOf(world, { terms: marketBuy('40000') })).toEqual([])
    world.market.setPrice('BTC-USD', '119990', '120010')
    expect(await codesOf(world, { terms: marketSell('0.01') })).toEqual([])
    await pass(world, 1_000)
    expect(await codesOf(world, { terms: marketBuy('101') })).toEqual([])
    world.market.setPrice('BTC-USD', '59990', '60010')
    expect(await codesOf(world, { terms: marketBuy('102') })).toEqual(['RISK_DRAWDOWN'])
    await during(world, world.desk.close())

    const restarted = world.open()
    await restarted.start()
    await pass(world, 1_000)
    expect(await codesOf(world, { terms: marketBuy('103') }, restarted)).toEqual(['RISK_REDUCE_ONLY', 'RISK_DRAWDOWN'])
    expect(await codesOf(world, { terms: marketSell('0.01') }, restarted)).toEqual([])
  })
})

describe('the same order under another key', () => {
  it('is refused for a while, and passes when that is over', async () => {
    const world = await openWorld({ policy: { duplicateOrderWindowMs: 5_000 } })
    expect(await codesOf(world, { terms: limitBuy(), key: 'a' })).toEqual([])
    expect(await codesOf(world, { terms: limitBuy(), key: 'b' })).toEqual(['RISK_DUPLICATE_ORDER'])
    expect(await codesOf(world, { terms: limitBuy('58999'), key: 'c' })).toEqual([])
    expect(await codesOf(world, { terms: limitBuy(), key: 'd', principal: other })).toEqual([])
    await pass(world, 5_000)
    expect(await codesOf(world, { terms: limitBuy(), key: 'e' })).toEqual([])
  })

  it('is no repeat of one that came to nothing', async () => {
    const world = await openWorld({ policy: { duplicateOrderWindowMs: 60_000 } })
    world.venue.script.push('rejected')
    expect(await codesOf(world, { terms: limitBuy(), key: 'a' })).toEqual([])
    expect(await codesOf(world, { terms: limitBuy(), key: 'b' })).toEqual([])
  })
})

describe('entering again after every fill', () => {
  it('stops at the limit, over all names of the book; the agent may only exit until a person resumes it', async () => {
    const world = await openWorld({ policy: { ...wide, maxReentries: 2, reentryWindowMs: 60_000 } })
    expect(await codesOf(world, { terms: marketBuy('100') })).toEqual([])
    expect(await codesOf(world, { terms: marketBuy('101', 'BTC-USDC') })).toEqual([])
    await pass(world, 1_000)
    expect(await codesOf(world, { terms: marketBuy('102') })).toEqual(['RISK_REPEATED_ENTRY'])
    expect(await codesOf(world, { terms: marketBuy('103', 'ETH-USD') })).toEqual(['RISK_REDUCE_ONLY'])
    expect(await codesOf(world, { terms: marketBuy('103', 'ETH-USD'), principal: other })).toEqual([])
    expect(await codesOf(world, { terms: marketSell('0.0001') })).toEqual([])
    await pass(world, 60_000)
    expect(await codesOf(world, { terms: marketBuy('104') })).toEqual(['RISK_REDUCE_ONLY'])
    await world.desk.setMode({ principal: approver, scope: 'agent:local', mode: 'ACTIVE', reason: 'looked at it' })
    expect(await codesOf(world, { terms: marketBuy('105') })).toEqual([])
  })
})

describe('a price that jumps', () => {
  it('stops entries until the prices of the window agree again', async () => {
    const world = await openWorld({ policy: { maxPriceJumpPct: '5', priceJumpWindowMs: 30_000 } })
    expect(await codesOf(world, { terms: marketBuy('100') })).toEqual([])
    world.market.setPrice('BTC-USD', '62980', '63010')
    expect(await codesOf(world, { terms: marketBuy('101') })).toEqual([])
    world.market.setPrice('BTC-USD', '66990', '67010')
    expect(await codesOf(world, { terms: marketBuy('102') })).toEqual(['RISK_PRICE_JUMP'])
    expect(await codesOf(world, { terms: marketSell('0.0001') })).toEqual([])
    await pass(world, 31_000)
    expect(await codesOf(world, { terms: marketBuy('103') })).toEqual([])
  })
})

describe('counts by scope', () => {
  it('hold the value of the day over a restart, for the account and the agent, until the UTC day ends', async () => {
    const world = await openWorld({ policy: { ...wide, maxValuePerDayUsd: '500', maxValuePerDayPerAgentUsd: '250' } })
    expect(await codesOf(world, { terms: marketBuy('200') })).toEqual([])
    expect(await codesOf(world, { terms: marketBuy('100') })).toEqual(['RISK_DAILY_VALUE'])
    await during(world, world.desk.close())
    const restarted = world.open()
    await restarted.start()
    await pass(world, 1_000)
    expect(await codesOf(world, { terms: marketBuy('101') }, restarted)).toEqual(['RISK_DAILY_VALUE'])
    expect(await codesOf(world, { terms: marketBuy('240'), principal: other }, restarted)).toEqual([])
    expect(await codesOf(world, { terms: marketBuy('90'), principal: other }, restarted)).toContain('RISK_DAILY_VALUE')
    expect(await codesOf(world, { terms: marketSell('0.001') }, restarted)).toEqual([])
    const rows = (await world.journal.limitUsage([])).rows.filter(({ scope }) => scope.startsWith('value:'))
    expect(new Set(rows.map(({ window }) => window)).size).toBe(1)
    const used = rows.find(({ scope }) => scope === 'value:account')?.used ?? 0n
    expect(used > 439_990_000n && used <= 440_000_000n).toBe(true)
  })

  it('give back what an order of the day did not fill', async () => {
    const world = await openWorld({ policy: { maxValuePerDayUsd: '600' } })
    const placed = await during(world, world.desk.place({ principal: trader, terms: limitBuy('59000', '0.01') }))
    expect(await codesOf(world, { terms: marketBuy('100') })).toEqual(['RISK_DAILY_VALUE'])
    await during(world, world.desk.cancel(trader, placed.intent?.intentId ?? ''))
    await pass(world, 1_000)
    expect(await codesOf(world, { terms: marketBuy('101') })).toEqual([])
  })

  it('hold the order rate of a book under all its names', async () => {
    const world = await openWorld({ policy: { maxOrdersPerMinutePerProduct: 2 } })
    expect(await codesOf(world, { terms: marketBuy('100') })).toEqual([])
    expect(await codesOf(world, { terms: marketBuy('101', 'BTC-USDC') })).toEqual([])
    expect(await codesOf(world, { terms: marketBuy('102', 'BTC-USDC') })).toEqual(['RISK_ORDER_RATE'])
    expect(await codesOf(world, { terms: marketBuy('103', 'ETH-USD') })).toEqual([])
  })

  it('hold the number of open orders, and free a place when one is cancelled', async () => {
    const world = await openWorld({ policy: { maxOpenOrders: 2 } })
    const first = await during(world, world.desk.place({ principal: trader, terms: limitBuy('59000') }))
    expect(await codesOf(world, { terms: limitBuy('58999') })).toEqual([])
    expect(await codesOf(world, { terms: limitBuy('58998') })).toEqual(['RISK_OPEN_ORDERS'])
    await during(world, world.desk.cancel(trader, first.intent?.intentId ?? ''))
    await pass(world, 1_000)
    expect(await codesOf(world, { terms: limitBuy('58997') })).toEqual([])
  })
})

describe('an order that waits for a person', () => {
  it('is not its own repeat when it is decided again', async () => {
    const world = await openWorld({
      policy: {
        requireConfirmationAboveUsd: '50',
        duplicateOrderWindowMs: 60_000,
        maxOpenOrders: 1,
        maxValuePerDayUsd: '100',
      },
    })
    const waiting = await during(world, world.desk.place({ principal: trader, terms: marketBuy('100') }))
    expect(waiting.intent?.state).toBe('AWAITING_APPROVAL')
    const intentId = waiting.intent?.intentId ?? ''
    await during(
      world,
      world.desk.decideApproval({ principal: { name: 'ann', role: 'approver' }, intentId, decision: 'approved' }),
    )
    await pass(world, 5_000)
    expect((await world.journal.getIntent(intentId))?.state).toBe('FILLED')
  })
})
