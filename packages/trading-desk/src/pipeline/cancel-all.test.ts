import { PermissionError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { during, limitBuy, marketBuy, openWorld, pass, trader, viewer } from '../../test/desk-world.js'

const wide = { maxOrdersPerMinute: 1_000, requireConfirmationAboveUsd: '1000' }

describe('cancelling everything', () => {
  it('takes ours, those from outside and those not sent, until two listings are empty', async () => {
    const world = await openWorld({ policy: wide })
    for (const price of ['59000', '58000', '57000']) {
      await during(world, world.desk.place({ principal: trader, terms: limitBuy(price) }))
    }
    await during(world, world.desk.place({ principal: trader, terms: limitBuy('56000', '0.1') }))
    world.venue.placeOutside(limitBuy('50000'))
    const result = await during(world, world.desk.cancelAll(trader))
    expect(result).toMatchObject({ allGone: true, remaining: [] })
    expect(result.results).toHaveLength(5)
    expect(result.results.filter((one) => one.intent).every((one) => one.outcome === 'cancelled')).toBe(true)
    expect(world.venue.all().every((order) => order.status === 'CANCELLED')).toBe(true)
  })

  it('takes a product with its aliases and leaves the others', async () => {
    const world = await openWorld({ policy: wide })
    world.venue.placeOutside(limitBuy('59000', '0.01', 'BTC-USD'))
    world.venue.placeOutside(limitBuy('59000', '0.01', 'BTC-USDC'))
    const kept = world.venue.placeOutside(limitBuy('2000', '0.1', 'ETH-USD'))
    const result = await during(world, world.desk.cancelAll(trader, 'BTC-USD'))
    expect(result.allGone).toBe(true)
    expect(
      world.venue
        .all()
        .filter((order) => order.status === 'OPEN')
        .map((order) => order.orderId),
    ).toEqual([kept])
  })

  it('sends hundreds in chunks of 100', async () => {
    const world = await openWorld({ feed: false })
    for (let index = 0; index < 250; index++) world.venue.placeOutside(limitBuy('50000', '0.00001'))
    const sizes: number[] = []
    const cancel = world.venue.cancel.bind(world.venue)
    world.venue.cancel = (ids) => {
      sizes.push(ids.length)
      return cancel(ids)
    }
    const result = await during(world, world.desk.cancelAll(trader))
    expect(sizes).toEqual([100, 100, 50])
    expect(result.allGone).toBe(true)
  })

  it('says what remains when the venue does not let go in time', async () => {
    const world = await openWorld({ policy: wide, settings: { cancelAllMaxMs: 3_000 } })
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    world.venue.slowCancels = true
    const result = await during(world, world.desk.cancelAll(trader))
    expect(result).toMatchObject({ allGone: false, remaining: [intent?.venueOrderId] })
  })

  it('does not call an order in doubt gone', async () => {
    const world = await openWorld({ policy: wide, settings: { cancelAllMaxMs: 2_000 } })
    world.venue.script.push('late')
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    const result = await during(world, world.desk.cancelAll(trader))
    expect(result).toMatchObject({ allGone: false, remaining: [intent?.intentId] })
    await pass(world, 12_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('CANCELLED')
  })

  it('works halted, before recovery, without market data and without the store', async () => {
    const world = await openWorld({ policy: wide })
    await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    await world.desk.setMode({ principal: trader, scope: 'account', mode: 'HALTED', reason: 'test' })
    const next = world.open()
    world.market.down = true
    world.journal.listIntents = () => Promise.reject(new Error('disk full'))
    const work = next.cancelAll(trader)
    for (let step = 0; step < 10; step++) await world.time.advance(500)
    expect((await work).allGone).toBe(true)
    expect(world.venue.all()[0]?.status).toBe('CANCELLED')
  })

  it('cannot be asked for by a viewer', async () => {
    const world = await openWorld()
    await expect(world.desk.cancelAll(viewer)).rejects.toThrow(PermissionError)
  })

  it('leaves a finished order alone', async () => {
    const world = await openWorld()
    await during(world, world.desk.place({ principal: trader, terms: marketBuy() }))
    expect(await during(world, world.desk.cancelAll(trader))).toEqual({ results: [], allGone: true, remaining: [] })
    expect(world.venue.cancelled).toEqual([])
  })
})
