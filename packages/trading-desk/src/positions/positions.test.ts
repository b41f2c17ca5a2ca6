import { describe, expect, it } from 'vitest'
import { during, marketBuy, marketSell, openWorld, pass, trader } from '../../test/desk-world.js'

describe('positions', () => {
  it('take their size from the wallet and their cost from the fills', async () => {
    const world = await openWorld()
    await pass(world, 1_500)
    const buy = await during(world, world.desk.place({ principal: trader, terms: marketBuy('600') }))
    await pass(world, 1_000)
    const view = await during(world, world.desk.positions('BTC-USD'))
    const [btc] = view.positions
    expect(btc?.asset).toBe('BTC')
    expect(Number(btc?.size)).toBeCloseTo(0.1 + Number(buy.intent?.filledSize), 12)
    expect(btc).toMatchObject({ averageEntryPrice: '60010', costBasisComplete: false })
    expect(view.day.complete).toBe(true)
    expect(view.day.feesUsd.toNumber()).toBeGreaterThan(3)
    expect(view.ageMs).toBeLessThanOrEqual(1_000)
  })

  it('leave out what has no price: unknown, never 0', async () => {
    const world = await openWorld({ balances: { USD: '1000', XYZ: '5' } })
    const { positions } = await during(world, world.desk.positions())
    expect(positions.find((position) => position.asset === 'XYZ')).toMatchObject({ size: '5', marketPrice: undefined })
  })
})

describe('the result of the day', () => {
  it('is measured from marks that survive a restart, so a restart forgives nothing', async () => {
    const world = await openWorld({ policy: { maxLossPerDayUsd: '100', maxPositionSizePct: '100' } })
    await pass(world, 1_500)
    const place = (desk = world.desk) => during(world, desk.place({ principal: trader, terms: marketBuy('50') }))
    expect((await place()).outcome).toBe('accepted')
    world.market.setPrice('BTC-USD', '58900', '58910')
    const denied = await place(world.desk).then((result) => result)
    expect(denied.duplicateOf).toBeDefined()
    const next = world.open()
    await during(world, next.start())
    const again = await during(world, next.place({ principal: trader, terms: marketBuy('51') }))
    expect(again.decision?.kind === 'denied' && again.decision.denials[0]?.code).toBe('RISK_DAILY_LOSS')
    const sell = await during(world, next.place({ principal: trader, terms: marketSell('0.05') }))
    expect(sell.outcome).toBe('accepted')
  })

  it('gets a new mark with the new UTC day, before anybody asks', async () => {
    const world = await openWorld()
    await pass(world, 1_500)
    await world.time.advance(12 * 3_600_000)
    await pass(world, 3_000)
    const mark = await world.journal.markDay({ day: '2026-11-25', prices: {}, atMs: 0 })
    expect(mark.prices['BTC']).toBe('60010')
  })

  it('is not marked from a catalogue that does not answer, or without a price of what is held', async () => {
    const world = await openWorld({ cold: true })
    world.market.down = true
    await during(world, world.desk.start())
    await world.time.advance(5_000)
    world.market.down = false
    world.market.refresh()
    await world.time.advance(2_000)
    const mark = await world.journal.markDay({ day: '2026-11-24', prices: {}, atMs: 0 })
    expect(mark.prices['BTC']).toBe('60010')
  })
})

describe('fills', () => {
  it('come from the journal, and from the venue where the question reaches back before the first start', async () => {
    const world = await openWorld({ cold: true, feed: false })
    world.venue.placeOutside(marketSell('0.01'))
    await world.time.advance(60_000)
    world.market.refresh()
    await during(world, world.desk.start())
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: marketBuy('50') }))
    expect(await during(world, world.desk.fills({}))).toHaveLength(1)
    const all = await during(world, world.desk.fills({ sinceMs: 0 }))
    expect(all.map((fill) => fill.side)).toEqual(['SELL', 'BUY'])
    expect(await during(world, world.desk.fills({ orderId: intent?.intentId ?? '' }))).toHaveLength(1)
  })
})
