import {
  type Clock,
  Decimal,
  type Ids,
  InvariantError,
  type Log,
  type OrderTerms,
  type PriceEvent,
  type Product,
} from '@tidegate/trading-model'
import { holdRate, limitBuyHold } from '../accounts/hold.js'
import type { ExchangeState } from './exchange-state.js'
import { Market } from './market.js'
import { activateOrder, closeOrder, fillByCross, fillByTrade, resumeOrder, seeQueues, wakeStops } from './matching.js'
import { planTake, type TakePlan } from './plan-take.js'
import type { Effect, Gap, OrderRecord } from './records.js'
import { type Refusal, validateOrder } from './validate-order.js'
import { type EngineEvent, Work } from './work.js'

export interface EngineOptions {
  readonly state: ExchangeState
  readonly products: readonly Product[]
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** Fractions: 0.012 is 1.2 %. Frozen into each order at acceptance. */
  readonly feeRates: { readonly takerRate: Decimal; readonly makerRate: Decimal }
  /** Makes effects durable; returns when they are on disk. A throw stops the exchange. */
  readonly commit: (effects: readonly Effect[]) => void
  /** Told after the commit, in order. */
  readonly publish: (event: EngineEvent) => void
  /** From acceptance to the market. */
  readonly openDelayMs?: number
  /** From an accepted cancel to its effect: a fill may come first. */
  readonly cancelDelayMs?: number
}

export type PlaceResult =
  | { readonly kind: 'accepted'; readonly order: OrderRecord; readonly isRepeat: boolean }
  | ({ readonly kind: 'refused' } & Refusal)

/** What an order would do now. `refusal` says why it would not be taken; the numbers stand either way where they can. */
export interface OrderPreview {
  readonly refusal: Refusal | undefined
  readonly product: Product | undefined
  readonly market: Market | undefined
  readonly plan: TakePlan | undefined
  /** What would be held: quote units for a buy, base units for a sell. */
  readonly hold: Decimal | undefined
}

interface Due {
  readonly atMs: number
  readonly orderId: string
  readonly what: 'open' | 'cancel'
  /** Set for orders found pending after a restart: they wait until the market has spoken. */
  readonly needsMarket: boolean
}

/**
 * The matching engine: pure, no I/O. Orders, cancels, prices and the passing of time go in; effects go to `commit`,
 * then events to `publish`. One call is one atomic piece of work.
 */
export class ExchangeEngine {
  private readonly markets = new Map<string, Market>()
  private readonly products = new Map<string, Product>()
  private due: Due[] = []
  private brokenBy: unknown

  constructor(private readonly options: EngineOptions) {
    for (const product of options.products) this.products.set(product.productId, product)
    const nowMs = options.clock.nowMs()
    for (const product of options.products) {
      if (product.alias === undefined) this.markets.set(product.productId, new Market(product, nowMs))
    }
    this.resume()
  }

  get state(): ExchangeState {
    return this.options.state
  }

  product(productId: string): Product | undefined {
    return this.products.get(productId)
  }

  listProducts(): readonly Product[] {
    return [...this.products.values()]
  }

  /** The book that a product trades in: its own, or that of the product it is an alias of. */
  market(productId: string): Market | undefined {
    const product = this.products.get(productId)
    return product && this.markets.get(product.alias ?? product.productId)
  }

  listMarkets(): readonly Market[] {
    return [...this.markets.values()]
  }

  /** Changes a product's trading flags, as the venue does in an incident. Orders that rest stay. */
  changeProduct(productId: string, change: Partial<Product>): void {
    const product = this.products.get(productId)
    if (product) this.products.set(productId, { ...product, ...change, productId })
  }

  /** Marks every live order: between these moments nobody was looking, and nothing is known about what they missed (R9). */
  markGap(gap: Gap): readonly string[] {
    const orderIds = [...this.state.live.keys()]
    if (orderIds.length > 0) this.work((work) => work.apply({ kind: 'gap-passed', orderIds, gap }))
    return orderIds
  }

  /** Money from outside. */
  deposit(currency: string, amount: Decimal): void {
    this.work((work) => {
      const deposit = { depositId: work.ids.uuid(), currency, amount, atMs: work.nowMs }
      work.apply({ kind: 'deposited', deposit })
    })
  }

  /**
   * Takes an order, or says why not. A `clientOrderId` seen before answers with the order it made, whatever the terms.
   *
   * @throws {InvariantError} when the exchange has stopped; the caller cannot know what became of the order.
   */
  place(clientOrderId: string, terms: OrderTerms): PlaceResult {
    return this.work((work): PlaceResult => {
      const known = this.state.orderByClientId(clientOrderId)
      if (known) return { kind: 'accepted', order: known, isRepeat: true }
      const { refusal, market, product, hold } = this.preview(terms)
      if (refusal) return { kind: 'refused', ...refusal }
      if (!market || !product || !hold) throw new InvariantError('An order without refusal lacks its market')
      const orderId = work.ids.uuid()
      const { takerRate, makerRate } = this.options.feeRates
      work.apply({
        kind: 'accepted',
        order: {
          orderId,
          clientOrderId,
          sequence: this.state.nextOrderSequence(),
          terms,
          baseCurrency: product.baseCurrency,
          quoteCurrency: product.quoteCurrency,
          takerRate,
          makerRate,
          status: 'PENDING',
          isTriggered: false,
          holdCurrency: terms.side === 'BUY' ? product.quoteCurrency : product.baseCurrency,
          hold,
          filledSize: new Decimal(0),
          filledValue: new Decimal(0),
          totalFees: new Decimal(0),
          fillCount: 0,
          createdAtMs: work.nowMs,
          updatedAtMs: work.nowMs,
          cancelMessage: '',
          gaps: [],
        },
      })
      const order = this.state.orders.get(orderId)
      if (!order) throw new InvariantError('An accepted order is not in the state')
      work.noteOrder(order)
      const openDelayMs = this.options.openDelayMs ?? 0
      if (openDelayMs > 0) this.later(orderId, 'open', work.nowMs + openDelayMs)
      else activateOrder(work, market, order)
      return { kind: 'accepted', order, isRepeat: false }
    })
  }

  /** The same checks and the same walk as {@link ExchangeEngine.place}, without doing anything. */
  preview(terms: OrderTerms): OrderPreview {
    const product = this.products.get(terms.productId)
    const market = this.market(terms.productId)
    if (!product || !market) {
      const refusal = { reason: 'INVALID_PRODUCT_ID', message: `there is no product ${terms.productId}` }
      return { refusal, product, market, plan: undefined, hold: undefined }
    }
    const { takerRate } = this.options.feeRates
    const plan = planTake(market, {
      side: terms.side,
      size: terms.size,
      takerRate,
      ...(terms.orderType === 'MARKET' ? {} : { limitTicks: market.ticksOf(terms.limitPrice) }),
    })
    const hold = this.holdFor(terms, plan, product)
    const paying = terms.side === 'BUY' ? product.quoteCurrency : product.baseCurrency
    const refusal =
      validateOrder(product, market, terms, this.options.clock.nowMs()) ??
      (hold.gt(this.state.wallets.available(paying))
        ? { reason: 'PREVIEW_INSUFFICIENT_FUND', message: 'Insufficient balance in source account' }
        : undefined)
    return { refusal, product, market, plan, hold }
  }

  /** @returns `undefined` when the cancel was taken, else the venue's reason word. */
  cancel(orderId: string): string | undefined {
    return this.work((work) => {
      const order = this.state.orders.get(orderId)
      if (!order) return 'UNKNOWN_CANCEL_ORDER'
      if (order.status === 'FILLED') return 'ORDER_IS_FULLY_FILLED'
      if (order.status === 'CANCEL_QUEUED') return 'DUPLICATE_CANCEL_REQUEST'
      if (!this.state.live.has(orderId)) return 'NOT_ALLOWED_TO_CANCEL'
      const cancelDelayMs = this.options.cancelDelayMs ?? 0
      if (order.status === 'OPEN') {
        work.apply({ kind: 'cancel-queued', orderId, atMs: work.nowMs })
        work.noteOrder(order)
      }
      if (cancelDelayMs > 0) this.later(orderId, 'cancel', work.nowMs + cancelDelayMs)
      else this.close(work, order, 'CANCELLED', 'User requested cancel')
      return undefined
    })
  }

  /** Lets time do its part: delayed opens and cancels, expiry of good-till-date orders. */
  advance(): void {
    this.work(() => {})
  }

  /** News from the market. */
  onPrice(event: PriceEvent): void {
    const market = this.markets.get(event.productId)
    if (!market) return
    this.work((work) => {
      if (event.kind === 'levels') this.onLevels(work, market, event)
      else this.onTrade(work, market, event)
      wakeStops(work, market)
    })
  }

  private onLevels(work: Work, market: Market, event: Extract<PriceEvent, { kind: 'levels' }>): void {
    if (event.isSnapshot) {
      for (const side of ['bid', 'ask'] as const) {
        for (const level of market.displayed.levels(side)) work.noteLevel(market.bookId, side, level.ticks)
      }
      market.displayed.clear()
    }
    for (const change of event.changes) {
      const ticks = market.ticksOf(change.price)
      if (!Number.isSafeInteger(ticks) || ticks <= 0) {
        this.options.log.warn('paper_price_ignored', {
          productId: event.productId,
          price: change.price.toFixed(),
          why: 'not a whole number of price increments',
        })
        continue
      }
      market.displayed.show(change.side, ticks, change.price, change.size)
      work.noteLevel(market.bookId, change.side, ticks)
    }
    market.dataAtMs = event.atMs
    seeQueues(market)
    fillByCross(work, market)
  }

  private onTrade(work: Work, market: Market, event: Extract<PriceEvent, { kind: 'trade' }>): void {
    const trade = market.print(event.price, event.size, event.aggressor, event.atMs)
    work.events.push({ kind: 'trade', trade })
    fillByTrade(work, market, {
      ticks: market.ticksOf(event.price),
      size: event.size,
      aggressor: event.aggressor,
    })
  }

  private holdFor(terms: OrderTerms, plan: TakePlan, product: Product): Decimal {
    const { takerRate, makerRate } = this.options.feeRates
    if (terms.size.kind === 'quote') return terms.size.quoteSize
    if (terms.side === 'SELL') return terms.size.baseSize
    if (terms.orderType !== 'MARKET') {
      return limitBuyHold(terms.size.baseSize, terms.limitPrice, holdRate(terms, takerRate, makerRate))
    }
    const cost = plan.steps.reduce((sum, step) => sum.add(step.quoteValue).add(step.fee), new Decimal(0))
    if ((this.options.openDelayMs ?? 0) === 0) return cost
    // The price may move before the order reaches the market: hold a little more, as far as there is more.
    const cushion = cost.mul('1.01').toDecimalPlaces(16, Decimal.ROUND_UP)
    return Decimal.max(cost, Decimal.min(cushion, this.state.wallets.available(product.quoteCurrency)))
  }

  private work<T>(run: (work: Work) => T): T {
    if (this.brokenBy !== undefined) {
      throw new InvariantError('The exchange has stopped: an earlier change could not be made durable', {
        cause: this.brokenBy,
        hint: 'restart it; the journal on disk is the truth',
      })
    }
    const work = new Work(this.state, this.options.ids, this.options.clock.nowMs())
    let result: T
    try {
      this.runDue(work)
      result = run(work)
      if (work.effects.length > 0) this.options.commit(work.effects)
    } catch (error) {
      // Memory may be ahead of the disk now: nothing may be answered from it any more.
      if (work.effects.length > 0) this.brokenBy = error
      throw error
    }
    for (const event of work.events) this.options.publish(event)
    return result
  }

  private runDue(work: Work): void {
    if (this.due.length > 0) {
      const isRipe = (item: Due) => item.atMs <= work.nowMs && (!item.needsMarket || this.hasMarket(item.orderId))
      const ripe = this.due.filter(isRipe).sort((a, b) => a.atMs - b.atMs)
      this.due = this.due.filter((item) => !ripe.includes(item))
      for (const { orderId, what } of ripe) {
        const order = this.state.live.get(orderId)
        const market = order && this.market(order.terms.productId)
        if (!order || !market) continue
        if (what === 'cancel') this.close(work, order, 'CANCELLED', 'User requested cancel')
        else if (order.status === 'PENDING') activateOrder(work, market, order)
      }
    }
    for (const order of this.state.live.values()) {
      const { terms } = order
      if (terms.orderType === 'MARKET' || terms.endTimeMs === undefined || terms.endTimeMs > work.nowMs) continue
      this.close(work, order, 'EXPIRED', 'The end time has passed')
    }
  }

  private close(work: Work, order: OrderRecord, status: 'CANCELLED' | 'EXPIRED', message: string): void {
    const market = this.market(order.terms.productId)
    if (market) closeOrder(work, market, order, status, message)
  }

  private hasMarket(orderId: string): boolean {
    const order = this.state.orders.get(orderId)
    return order !== undefined && this.market(order.terms.productId)?.dataAtMs !== undefined
  }

  private later(orderId: string, what: Due['what'], atMs: number, needsMarket = false): void {
    this.due.push({ orderId, what, atMs, needsMarket })
  }

  private resume(): void {
    const nowMs = this.options.clock.nowMs()
    const orders = [...this.state.live.values()].sort((a, b) => a.sequence - b.sequence)
    for (const order of orders) {
      const market = this.market(order.terms.productId)
      if (!market) {
        throw new InvariantError(`Order ${order.orderId} is open on ${order.terms.productId}, which is not listed`, {
          hint: 'start the exchange with the products that its state was made with',
        })
      }
      if (order.status === 'PENDING') this.later(order.orderId, 'open', nowMs, true)
      else resumeOrder(market, order)
      if (order.status === 'CANCEL_QUEUED') this.later(order.orderId, 'cancel', nowMs)
    }
  }
}
