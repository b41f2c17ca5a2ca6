import { CountingIds, FakeTime, MemoryDisk, MemoryLog } from '@tidegate/testkit'
import { Decimal, type PriceEvent } from '@tidegate/trading-model'
import { afterEach, describe, expect, it } from 'vitest'
import { CAPTURED_FEE_TIERS } from '../accounts/fee-tiers.js'
import { createPaperExchange, type PaperExchange } from '../create-paper-exchange.js'
import { ExchangeEngine } from '../engine/exchange-engine.js'
import { reconcile } from '../engine/reconcile.js'
import { DEFAULT_PRODUCTS } from '../products.js'
import { handPrices } from '../testing/hand-prices.js'
import { testClient } from '../testing/test-client.js'
import { bracketOrder, ladderOrder, levelsEvent, limitOrder, stopOrder, twapOrder } from '../testing/test-market.js'
import { passGap } from './pass-gap.js'
import { openStateStore } from './state-store.js'

const open: PaperExchange[] = []
afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close()
})

function openEngine(disk: MemoryDisk, time: FakeTime) {
  const store = openStateStore({ disk, folder: '/paper', clock: time, log: new MemoryLog() })
  const engine = new ExchangeEngine({
    state: store.state,
    products: DEFAULT_PRODUCTS,
    clock: time,
    ids: new CountingIds(),
    log: new MemoryLog(),
    feeTiers: CAPTURED_FEE_TIERS,
    editDelayMs: 1_000,
    commit: (effects, atMs) => store.commit(effects, atMs),
    publish: () => {},
  })
  return { engine, store }
}

/** One order of every kind that lives on, killed without a goodbye. */
function killed() {
  const disk = new MemoryDisk()
  const time = new FakeTime()
  const { engine } = openEngine(disk, time)
  for (const [currency, amount] of [
    ['USD', '10000'],
    ['BTC', '10'],
  ] as const) {
    engine.deposit(currency, new Decimal(amount))
  }
  const other = engine.createPortfolio('other')
  engine.moveFunds({
    fromPortfolioId: 'default',
    toPortfolioId: other.portfolioId,
    currency: 'USD',
    amount: new Decimal(1_000),
  })
  engine.onPrice(
    levelsEvent(
      'BTC-USD',
      time.nowMs(),
      [
        ['bid', '99', '1'],
        ['ask', '101', '1'],
      ],
      true,
    ),
  )
  const trade = { kind: 'trade', productId: 'BTC-USD', aggressor: 'BUY', size: new Decimal('0.1') } as const
  engine.onPrice({ ...trade, atMs: time.nowMs(), price: new Decimal(100) })
  engine.place('bracket', bracketOrder('SELL', '1', '110', '90'))
  engine.place('twap', twapOrder('BUY', '2', '101', time.nowMs(), 4))
  engine.place(
    'ladder',
    ladderOrder('BUY', [
      ['98', '1'],
      ['97', '1'],
    ]),
  )
  engine.place('stop', stopOrder('SELL', '1', '95', '94', 'DOWN'))
  engine.place('edited', limitOrder('BUY', '1', '96'))
  engine.place('parent', limitOrder('BUY', '1', '98.5'), {
    attached: { limitPrice: new Decimal(120), stopTriggerPrice: new Decimal(80) },
  })
  engine.place('elsewhere', limitOrder('BUY', '1', '50'), { portfolioId: other.portfolioId })
  engine.onPrice({
    ...trade,
    aggressor: 'SELL',
    atMs: time.nowMs(),
    price: new Decimal('98.5'),
    size: new Decimal('0.5'),
  })
  const edited = engine.state.orderByClientId('edited')?.orderId ?? ''
  engine.editOrder(edited, { limitPrice: new Decimal('95.5'), size: new Decimal('0.9') })
  return { disk, time, engine, edited }
}

describe('a kill with every kind of order open', () => {
  it('loses no order, no fill, no portfolio and no edit', () => {
    const { disk, time, engine } = killed()
    const again = openEngine(disk, time).engine
    expect([...again.state.orders]).toEqual([...engine.state.orders])
    expect(again.state.fills).toEqual(engine.state.fills)
    expect(again.state.portfolioIds()).toEqual(engine.state.portfolioIds())
    for (const id of again.state.portfolioIds()) {
      expect(new Set(again.state.walletsOf(id).all())).toEqual(new Set(engine.state.walletsOf(id).all()))
    }
    expect(reconcile(again.state)).toEqual([])
    // And once more, from the snapshot that the second start has written.
    expect([...openEngine(disk, time).engine.state.orders]).toEqual([...engine.state.orders])
  })

  it('goes on with all of them: slices, edits, triggers and children', async () => {
    const { disk, time, edited } = killed()
    const { engine } = openEngine(disk, time)
    await time.advance(60_000)
    engine.onPrice(
      levelsEvent(
        'BTC-USD',
        time.nowMs(),
        [
          ['bid', '93', '10'],
          ['ask', '100', '1'],
        ],
        true,
      ),
    )
    engine.advance()
    const order = (name: string) => engine.state.orderByClientId(name)
    expect(order('twap')?.slicesSent).toBe(2)
    expect(engine.state.orders.get(edited)?.editHistory).toHaveLength(1)
    const trade = { kind: 'trade', productId: 'BTC-USD', aggressor: 'SELL', atMs: time.nowMs() } as const
    engine.onPrice({ ...trade, price: new Decimal('90'), size: new Decimal(100) })
    expect(order('ladder')?.status).toBe('FILLED')
    expect([order('stop')?.isTriggered, order('bracket')?.isTriggered]).toEqual([true, true])
    expect(engine.state.childrenOf(order('parent')?.orderId ?? '')[0]?.terms.size).toEqual({
      kind: 'base',
      baseSize: new Decimal(1),
    })
    expect(reconcile(engine.state)).toEqual([])
  })

  it('works the orders through the gap at its own moments, where the prices know it', () => {
    const { disk, time } = killed()
    const fromMs = time.nowMs()
    time.step(3_600_000)
    const { engine } = openEngine(disk, time)
    const events: PriceEvent[] = [
      levelsEvent('BTC-USD', fromMs + 1, [['bid', '99', '1']], true),
      {
        kind: 'trade',
        productId: 'BTC-USD',
        atMs: fromMs + 600_000,
        price: new Decimal('97.5'),
        size: new Decimal(50),
        aggressor: 'SELL',
      },
    ]
    const gap = { fromMs, toMs: time.nowMs() }
    expect(passGap(engine, gap, () => events).isReplayed).toBe(true)
    const ladder = engine.state.orderByClientId('ladder')
    expect(ladder?.legs?.map((leg) => leg.filledSize.toFixed())).toEqual(['1', '0'])
    expect([ladder?.lastFillAtMs, ladder?.gaps]).toEqual([fromMs + 600_000, [{ ...gap, isReplayed: true }]])
    expect(engine.market('BTC-USD')?.trades).toEqual([])
  })

  it('marks the gap where nobody knows it', () => {
    const { disk, time } = killed()
    const fromMs = time.nowMs()
    time.step(3_600_000)
    const { engine } = openEngine(disk, time)
    const fills = engine.state.fills.length
    passGap(engine, { fromMs, toMs: time.nowMs() }, undefined)
    expect(engine.state.fills).toHaveLength(fills)
    expect(engine.state.orderByClientId('ladder')?.gaps[0]?.isReplayed).toBe(false)
  })
})

describe('a restart on the synthetic market', () => {
  it('fills over the gap what the path went through, the same in every try', async () => {
    const results: string[] = []
    for (let attempt = 0; attempt < 2; attempt++) {
      const disk = new MemoryDisk()
      const time = new FakeTime()
      const base = { seed: 11, folder: '/paper', disk, clock: time, timers: time, log: new MemoryLog() } as const
      const first = await createPaperExchange({ ...base, ids: new CountingIds(), rateLimits: 'off' })
      const client = testClient(first, () => time.nowMs())
      const best = (await client.get('/best_bid_ask?product_ids=BTC-USD')).json.pricebooks[0]
      const price = new Decimal(best.bids[0].price).mul('0.9999').toDecimalPlaces(2).toFixed()
      const configuration = { limit_limit_gtc: { base_size: '0.01', limit_price: price } }
      const body = { client_order_id: 'a', product_id: 'BTC-USD', side: 'BUY', order_configuration: configuration }
      expect((await client.post('/orders', body)).json.success).toBe(true)
      // As after kill -9: the disk as it is now, and nothing that the process does afterwards.
      const files = new Map(disk.files)
      await first.close()
      disk.files.clear()
      for (const [path, text] of files) disk.files.set(path, text)
      time.step(2 * 3_600_000)
      const second = await createPaperExchange({ ...base, ids: new CountingIds(), rateLimits: 'off' })
      open.push(second)
      const [order] = second.orders()
      expect(order?.gaps).toMatchObject([{ isReplayed: true }])
      expect(order?.status).toBe('FILLED')
      expect(order?.lastFillAtMs).toBeLessThan(time.nowMs())
      expect(second.fidelity().orders).toEqual({ all: 1, withGap: 1, withUnreplayedGap: 0 })
      expect(second.reconcile()).toEqual([])
      results.push(JSON.stringify(second.fills().map(({ price: at, baseSize, atMs }) => [at, baseSize, atMs])))
    }
    expect(results[0]).toBe(results[1])
  })

  it('knows until when somebody was looking', async () => {
    const disk = new MemoryDisk()
    const time = new FakeTime()
    const prices = handPrices()
    const base = { folder: '/paper', disk, clock: time, timers: time, log: new MemoryLog(), prices: prices.source }
    const first = await createPaperExchange({ ...base, rateLimits: 'off' })
    prices.show([['ask', '101', '1']])
    const client = testClient(first, () => time.nowMs())
    const configuration = { limit_limit_gtc: { base_size: '1', limit_price: '90' } }
    await client.post('/orders', {
      client_order_id: 'a',
      product_id: 'BTC-USD',
      side: 'BUY',
      order_configuration: configuration,
    })
    await time.advance(60_000)
    const lookedUntilMs = time.nowMs()
    await first.close()
    time.step(500_000)
    const second = await createPaperExchange({ ...base, rateLimits: 'off' })
    open.push(second)
    expect(second.orders()[0]?.gaps).toEqual([{ fromMs: lookedUntilMs, toMs: time.nowMs(), isReplayed: false }])
  })
})
