import { createHash } from 'node:crypto'
import { CountingIds, FakeTime, MemoryDisk, MemoryLog, SeededRandom } from '@tidegate/testkit'
import { Decimal, ladderRungs, type PriceEvent, ZERO } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CAPTURED_FEE_TIERS } from '../accounts/fee-tiers.js'
import { DEFAULT_PRODUCTS } from '../products.js'
import { openStateStore } from '../state/state-store.js'
import { ExchangeEngine } from './exchange-engine.js'
import { reconcile } from './reconcile.js'
import { type FillRecord, isLive, remainingSize, spentValue, workableSize } from './records.js'
import type { ExchangeTerms } from './terms.js'
import type { EngineEvent } from './work.js'

const books = ['BTC-USD', 'ETH-USD', 'TONE-USD'] as const
const listed = new Map(DEFAULT_PRODUCTS.map((product) => [product.productId, product]))

/** What the market has shown and what has been taken from it since, kept independently of the engine. */
interface Seen {
  readonly ticks: Map<string, { shown: Decimal; taken: Decimal }>
  mid: number
}

/** A random exchange life: orders of every kind, cancels, moving prices, passing time, restarts. */
class RandomLife {
  readonly time = new FakeTime()
  readonly disk = new MemoryDisk()
  readonly ids = new CountingIds()
  readonly seen = new Map<string, Seen>()
  events: EngineEvent[] = []
  refusals = 0
  edits = 0
  moves = 0
  restarts = 0
  engine: ExchangeEngine
  private clientIds = 0
  private readonly other: string

  constructor(readonly random: SeededRandom) {
    for (const book of books) {
      const product = listed.get(book)
      if (!product) throw new Error(book)
      const mid = product.referencePrice.div(product.priceIncrement).toNumber()
      this.seen.set(book, { ticks: new Map(), mid: Math.round(mid) })
    }
    this.engine = this.open()
    for (const [currency, amount] of [
      ['USD', '50000'],
      ['USDC', '20000.5'],
      ['BTC', '0.75'],
      ['TONE', '100000'],
    ] as const) {
      this.engine.deposit(currency, new Decimal(amount))
    }
    this.other = this.engine.createPortfolio('other').portfolioId
    for (const book of books) this.showBook(book)
  }

  step(): void {
    const die = this.random.unit()
    this.events = []
    if (die < 0.37) this.place()
    else if (die < 0.52) this.showBook(this.pick(books))
    else if (die < 0.71) this.trade(this.pick(books))
    else if (die < 0.81) this.cancel()
    else if (die < 0.88) this.edit()
    else if (die < 0.9) this.move()
    else if (die < 0.91) this.auction()
    else if (die < 0.9985) this.time.step(this.random.below(2_000))
    else this.restart()
    this.engine.advance()
    this.checkFills()
  }

  restart(): void {
    this.restarts++
    const before = this.fingerprint()
    this.engine = this.open()
    expect(this.fingerprint()).toBe(before)
    for (const book of books) {
      this.seen.get(book)?.ticks.clear()
      this.showBook(book)
    }
  }

  /** Digest of everything that must survive. */
  fingerprint(): string {
    const { state } = this.engine
    const everything = {
      wallets: state
        .portfolioIds()
        .map((id) => [...state.walletsOf(id).all()].sort((a, b) => a.currency.localeCompare(b.currency))),
      moves: state.moves,
      portfolios: [...state.portfolios.values()],
      orders: [...state.orders.values()],
      fills: state.fills,
      deposits: state.deposits,
    }
    return createHash('sha256')
      .update(JSON.stringify(withSortedKeys(everything)))
      .digest('hex')
  }

  private open(): ExchangeEngine {
    const store = openStateStore({ disk: this.disk, folder: '/paper', clock: this.time, log: new MemoryLog() })
    return new ExchangeEngine({
      state: store.state,
      products: DEFAULT_PRODUCTS,
      clock: this.time,
      ids: this.ids,
      log: new MemoryLog(),
      feeTiers: CAPTURED_FEE_TIERS,
      openDelayMs: 50,
      cancelDelayMs: 50,
      editDelayMs: 50,
      commit: (effects, atMs) => store.commit(effects, atMs),
      publish: (event) => this.events.push(event),
    })
  }

  private showBook(book: string): void {
    const product = listed.get(book)
    const seen = this.seen.get(book)
    if (!product || !seen) return
    seen.mid = Math.max(60, seen.mid + this.random.below(41) - 20)
    const isSnapshot = this.random.unit() < 0.5
    const changes: { side: 'bid' | 'ask'; price: Decimal; size: Decimal }[] = []
    if (isSnapshot) seen.ticks.clear()
    for (const side of ['bid', 'ask'] as const) {
      const sign = side === 'bid' ? -1 : 1
      // A book that moves incrementally takes down what it has walked through before it shows anything new.
      for (const key of isSnapshot ? [] : [...seen.ticks.keys()].filter((at) => at.startsWith(side))) {
        const ticks = Number(key.slice(3))
        if ((ticks - seen.mid) * sign > 0) continue
        changes.push({ side, price: product.priceIncrement.mul(ticks), size: ZERO })
        seen.ticks.delete(key)
      }
      for (let level = 1; level <= 8; level++) {
        const ticks = seen.mid + sign * (level * 2 - this.random.below(2))
        const units = 1 + this.random.below(product.productId === 'TONE-USD' ? 5_000 : 40_000_000)
        const size = product.baseIncrement.mul(units)
        changes.push({ side, price: product.priceIncrement.mul(ticks), size })
        seen.ticks.set(`${side}${ticks}`, { shown: size, taken: ZERO })
      }
    }
    this.send({ kind: 'levels', productId: book, atMs: this.time.nowMs(), isSnapshot, changes })
  }

  private trade(book: string): void {
    const product = listed.get(book)
    const seen = this.seen.get(book)
    if (!product || !seen) return
    const ticks = seen.mid + this.random.below(21) - 10
    this.send({
      kind: 'trade',
      productId: book,
      atMs: this.time.nowMs(),
      price: product.priceIncrement.mul(ticks),
      size: product.baseIncrement.mul(1 + this.random.below(book === 'TONE-USD' ? 9_000 : 90_000_000)),
      aggressor: this.pick(['BUY', 'SELL'] as const),
    })
  }

  private send(event: PriceEvent): void {
    const from = this.events.length
    this.engine.onPrice(event)
    if (event.kind !== 'trade') return
    const filled = this.events
      .slice(from)
      .filter((item) => item.kind === 'fill')
      .filter((item) => item.fill.evidence === 'trade')
      .reduce((sum, item) => sum.add(item.fill.baseSize), ZERO)
    expect(filled.lte(event.size)).toBe(true)
  }

  private place(): void {
    const productId = this.pick(['BTC-USD', 'BTC-USDC', 'ETH-USD', 'TONE-USD'] as const)
    const terms = this.randomTerms(productId)
    const isPlain = terms.orderType === 'MARKET' || terms.orderType === 'LIMIT'
    const priceIncrement = listed.get(productId)?.priceIncrement ?? ZERO
    const mid = this.midOf(productId)
    const more = {
      ...(this.random.unit() < 0.15 ? { portfolioId: this.other } : {}),
      ...(isPlain && terms.side === 'BUY' && this.random.unit() < 0.4
        ? { attached: { limitPrice: priceIncrement.mul(mid + 25), stopTriggerPrice: priceIncrement.mul(mid - 25) } }
        : {}),
    }
    const result = this.engine.place(`client-${++this.clientIds}`, terms, more)
    if (result.kind === 'refused') this.refusals++
  }

  private randomTerms(productId: string): ExchangeTerms {
    const product = listed.get(productId)
    const seen = this.seen.get(product?.alias ?? productId)
    if (!product || !seen) throw new Error(productId)
    const side = this.pick(['BUY', 'SELL'] as const)
    const units = 1 + this.random.below(productId === 'TONE-USD' ? 20_000 : 60_000_000)
    const size = { kind: 'base', baseSize: product.baseIncrement.mul(units) } as const
    const priceNear = () => product.priceIncrement.mul(seen.mid + this.random.below(31) - 15)
    const kind = this.random.below(11)
    if (kind === 0) {
      const quoteSize = new Decimal(100 + this.random.below(300_000)).div(100)
      return { orderType: 'MARKET', timeInForce: 'IOC', productId, side: 'BUY', size: { kind: 'quote', quoteSize } }
    }
    if (kind === 1) return { orderType: 'MARKET', timeInForce: 'IOC', productId, side, size }
    if (kind === 2) {
      const isUp = this.random.unit() < 0.5
      const offset = product.priceIncrement.mul(this.random.below(20) * (side === 'BUY' ? 1 : -1))
      const stopPrice = product.priceIncrement.mul(seen.mid + (isUp ? 1 : -1) * (5 + this.random.below(20)))
      return {
        orderType: 'STOP_LIMIT',
        timeInForce: 'GTC',
        productId,
        side,
        size,
        stopPrice,
        limitPrice: Decimal.max(stopPrice.add(offset), product.priceIncrement),
        stopDirection: isUp ? 'UP' : 'DOWN',
      }
    }
    const quote = { kind: 'quote', quoteSize: new Decimal(1_000 + this.random.below(300_000)).div(100) } as const
    const { priceIncrement } = product
    if (kind === 3) {
      const sign = side === 'SELL' ? 1 : -1
      return {
        orderType: 'BRACKET',
        timeInForce: 'GTC',
        productId,
        side,
        size,
        limitPrice: priceIncrement.mul(seen.mid + sign * (12 + this.random.below(20))),
        stopTriggerPrice: priceIncrement.mul(seen.mid - sign * (12 + this.random.below(20))),
      }
    }
    if (kind === 4) {
      const startTimeMs = this.time.nowMs() + this.random.below(10_000) - 5_000
      const bucketCount = 2 + this.random.below(20)
      return {
        orderType: 'TWAP',
        timeInForce: 'GTD',
        productId,
        side,
        size: side === 'BUY' && this.random.unit() < 0.5 ? quote : size,
        limitPrice: priceNear(),
        startTimeMs,
        endTimeMs: startTimeMs + 60_000,
        bucketCount,
        bucketDurationMs: Math.floor(60_000 / bucketCount),
      }
    }
    if (kind === 5) {
      const isQuote = side === 'BUY' && this.random.unit() < 0.5
      const rungs = ladderRungs({
        side,
        size: isQuote ? quote : size,
        count: 2 + this.random.below(5),
        minPrice: priceIncrement.mul(seen.mid - 20),
        maxPrice: priceIncrement.mul(seen.mid + 15),
        prices: this.pick(['FLAT', 'LINEAR_INCREASING', 'LINEAR_DECREASING'] as const),
        sizes: this.pick(['EVENLY_SPLIT', 'INCREASING', 'DECREASING'] as const),
        difference: undefined,
        ratio: undefined,
        priceIncrement,
        baseIncrement: product.baseIncrement,
        takerRate: isQuote ? new Decimal('0.012') : ZERO,
      })
      if (rungs) {
        const orderType = 'SCALED'
        return { orderType, timeInForce: 'GTC', productId, side, size: isQuote ? quote : size, rungs }
      }
    }
    const timeInForce = this.pick(['GTC', 'GTC', 'GTC', 'GTD', 'IOC', 'FOK'] as const)
    return {
      orderType: 'LIMIT',
      timeInForce,
      productId,
      side,
      size: side === 'BUY' && this.random.unit() < 0.2 ? quote : size,
      limitPrice: priceNear(),
      postOnly: (timeInForce === 'GTC' || timeInForce === 'GTD') && this.random.unit() < 0.3,
      ...(timeInForce === 'GTD' ? { endTimeMs: this.time.nowMs() + 1 + this.random.below(20_000) } : {}),
    }
  }

  private cancel(): void {
    const live = [...this.engine.state.live.keys()]
    const orderId = live[this.random.below(Math.max(1, live.length))]
    if (orderId) this.engine.cancel(orderId)
  }

  private edit(): void {
    const live = [...this.engine.state.live.values()]
    const order = live[this.random.below(Math.max(1, live.length))]
    const increment = order && listed.get(order.terms.productId)?.priceIncrement
    const size = order && workableSize(order)
    if (!order || !increment || !size) return
    const limitPrice = increment.mul(this.midOf(order.terms.productId) + this.random.below(31) - 15)
    const same = 'limitPrice' in order.terms && this.random.unit() < 0.4 ? order.terms.limitPrice : limitPrice
    const baseIncrement = listed.get(order.terms.productId)?.baseIncrement ?? ZERO
    const change = baseIncrement.mul(this.random.below(2_000) - 1_000)
    if (!this.engine.editOrder(order.orderId, { limitPrice: same, size: size.add(change) })) this.edits++
  }

  private move(): void {
    const currency = this.pick(['USD', 'USDC', 'BTC'] as const)
    const amount = new Decimal(1 + this.random.below(500_000)).div(currency === 'BTC' ? 10_000_000 : 100)
    const [fromPortfolioId, toPortfolioId] =
      this.random.unit() < 0.7 ? (['default', this.other] as const) : ([this.other, 'default'] as const)
    if (!this.engine.moveFunds({ fromPortfolioId, toPortfolioId, currency, amount })) this.moves++
  }

  private auction(): void {
    const book = this.pick(books)
    this.engine.changeProduct(book, { auctionMode: this.engine.market(book)?.isAuction !== true })
  }

  private midOf(productId: string): number {
    return this.seen.get(listed.get(productId)?.alias ?? productId)?.mid ?? 100
  }

  /** R4, R7: every fill stands on something that was shown, and nothing shown is used twice. */
  private checkFills(): void {
    const product = (id: string) => listed.get(id)
    for (const event of this.events) {
      if (event.kind !== 'fill') continue
      const { fill } = event
      const book = product(fill.productId)?.alias ?? fill.productId
      expect(fill.baseSize.lte(fill.seenSize)).toBe(true)
      if (fill.evidence === 'book') this.useShown(book, fill)
      else expect(this.limitPricesOf(fill).some((price) => price.eq(fill.price))).toBe(true)
    }
  }

  private useShown(book: string, fill: FillRecord): void {
    const priceIncrement = listed.get(book)?.priceIncrement ?? ZERO
    const key = `${fill.side === 'BUY' ? 'ask' : 'bid'}${fill.price.div(priceIncrement).toNumber()}`
    const level = this.seen.get(book)?.ticks.get(key)
    expect(level, `nothing was shown at ${key} of ${book}`).toBeDefined()
    if (!level) return
    level.taken = level.taken.add(fill.baseSize)
    expect(level.taken.lte(level.shown), `${key} of ${book} was used twice`).toBe(true)
  }

  /** Prices at which a resting order may be filled: its limit, that of its rung, or where its stop went. */
  private limitPricesOf(fill: FillRecord): readonly Decimal[] {
    const order = this.engine.state.orders.get(fill.orderId)
    if (!order || order.terms.orderType === 'MARKET') return []
    const { terms } = order
    if (terms.orderType === 'SCALED')
      return terms.rungs.flatMap((rung, index) => (index === fill.leg ? [rung.limitPrice] : []))
    // Within one step an edit may have moved the limit after the fill.
    const before = order.editHistory.map((edit) => edit.limitPrice)
    if (terms.orderType !== 'BRACKET' || !order.isTriggered) return [terms.limitPrice, ...before]
    const increment = listed.get(terms.productId)?.priceIncrement ?? ZERO
    const exact = terms.stopTriggerPrice.mul(terms.side === 'SELL' ? '0.95' : '1.05').div(increment)
    return [(terms.side === 'SELL' ? exact.ceil() : exact.floor()).mul(increment), terms.limitPrice, ...before]
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.random.below(items.length)] as T
  }
}

function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys)
  if (Decimal.isDecimal(value)) return value.toFixed()
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.map(([key, item]) => [key, withSortedKeys(item)])
}

describe('a random life of the exchange', () => {
  it('reconciles to the last digit after 12,000 operations, restarts among them', { timeout: 60_000 }, () => {
    let operations = 0
    const totals = {
      fills: 0,
      orders: 0,
      refusals: 0,
      restarts: 0,
      edits: 0,
      moves: 0,
      children: 0,
      triggered: 0,
      statuses: new Set<string>(),
      filledKinds: new Set<string>(),
    }
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
        const life = new RandomLife(new SeededRandom(seed))
        for (let count = 0; count < 1_000; count++) {
          life.step()
          operations++
          if (count % 250 === 0) expect(reconcile(life.engine.state)).toEqual([])
        }
        life.restart()
        const { state } = life.engine
        expect(reconcile(state)).toEqual([])
        for (const wallet of state.portfolioIds().flatMap((id) => state.walletsOf(id).all())) {
          expect(wallet.available.isNegative() && !wallet.available.isZero()).toBe(false)
        }
        for (const order of state.orders.values()) {
          if (!isLive(order)) expect(order.hold.isZero()).toBe(true)
          if (order.status === 'FILLED' && workableSize(order)) expect(remainingSize(order).isZero()).toBe(true)
          if (order.terms.size.kind === 'quote') {
            // An amount of money is spent to the last digit, or as base units it buys: never more than was asked for.
            const spent = spentValue(order)
            expect(spent.lte(order.terms.size.quoteSize)).toBe(true)
            if (order.status === 'FILLED' && !workableSize(order))
              expect(spent.eq(order.terms.size.quoteSize)).toBe(true)
          }
          const children = state.childrenOf(order.orderId)
          const isUntouched = children.every((child) => child.editHistory.length === 0)
          const covered = children.reduce((sum, child) => sum.add(workableSize(child) ?? ZERO), ZERO)
          if (isUntouched) expect(covered.lte(order.filledSize)).toBe(true)
          totals.statuses.add(order.status)
          if (order.fillCount > 0) totals.filledKinds.add(`${order.terms.orderType} ${order.terms.size.kind}`)
          if (order.originatingOrderId !== undefined) totals.children++
          if (order.isTriggered) totals.triggered++
        }
        totals.fills += state.fills.length
        totals.orders += state.orders.size
        totals.refusals += life.refusals
        totals.restarts += life.restarts
        totals.edits += life.edits
        totals.moves += life.moves
      }),
      { numRuns: 12, endOnFailure: true },
    )
    expect(operations).toBeGreaterThanOrEqual(12_000)
    // The life must have been eventful, or it proved nothing.
    expect(totals.fills).toBeGreaterThan(500)
    expect(totals.refusals).toBeGreaterThan(100)
    expect(totals.restarts).toBeGreaterThan(12)
    for (const count of [totals.edits, totals.moves, totals.children, totals.triggered]) {
      expect(count).toBeGreaterThan(20)
    }
    expect([...totals.filledKinds]).toEqual(
      expect.arrayContaining([
        'MARKET quote',
        'MARKET base',
        'LIMIT base',
        'LIMIT quote',
        'STOP_LIMIT base',
        'BRACKET base',
        'TWAP base',
        'TWAP quote',
        'SCALED base',
        'SCALED quote',
      ]),
    )
    expect([...totals.statuses]).toEqual(expect.arrayContaining(['FILLED', 'CANCELLED', 'EXPIRED', 'OPEN']))
  })
})
