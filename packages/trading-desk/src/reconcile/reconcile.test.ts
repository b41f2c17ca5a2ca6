import { Decimal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { approver, during, limitBuy, marketBuy, marketSell, openWorld, pass, trader } from '../../test/desk-world.js'

describe('an order in doubt', () => {
  async function withDoubt(fault: 'ack_lost' | 'vanished' | 'late') {
    const world = await openWorld()
    world.venue.script.push(fault)
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    const intentId = intent?.intentId ?? ''
    return {
      world,
      intentId,
      state: async () => (await world.journal.getIntent(intentId))?.state,
      held: () => world.journal.heldBy(intentId).every(({ reservation, held }) => held === reservation.amount),
    }
  }

  it('is found by our own id and followed from then on', async () => {
    const { world, intentId, state } = await withDoubt('ack_lost')
    await pass(world, 2_000)
    expect(await state()).toBe('OPEN')
    world.venue.fill('venue-1')
    await pass(world, 2_000)
    expect(await world.journal.getIntent(intentId)).toMatchObject({ state: 'FILLED', filledSize: '0.01' })
    expect(world.metrics.samples.some((sample) => sample.name === 'orders_placed_total')).toBe(true)
  })

  it('that arrives late is found late, and held all the time until then', async () => {
    const { world, state, held } = await withDoubt('late')
    await pass(world, 4_500)
    expect(await state()).toBe('UNKNOWN')
    expect(held()).toBe(true)
    await pass(world, 10_000)
    expect(await state()).toBe('OPEN')
  })

  it('that is nowhere is given back only after the proof', async () => {
    const { world, intentId, state, held } = await withDoubt('vanished')
    await pass(world, 6_000)
    expect(await state()).toBe('UNKNOWN')
    expect(held()).toBe(true)
    await pass(world, 60_000)
    expect(await state()).toBe('NEVER_ACCEPTED')
    expect(world.journal.heldBy(intentId).every(({ held: amount }) => amount === 0n)).toBe(true)
    expect((await during(world, world.desk.getOrder(intentId)))?.state).toBe('NEVER_ACCEPTED')
  })

  it('is never given back by scans that fail', async () => {
    const { world, state } = await withDoubt('vanished')
    world.venue.readsFail = true
    await pass(world, 300_000)
    expect(await state()).toBe('UNKNOWN')
    world.venue.readsFail = false
    await pass(world, 60_000)
    expect(await state()).toBe('NEVER_ACCEPTED')
  })

  it('that surfaces after it was given up is taken back, cancelled, and the account only reduces', async () => {
    const { world, intentId, state } = await withDoubt('vanished')
    await pass(world, 60_000)
    expect(await state()).toBe('NEVER_ACCEPTED')
    const { clientOrderId, terms } = world.venue.sent[0] ?? {}
    const orderId = world.venue.placeOutside(terms ?? limitBuy())
    world.venue.change(orderId, { clientOrderId: clientOrderId ?? '' })
    await during(world, world.desk.reconcile('test'))
    await pass(world, 2_000)
    expect(await world.journal.getIntent(intentId)).toMatchObject({ state: 'CANCELLED', venueOrderId: orderId })
    expect(await world.desk.modes()).toContainEqual(expect.objectContaining({ scope: 'account', mode: 'REDUCE_ONLY' }))
  })

  it('whose order has other terms goes to quarantine', async () => {
    const { world, state } = await withDoubt('ack_lost')
    world.venue.change('venue-1', { limitPrice: new Decimal(60_000) })
    await pass(world, 2_000)
    expect(await state()).toBe('QUARANTINED')
  })

  it('is looked for when somebody asks for it', async () => {
    const world = await openWorld({ settings: { unknownPollMs: [600_000] }, feed: false })
    world.venue.script.push('ack_lost')
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    expect(intent?.state).toBe('UNKNOWN')
    const found = await during(world, world.desk.getOrder(intent?.intentId ?? ''))
    expect(found?.venueOrderId).toBe('venue-1')
  })
})

describe('a start', () => {
  it('reconciles before it takes orders; reads and cancels work meanwhile', async () => {
    const world = await openWorld()
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    const next = world.open()
    world.venue.readsFail = true
    await during(world, next.start())
    expect(next.readiness()).toMatchObject({ ready: false })
    expect((await during(world, next.getOrder(intent?.intentId ?? '')))?.intentId).toBe(intent?.intentId)
    expect((await during(world, next.balances())).balances.length).toBeGreaterThan(0)
    expect((await during(world, next.cancel(trader, intent?.intentId ?? ''))).cancel).toBe('sent')
    world.venue.readsFail = false
    await pass(world, 5_000)
    expect(next.readiness()).toEqual({ ready: true, reason: 'ready' })
  })

  it('takes a submit found under way as unknown, and finds the order', async () => {
    const world = await openWorld()
    world.venue.script.push('hang')
    void world.desk.place({ principal: trader, terms: limitBuy() }).catch(() => {})
    await world.time.advance(10)
    expect((await world.journal.listIntents())[0]?.state).toBe('SUBMITTING')
    const next = world.open()
    await during(world, next.start())
    const [intent] = await world.journal.listIntents()
    expect(intent?.venueOrderId).toBe('venue-1')
    expect(world.venue.sent).toHaveLength(1)
  })

  it('abandons what was recorded and never sent', async () => {
    const world = await openWorld()
    world.journal.beginSubmit = () => new Promise(() => {})
    void world.desk.place({ principal: trader, terms: limitBuy() }).catch(() => {})
    await world.time.advance(10)
    const [intent] = await world.journal.listIntents()
    expect(intent?.state).toBe('RESERVED')
    await during(world, world.open().start())
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('ABANDONED')
    expect(world.journal.heldBy(intent?.intentId ?? '').every(({ held }) => held === 0n)).toBe(true)
  })

  it('catches up with fills and cancels that happened while nobody looked', async () => {
    const world = await openWorld()
    const place = async (price: string) =>
      (await during(world, world.desk.place({ principal: trader, terms: limitBuy(price) }))).intent?.intentId ?? ''
    const filled = await place('59000')
    const cancelled = await place('58000')
    await world.desk.close()
    world.venue.fill('venue-1')
    await during(world, world.venue.cancel(['venue-2']))
    await world.time.advance(86_400_000)
    world.market.refresh()
    await during(world, world.open().start())
    await pass(world, 2_000)
    expect((await world.journal.getIntent(filled))?.state).toBe('FILLED')
    expect((await world.journal.getIntent(cancelled))?.state).toBe('CANCELLED')
    expect(await world.journal.listFills()).toHaveLength(1)
    expect(await world.desk.modes()).toEqual([])
  })
})

describe('orders from outside', () => {
  it('are adopted from the stream and count as exposure', async () => {
    const world = await openWorld({ balances: { USD: '10000' } })
    world.venue.placeOutside(limitBuy('59000', '0.04'))
    await pass(world, 1_000)
    const [intent] = await world.desk.listOrders({ principal: 'external' })
    expect(intent).toMatchObject({ state: 'OPEN', principal: 'external' })
    const denied = await during(world, world.desk.place({ principal: trader, terms: limitBuy('59000', '0.01') }))
    expect(denied.decision?.kind === 'denied' && denied.decision.denials.map((denial) => denial.code)).toContain(
      'RISK_POSITION_LIMIT',
    )
  })

  it('are found by the regular listing without a stream, and their fills are booked', async () => {
    const world = await openWorld({ feed: false })
    const resting = world.venue.placeOutside(limitBuy('59000'))
    const gone = world.venue.placeOutside(marketSell('0.02'))
    await pass(world, 6_000)
    expect(await world.journal.findByVenueOrderId(resting)).toBeDefined()
    const report = await during(world, world.desk.reconcile('test'))
    await pass(world, 2_000)
    expect(await world.journal.findByVenueOrderId(gone)).toMatchObject({ principal: 'external', state: 'FILLED' })
    expect(report.differences).toEqual([])
    expect(await world.desk.modes()).toEqual([])
  })

  it('that nobody can count stop what adds risk', async () => {
    const world = await openWorld({ feed: false })
    const orderId = world.venue.placeOutside(limitBuy())
    const { baseSize: _size, ...rest } = world.venue.all()[0] ?? {}
    world.venue.listOrders = async () => [{ ...rest, orderId, orderType: 'TWAP' } as never]
    const report = await during(world, world.desk.reconcile('test'))
    expect(report.differences[0]).toMatch(/no size that could be counted/)
    expect(await world.desk.modes()).toContainEqual(expect.objectContaining({ scope: 'account', mode: 'REDUCE_ONLY' }))
  })
})

describe('the wallets', () => {
  it('at the very first start are the opening inventory, not a difference', async () => {
    const world = await openWorld()
    const report = await during(world, world.desk.reconcile('test'))
    expect(report.differences).toEqual([])
    const baselines = (await world.journal.auditEntries({ limit: 100 })).filter(
      (entry) => entry.type === 'ledger_baseline',
    )
    expect(baselines).toHaveLength(1)
    await during(world, world.open().start())
    const after = (await world.journal.auditEntries({ limit: 100 })).filter((entry) => entry.type === 'ledger_baseline')
    expect(after).toHaveLength(1)
  })

  it('agree with the record after trading, to the last digit', async () => {
    const world = await openWorld()
    await pass(world, 1_000)
    await during(world, world.desk.place({ principal: trader, terms: marketBuy('321.09') }))
    await during(world, world.desk.place({ principal: trader, terms: marketSell('0.0123') }))
    await during(world, world.desk.place({ principal: trader, terms: marketBuy('77', 'BTC-USDC') }))
    await pass(world, 2_000)
    const report = await during(world, world.desk.reconcile('test'))
    expect(report.differences).toEqual([])
    expect(await world.journal.listFills()).toHaveLength(3)
  })

  it('that lost or gained money without a reason stop what adds risk and are reported with numbers', async () => {
    const world = await openWorld()
    await pass(world, 1_000)
    world.venue.move('USD', '-5')
    const report = await during(world, world.desk.reconcile('test'))
    expect(report.differences).toEqual([
      expect.stringMatching(/USD: the venue holds 99995, .* explain 100000 \(5 less\)/),
    ])
    expect(await world.desk.modes()).toContainEqual(expect.objectContaining({ scope: 'account', mode: 'REDUCE_ONLY' }))
  })

  it('moved by a deposit are explained', async () => {
    const world = await openWorld()
    await pass(world, 1_000)
    world.venue.move('USD', '500')
    world.venue.moved.push({
      transferId: 't1',
      type: 'fiat_deposit',
      status: 'completed',
      currency: 'USD',
      amount: new Decimal(500),
      createdAtMs: world.time.nowMs(),
    })
    const report = await during(world, world.desk.reconcile('test'))
    expect(report.differences).toEqual([])
  })

  it('that differ are accepted by the person who resumes, and by nothing else', async () => {
    const world = await openWorld()
    await pass(world, 1_000)
    world.venue.move('BTC', '-0.01')
    await during(world, world.desk.reconcile('test'))
    await world.desk.setMode({ principal: approver, scope: 'account', mode: 'ACTIVE', reason: 'moved to cold storage' })
    await pass(world, 1_000)
    const report = await during(world, world.desk.reconcile('test'))
    expect(report.differences).toEqual([])
    expect((await world.desk.modes()).find((row) => row.scope === 'account')?.mode).toBe('ACTIVE')
    const entry = (await world.journal.auditEntries({ limit: 500 }))
      .filter((item) => item.type === 'ledger_baseline')
      .at(-1)
    expect(entry).toMatchObject({ actor: 'ann', body: expect.stringContaining('cold storage') as string })
  })

  it('that are ahead of the lists of executions are no difference', async () => {
    const world = await openWorld({ settings: { settleTimeoutMs: 60_000 } })
    await pass(world, 1_000)
    world.venue.fillLagMs = 30_000
    await during(world, world.desk.place({ principal: trader, terms: marketBuy() }))
    expect((await during(world, world.desk.reconcile('test'))).differences).toEqual([])
    await pass(world, 40_000)
    expect((await during(world, world.desk.reconcile('test'))).differences).toEqual([])
    expect((await world.journal.listIntents())[0]?.state).toBe('FILLED')
    expect(await world.desk.modes()).toEqual([])
  })

  it('that an order in doubt may have moved are no difference', async () => {
    const world = await openWorld({ settings: { unknownPollMs: [600_000] }, feed: false })
    await pass(world, 1_000)
    world.venue.listingLagMs = 60_000
    world.venue.fillLagMs = 60_000
    world.venue.script.push('ack_lost')
    await during(world, world.desk.place({ principal: trader, terms: marketBuy() }))
    expect((await during(world, world.desk.reconcile('test'))).differences).toEqual([])
    expect(await world.desk.modes()).toEqual([])
  })

  it('that move while they are read are no difference', async () => {
    const world = await openWorld()
    await pass(world, 1_000)
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    await pass(world, 1_000)
    const balances = world.venue.balances.bind(world.venue)
    let filled = false
    world.venue.balances = async () => {
      if (!filled) world.venue.fill(intent?.venueOrderId ?? '')
      filled = true
      return balances()
    }
    const report = await during(world, world.desk.reconcile('test'))
    expect(report.differences).toEqual([])
    expect(await world.desk.modes()).toEqual([])
  })
})

describe('a gap in the stream', () => {
  it('makes the desk look for itself', async () => {
    const world = await openWorld()
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    await pass(world, 20_000)
    const heard: string[] = []
    world.desk.listen((event) => {
      if (event.type === 'reconciled') heard.push(event.report.trigger)
    })
    world.venue.gap('sequence 7 after 5')
    await pass(world, 1_000)
    expect(heard).toEqual(['gap: sequence 7 after 5'])
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('OPEN')
  })
})

describe('closing', () => {
  it('takes no more orders, writes down as unknown what had no answer, and leaves resting orders alone', async () => {
    const world = await openWorld({ settings: { closeWaitMs: 200 } })
    await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    world.venue.script.push('hang')
    void world.desk.place({ principal: trader, terms: limitBuy('58000') }).catch(() => {})
    await world.time.advance(10)
    await during(world, world.desk.close())
    expect(world.desk.readiness()).toEqual({ ready: false, reason: 'closing' })
    await expect(world.desk.place({ principal: trader, terms: marketBuy() })).rejects.toThrow(/closing/)
    expect((await world.journal.listIntents()).map((intent) => intent.state).sort()).toEqual(['OPEN', 'UNKNOWN'])
    expect(world.venue.all().every((order) => order.status === 'OPEN')).toBe(true)
  })
})
