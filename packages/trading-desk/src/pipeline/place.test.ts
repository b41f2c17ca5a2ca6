import { IdempotencyConflictError, NotReadyError, PermissionError, StoreError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import {
  approver,
  during,
  limitBuy,
  marketBuy,
  marketSell,
  openWorld,
  other,
  pass,
  trader,
  viewer,
} from '../../test/desk-world.js'

describe('placing an order', () => {
  it('fills a market order, records its fills before its end, and gives every reservation back', async () => {
    const world = await openWorld()
    const { desk, venue, journal } = world
    const result = await during(world, desk.place({ principal: trader, terms: marketBuy('100') }))
    expect(result.outcome).toBe('accepted')
    expect(result.intent?.state).toBe('FILLED')
    expect(venue.sent).toHaveLength(1)
    const fills = await journal.listFills()
    expect(fills.map((fill) => fill.baseSize.toFixed())).toEqual([result.intent?.filledSize])
    expect((await journal.limitUsage([])).rows.every((row) => row.window !== 'open' || row.used === 0n)).toBe(true)
    const order = (await journal.auditEntries({ limit: 100 })).map((entry) => entry.type)
    expect(order.indexOf('fill')).toBeLessThan(order.lastIndexOf('venue_order'))
  })

  it('leaves a resting limit order open, holding its reservations', async () => {
    const world = await openWorld()
    const result = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    expect(result.outcome).toBe('accepted')
    await pass(world, 1_000)
    expect((await world.desk.getOrder(result.intent?.intentId ?? ''))?.state).toBe('OPEN')
    expect(world.journal.heldBy(result.intent?.intentId ?? '').every(({ held }) => held > 0n)).toBe(true)
  })

  it('answers a market order within waitMs and goes on following it afterwards', async () => {
    const world = await openWorld()
    world.venue.fillsAtOnce = false
    const result = await during(world, world.desk.place({ principal: trader, terms: marketBuy(), waitMs: 300 }))
    expect(result.intent?.state).toBe('OPEN')
    world.venue.fill('venue-1')
    await pass(world, 1_000)
    expect((await world.journal.getIntent(result.intent?.intentId ?? ''))?.state).toBe('FILLED')
  })

  it('counts and logs what it placed under the names of the specification', async () => {
    const world = await openWorld()
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: marketBuy('100') }))
    await pass(world, 2_000)
    const names = world.metrics.samples.map((sample) => sample.name)
    for (const name of [
      'orders_placed_total',
      'order_placement_time_ms',
      'trading_volume_usd',
      'position_sizes_by_product',
      'pnl_realized_usd',
      'pnl_unrealized_usd',
    ]) {
      expect(names, name).toContain(name)
    }
    expect(world.log.entries.find((entry) => entry.event === 'order_placed')?.fields).toMatchObject({
      order_id: intent?.venueOrderId,
      product: 'BTC-USD',
      side: 'BUY',
      size: '100 (quote)',
      order_type: 'MARKET',
      agent_id: 'local',
    })
  })
})

describe('what never reaches the venue', () => {
  it('is an order of somebody who may not place', async () => {
    const world = await openWorld()
    await expect(world.desk.place({ principal: viewer, terms: marketBuy() })).rejects.toThrow(PermissionError)
    await expect(world.desk.place({ principal: approver, terms: marketBuy() })).rejects.toThrow(PermissionError)
    expect(world.venue.sent).toHaveLength(0)
  })

  it('is an order that the rules deny: recorded with every reason, counted by code', async () => {
    const world = await openWorld({ policy: { maxOrderValueUsd: '50' } })
    const result = await during(world, world.desk.place({ principal: trader, terms: marketBuy('100') }))
    expect(result.outcome).toBe('denied')
    expect(result.intent?.state).toBe('DENIED')
    expect(result.decision?.kind === 'denied' && result.decision.denials.map((denial) => denial.code)).toContain(
      'RISK_MAX_ORDER_VALUE',
    )
    expect(world.metrics.samples).toContainEqual(
      expect.objectContaining({ name: 'order_rejections_total', labels: { code: 'RISK_MAX_ORDER_VALUE', by: 'risk' } }),
    )
    expect(world.venue.sent).toHaveLength(0)
  })

  it('is the eleventh order in a minute, denied orders counted', async () => {
    const world = await openWorld({ policy: { maxOrdersPerMinute: 3, maxOrderValueUsd: '50' } })
    const place = (quote: string) => during(world, world.desk.place({ principal: trader, terms: marketBuy(quote) }))
    expect((await place('10')).outcome).toBe('accepted')
    expect((await place('100')).outcome).toBe('denied')
    expect((await place('11')).outcome).toBe('accepted')
    const fourth = await place('12')
    expect(fourth.decision?.kind === 'denied' && fourth.decision.denials[0]?.code).toBe('RISK_ORDER_RATE')
    await pass(world, 61_000)
    expect((await place('12')).outcome).toBe('accepted')
  })

  it('is an order before recovery is done', async () => {
    const world = await openWorld({ cold: true })
    await expect(world.desk.place({ principal: trader, terms: marketBuy() })).rejects.toThrow(NotReadyError)
    expect(world.desk.readiness()).toEqual({ ready: false, reason: 'recovery has not begun' })
  })

  it('waits for a recovery under way before it turns an order away, and then takes it', async () => {
    const world = await openWorld({ cold: true, settings: { readyWaitMs: 5_000 } })
    const placing = world.desk.place({ principal: trader, terms: marketBuy() })
    await world.time.advance(1_000)
    expect(world.venue.sent).toHaveLength(0)
    await world.desk.start()
    expect((await during(world, placing)).outcome).toBe('accepted')
  })

  it('is an order whose wait for recovery was in vain', async () => {
    const world = await openWorld({ cold: true, settings: { readyWaitMs: 5_000 } })
    const placing = world.desk.place({ principal: trader, terms: marketBuy() })
    const refused = expect(placing).rejects.toThrow(NotReadyError)
    await world.time.advance(5_001)
    await refused
  })

  it('is an order in a dry run: decided, not recorded, not sent', async () => {
    const world = await openWorld({ deps: { dryRun: true } })
    const result = await during(world, world.desk.place({ principal: trader, terms: marketBuy() }))
    expect(result).toMatchObject({ outcome: 'dry_run', decision: { kind: 'approved' } })
    expect(result.intent).toBeUndefined()
    expect(await world.journal.listIntents()).toEqual([])
    expect(world.venue.sent).toHaveLength(0)
  })

  it('is an order on stale prices, on a product that does not exist, or with balances that cannot be read', async () => {
    const world = await openWorld()
    const codes = async (productId?: string) => {
      const work = world.desk.place({ principal: trader, terms: marketBuy('100', productId) })
      await world.time.advance(0)
      const result = await work
      return result.decision?.kind === 'denied' ? result.decision.denials.map((denial) => denial.code) : []
    }
    await world.time.advance(6_000)
    expect(await codes()).toContain('RISK_STALE_DATA')
    world.market.refresh()
    expect(await codes('DOGE-USD')).toContain('PRODUCT_NOT_FOUND')
    world.venue.accountFails = true
    expect(await codes()).toContain('RISK_STALE_DATA')
    expect(world.venue.sent).toHaveLength(0)
  })

  it('is an order while the mode forbids it; sells of what is held pass in REDUCE_ONLY', async () => {
    const world = await openWorld()
    const set = (mode: 'ACTIVE' | 'REDUCE_ONLY' | 'HALTED') =>
      world.desk.setMode({ principal: approver, scope: 'product:BTC-USD', mode, reason: 'test' })
    await set('REDUCE_ONLY')
    expect((await during(world, world.desk.place({ principal: trader, terms: marketBuy() }))).outcome).toBe('denied')
    expect((await during(world, world.desk.place({ principal: trader, terms: marketSell() }))).outcome).toBe('accepted')
    await set('HALTED')
    const alias = await during(world, world.desk.place({ principal: trader, terms: marketBuy('50', 'BTC-USDC') }))
    expect(alias.decision?.kind === 'denied' && alias.decision.denials[0]?.code).toBe('RISK_HALTED')
    expect(world.venue.sent).toHaveLength(1)
  })
})

describe('a repeated call', () => {
  it('with the same key and terms answers the first intent where it stands now, and sends nothing', async () => {
    const world = await openWorld()
    const first = await during(world, world.desk.place({ principal: trader, terms: limitBuy(), key: 'k1' }))
    world.venue.fill('venue-1')
    await pass(world, 1_000)
    const second = await during(world, world.desk.place({ principal: trader, terms: limitBuy(), key: 'k1' }))
    expect(second.duplicateOf).toBe(first.intent?.intentId)
    expect(second.intent?.state).toBe('FILLED')
    expect(second.decision).toBeUndefined()
    expect(world.venue.sent).toHaveLength(1)
  })

  it('with the same key and other terms is a conflict', async () => {
    const world = await openWorld()
    await during(world, world.desk.place({ principal: trader, terms: limitBuy(), key: 'k1' }))
    const again = world.desk.place({ principal: trader, terms: limitBuy('58000'), key: 'k1' })
    await expect(during(world, again)).rejects.toThrow(IdempotencyConflictError)
    expect(world.venue.sent).toHaveLength(1)
  })

  it('without a key is the same wish for a minute, and a new one afterwards', async () => {
    const world = await openWorld()
    const place = () => during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    const first = await place()
    expect((await place()).duplicateOf).toBe(first.intent?.intentId)
    await pass(world, 61_000)
    const third = await place()
    expect(third.duplicateOf).toBeUndefined()
    expect(world.venue.sent).toHaveLength(2)
  })

  it('of another agent with the same key is another wish', async () => {
    const world = await openWorld()
    await during(world, world.desk.place({ principal: trader, terms: limitBuy(), key: 'k1' }))
    const second = await during(world, world.desk.place({ principal: other, terms: limitBuy('58000'), key: 'k1' }))
    expect(second.outcome).toBe('accepted')
    expect(new Set(world.venue.sent.map((sent) => sent.clientOrderId)).size).toBe(2)
  })

  it('made three times at once sends one order', async () => {
    const world = await openWorld()
    const calls = [1, 2, 3].map(() => world.desk.place({ principal: trader, terms: marketBuy(), key: 'k' }))
    const results = await during(world, Promise.all(calls))
    expect(world.venue.sent).toHaveLength(1)
    expect(new Set(results.map((result) => result.intent?.intentId)).size).toBe(1)
  })

  it('works before recovery, because it starts nothing', async () => {
    const world = await openWorld()
    const first = await during(world, world.desk.place({ principal: trader, terms: limitBuy(), key: 'k1' }))
    const next = world.open()
    const again = await during(world, next.place({ principal: trader, terms: limitBuy(), key: 'k1' }))
    expect(again.duplicateOf).toBe(first.intent?.intentId)
  })
})

describe('limits under load', () => {
  it('hold for orders placed at once: the races that are lost are decided again', async () => {
    const world = await openWorld({
      balances: { USD: '1000' },
      policy: { maxPositionSizePct: '100', maxOrdersPerMinute: 100 },
    })
    const sizes = Array.from({ length: 12 }, (_, index) => `${100 + index}`)
    world.venue.fillsAtOnce = false
    const results = await during(
      world,
      Promise.all(sizes.map((size) => world.desk.place({ principal: trader, terms: marketBuy(size), waitMs: 0 }))),
    )
    const accepted = results.filter((result) => result.outcome === 'accepted')
    expect(accepted.length).toBeGreaterThanOrEqual(8)
    const spent = accepted.reduce((sum, { intent }) => sum + Number(intent?.worstNotionalUsd), 0)
    expect(spent).toBeLessThanOrEqual(1000)
    const denied = results.filter((result) => result.outcome === 'denied')
    expect(denied.length).toBe(sizes.length - accepted.length)
    for (const result of denied) {
      expect(result.decision?.kind === 'denied' && result.decision.denials.length).toBeGreaterThan(0)
    }
  })

  it('that never hold still end in ERR_NOT_READY after the bounded tries, with nothing sent', async () => {
    const world = await openWorld({ settings: { recordTries: 3 } })
    let tries = 0
    world.journal.recordIntent = async () => {
      tries++
      return { kind: 'lost_race', what: 'snapshot is out of date' }
    }
    await expect(during(world, world.desk.place({ principal: trader, terms: marketBuy() }))).rejects.toThrow(
      /limits changed 3 times/,
    )
    expect(tries).toBe(3)
    expect(world.venue.sent).toHaveLength(0)
  })
})

describe('a store that fails', () => {
  it('over to another owner: this desk sends nothing and takes nothing more', async () => {
    const world = await openWorld()
    world.journal.reopen()
    const result = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    expect(result).toMatchObject({ outcome: 'not_sent', intent: { state: 'RESERVED' } })
    expect(world.desk.readiness()).toMatchObject({ ready: false })
    const next = world.desk.place({ principal: trader, terms: limitBuy('58000') })
    await expect(during(world, next)).rejects.toThrow(/another process owns/)
    expect(world.venue.sent).toHaveLength(0)
  })

  it('before transaction 1: the error comes through, nothing was sent', async () => {
    const world = await openWorld()
    world.journal.failNext('recordIntent', 'before')
    await expect(during(world, world.desk.place({ principal: trader, terms: marketBuy() }))).rejects.toThrow(StoreError)
    expect(world.venue.sent).toHaveLength(0)
  })

  it('after transaction 1: the intent is found and carried out', async () => {
    const world = await openWorld()
    world.journal.failNext('recordIntent', 'after')
    const result = await during(world, world.desk.place({ principal: trader, terms: marketBuy() }))
    expect(result.outcome).toBe('accepted')
    expect(world.venue.sent).toHaveLength(1)
  })

  it('before transaction 2: not sent, and its reservations come back with the next reconciliation', async () => {
    const world = await openWorld()
    world.journal.failNext('beginSubmit', 'before')
    await expect(during(world, world.desk.place({ principal: trader, terms: marketBuy() }))).rejects.toThrow(StoreError)
    await pass(world, 60_000)
    await during(world, world.desk.reconcile('test'))
    expect((await world.journal.listIntents())[0]?.state).toBe('ABANDONED')
    expect(world.venue.sent).toHaveLength(0)
  })

  it('after transaction 2: nothing was sent, but it counts as unknown until the proof', async () => {
    const world = await openWorld()
    world.journal.failNext('beginSubmit', 'after')
    const result = await during(world, world.desk.place({ principal: trader, terms: marketBuy() }))
    expect(result.outcome).toBe('unknown')
    expect(world.journal.heldBy(result.intent?.intentId ?? '').every(({ held }) => held > 0n)).toBe(true)
    await pass(world, 60_000)
    expect((await world.journal.getIntent(result.intent?.intentId ?? ''))?.state).toBe('NEVER_ACCEPTED')
    expect(world.venue.sent).toHaveLength(0)
  })

  it('at transaction 3: the outcome is written when the store is back', async () => {
    const world = await openWorld()
    const submit = world.venue.submit.bind(world.venue)
    world.venue.submit = async (ticket) => {
      const ack = await submit(ticket)
      world.journal.failNext('apply', 'before')
      return ack
    }
    const result = await during(world, world.desk.place({ principal: trader, terms: marketBuy() }))
    expect(result.intent?.state).toBe('FILLED')
    expect(world.venue.sent).toHaveLength(1)
  })

  it('at transaction 3 for good: the answer is unknown, and reconciliation finds the order', async () => {
    const world = await openWorld({ settings: { storeRetryDelaysMs: [] } })
    const submit = world.venue.submit.bind(world.venue)
    world.venue.submit = async (ticket) => {
      const ack = await submit(ticket)
      world.journal.failNext('apply', 'before')
      return ack
    }
    const result = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    expect(result.outcome).toBe('unknown')
    await pass(world, 10_000)
    expect((await world.journal.getIntent(result.intent?.intentId ?? ''))?.state).toBe('OPEN')
    expect(world.venue.all()).toHaveLength(1)
  })
})
