import { type Decimal, InvariantError, type PriceEvent, type Product } from '@tidegate/trading-model'
import { FeeSchedule, type FeeTier } from '../accounts/fee-tiers.js'
import { Delays } from './delays.js'
import { applyEdit, type EditPlan, type EditRefusal, planEdit } from './edit-order.js'
import type { EditPreview, EngineOptions, OrderPreview, PlaceOptions, PlaceResult } from './engine-options.js'
import type { ExchangeState } from './exchange-state.js'
import { activateOrder, resumeOrder, sliceTwap } from './execute-order.js'
import { resumeTrading } from './fill-resting.js'
import { holdFor, workableFor } from './hold-for.js'
import { Market } from './market.js'
import { onLevels, onTrade } from './market-news.js'
import { newOrderRecord } from './new-order-record.js'
import { planTake } from './plan-take.js'
import {
  DEFAULT_PORTFOLIO,
  type Gap,
  isLive,
  type OrderEdit,
  type OrderRecord,
  type PortfolioRecord,
} from './records.js'
import { closeOrder } from './settle.js'
import { settleDown } from './settle-down.js'
import { type ExchangeTerms, endTimeOf } from './terms.js'
import { checkAttached } from './validate-attached.js'
import { validateOrder } from './validate-order.js'
import { Work } from './work.js'

/**
 * The matching engine: pure, no I/O. Orders, cancels, prices and the passing of time go in; effects go to `commit`,
 * then events to `publish`. One call is one atomic piece of work.
 */
export class ExchangeEngine {
  private readonly markets = new Map<string, Market>()
  private readonly products = new Map<string, Product>()
  private readonly delays = new Delays()
  private readonly schedule: FeeSchedule
  private brokenBy: unknown
  private replayedAtMs: number | undefined

  constructor(private readonly options: EngineOptions) {
    for (const product of options.products) this.products.set(product.productId, product)
    const nowMs = options.clock.nowMs()
    for (const product of options.products) {
      if (product.alias === undefined) this.markets.set(product.productId, new Market(product, nowMs))
    }
    this.schedule = new FeeSchedule(options.state, options.feeTiers)
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

  /** The fee tier of this moment. */
  feeTier(): FeeTier {
    return this.schedule.at(this.nowMs())
  }

  /**
   * Changes a product's trading flags, as the venue does in an incident. Orders that rest stay. In an auction orders rest and nothing
   * matches; when it ends, trading simply resumes: what crosses by then takes the book, in order of time.
   */
  changeProduct(productId: string, change: Partial<Product>): void {
    const product = this.products.get(productId)
    if (!product) return
    this.products.set(productId, { ...product, ...change, productId })
    const market = this.markets.get(productId)
    if (!market || change.auctionMode === undefined || change.auctionMode === market.isAuction) return
    this.work((work) => {
      market.isAuction = change.auctionMode === true
      if (market.isAuction) return
      resumeTrading(work, market)
      settleDown(work, market)
    })
  }

  /** Marks every live order: between these moments nobody was looking, and nothing is known about what they missed (R9). */
  markGap(gap: Gap): readonly string[] {
    const orderIds = [...this.state.live.keys()]
    if (orderIds.length > 0) this.work((work) => work.apply({ kind: 'gap-passed', orderIds, gap }))
    return orderIds
  }

  /** Notes that somebody was looking until now, so that a restart knows where its gap begins. */
  watch(): void {
    if (this.state.live.size > 0) this.work((work) => work.apply({ kind: 'watched', atMs: work.nowMs }))
  }

  /**
   * Works the live orders through a time that has passed: every event at its own moment, expiries and slices between them. Nothing of
   * it is a recent trade afterwards.
   */
  replay(events: Iterable<PriceEvent>): void {
    try {
      for (const event of events) {
        this.replayedAtMs = event.atMs
        this.onPrice(event)
        if (this.state.live.size === 0) break
      }
    } finally {
      this.replayedAtMs = undefined
      for (const market of this.markets.values()) market.forgetTrades()
    }
  }

  /** Money from outside. */
  deposit(currency: string, amount: Decimal, portfolioId = DEFAULT_PORTFOLIO): void {
    this.work((work) => {
      const deposit = { depositId: work.ids.uuid(), currency, amount, atMs: work.nowMs, portfolioId }
      work.apply({ kind: 'deposited', deposit })
    })
  }

  /** Opens a portfolio beside the default one. */
  createPortfolio(name: string): PortfolioRecord {
    return this.work((work) => {
      const portfolio = { portfolioId: work.ids.uuid(), name, createdAtMs: work.nowMs, isDeleted: false }
      work.apply({ kind: 'portfolio-set', portfolio })
      return portfolio
    })
  }

  /** Renames or deletes. @returns why not: it is unknown, the default one, or (to be deleted) not empty. */
  changePortfolio(
    portfolioId: string,
    change: { readonly name?: string; readonly isDeleted?: boolean },
  ): 'unknown' | 'not-empty' | undefined {
    return this.work((work) => {
      const portfolio = this.state.portfolios.get(portfolioId)
      if (!portfolio || portfolio.isDeleted) return 'unknown'
      const wallets = this.state.walletsOf(portfolioId).all()
      const isEmpty = wallets.every((wallet) => wallet.available.add(wallet.hold).isZero())
      if (change.isDeleted === true && !isEmpty) return 'not-empty'
      work.apply({ kind: 'portfolio-set', portfolio: { ...portfolio, ...change } })
      return undefined
    })
  }

  /** True for the default portfolio and every other that is there. */
  hasPortfolio(portfolioId: string): boolean {
    return portfolioId === DEFAULT_PORTFOLIO || this.state.portfolios.get(portfolioId)?.isDeleted === false
  }

  /** Moves available money between two own portfolios. @returns why not. */
  moveFunds(move: {
    readonly fromPortfolioId: string
    readonly toPortfolioId: string
    readonly currency: string
    readonly amount: Decimal
  }): 'unknown' | 'insufficient' | undefined {
    return this.work((work) => {
      const { fromPortfolioId, toPortfolioId, currency, amount } = move
      if (!this.hasPortfolio(fromPortfolioId) || !this.hasPortfolio(toPortfolioId)) return 'unknown'
      if (fromPortfolioId === toPortfolioId || amount.lte(0)) return 'unknown'
      if (amount.gt(this.state.walletsOf(fromPortfolioId).available(currency))) return 'insufficient'
      work.apply({ kind: 'moved', move: { ...move, moveId: work.ids.uuid(), atMs: work.nowMs } })
      return undefined
    })
  }

  /**
   * Takes an order, or says why not. A `clientOrderId` seen before in the portfolio answers with the order it made, whatever the terms.
   *
   * @throws {InvariantError} when the exchange has stopped; the caller cannot know what became of the order.
   */
  place(clientOrderId: string, terms: ExchangeTerms, more: PlaceOptions = {}): PlaceResult {
    return this.work((work): PlaceResult => {
      const portfolioId = more.portfolioId ?? DEFAULT_PORTFOLIO
      const known = this.state.orderByClientId(clientOrderId, portfolioId)
      if (known) return { kind: 'accepted', order: known, isRepeat: true }
      const { refusal, market, product, hold } = this.preview(terms, more)
      if (refusal) return { kind: 'refused', ...refusal }
      if (!market || !product || !hold) throw new InvariantError('An order without refusal lacks its market')
      const orderId = work.ids.uuid()
      const rates = this.schedule.at(work.nowMs)
      const order = newOrderRecord(work, {
        orderId,
        clientOrderId,
        portfolioId,
        terms,
        product,
        takerRate: rates.takerRate,
        makerRate: rates.makerRate,
        hold,
        workableSize: workableFor(terms, product, rates),
        attached: more.attached,
      })
      work.apply({ kind: 'accepted', order })
      const accepted = this.state.mustFind(orderId)
      work.noteOrder(accepted)
      const openDelayMs = this.options.openDelayMs ?? 0
      if (openDelayMs > 0) this.delays.add({ orderId, what: 'open', atMs: work.nowMs + openDelayMs })
      else this.activate(work, market, accepted)
      return { kind: 'accepted', order: accepted, isRepeat: false }
    })
  }

  /** The same checks and the same walk as {@link ExchangeEngine.place}, without doing anything. */
  preview(terms: ExchangeTerms, more: PlaceOptions = {}): OrderPreview {
    const product = this.products.get(terms.productId)
    const market = this.market(terms.productId)
    if (!product || !market) {
      const refusal = { reason: 'INVALID_PRODUCT_ID', message: `there is no product ${terms.productId}` }
      return { refusal, product, market, plan: undefined, hold: undefined }
    }
    const rates = this.feeTier()
    const workable = workableFor(terms, product, rates)
    const plan = planTake(market, {
      side: terms.side,
      size: workable ? { kind: 'base', baseSize: workable } : terms.size,
      takerRate: rates.takerRate,
      ...(terms.orderType === 'MARKET' || terms.orderType === 'SCALED'
        ? {}
        : { limitTicks: market.ticksOf(terms.limitPrice) }),
    })
    const paying = terms.side === 'BUY' ? product.quoteCurrency : product.baseCurrency
    const available = this.state.walletsOf(more.portfolioId ?? DEFAULT_PORTFOLIO).available(paying)
    const hold = holdFor(terms, plan, product, rates, (this.options.openDelayMs ?? 0) > 0 ? available : undefined)
    const refusal =
      validateOrder(product, market, terms, this.nowMs()) ??
      (more.attached && checkAttached(product, market, terms, more.attached)) ??
      (hold.gt(available)
        ? { reason: 'PREVIEW_INSUFFICIENT_FUND', message: 'Insufficient balance in source account' }
        : undefined)
    return { refusal, product, market, plan, hold }
  }

  /** Changes price and total size of a resting order. @returns `undefined` when the edit was taken. */
  editOrder(orderId: string, edit: OrderEdit, portfolioId?: string): EditRefusal | undefined {
    return this.work((work) => {
      const { order, market, planned } = this.planEdit(orderId, edit, portfolioId)
      if ('refusal' in planned) return planned.refusal
      if (!order || !market) throw new InvariantError('An edit without refusal lacks its order')
      const editDelayMs = this.options.editDelayMs ?? 0
      if (editDelayMs > 0) {
        work.apply({ kind: 'edit-queued', orderId, edit, atMs: work.nowMs })
        work.noteOrder(order)
        this.delays.add({ orderId, what: 'edit', atMs: work.nowMs + editDelayMs })
        return undefined
      }
      applyEdit(work, market, order, edit, planned)
      settleDown(work, market)
      return undefined
    })
  }

  /** The same checks as {@link ExchangeEngine.editOrder}, without doing anything. */
  previewEdit(orderId: string, edit: OrderEdit, portfolioId?: string): EditPreview {
    const { order, market, planned } = this.planEdit(orderId, edit, portfolioId)
    if ('refusal' in planned || !order || !market) {
      const refusal = 'refusal' in planned ? planned.refusal : undefined
      return { refusal, order, market, plan: undefined, terms: undefined }
    }
    const { terms } = planned
    const plan = planTake(market, {
      side: terms.side,
      size: { kind: 'base', baseSize: edit.size.sub(order.filledSize) },
      takerRate: order.takerRate,
      limitTicks: market.ticksOf(terms.limitPrice),
    })
    return { refusal: undefined, order, market, plan, terms }
  }

  /** @returns `undefined` when the cancel was taken, else the venue's reason word. */
  cancel(orderId: string, portfolioId?: string): string | undefined {
    return this.work((work) => {
      const order = this.orderIn(orderId, portfolioId)
      if (!order) return 'UNKNOWN_CANCEL_ORDER'
      if (order.status === 'FILLED') return 'ORDER_IS_FULLY_FILLED'
      if (order.status === 'CANCEL_QUEUED') return 'DUPLICATE_CANCEL_REQUEST'
      if (!this.state.live.has(orderId)) return 'NOT_ALLOWED_TO_CANCEL'
      const cancelDelayMs = this.options.cancelDelayMs ?? 0
      if (order.status === 'OPEN' || order.status === 'EDIT_QUEUED') {
        work.apply({ kind: 'cancel-queued', orderId, atMs: work.nowMs })
        work.noteOrder(order)
      }
      if (cancelDelayMs > 0) this.delays.add({ orderId, what: 'cancel', atMs: work.nowMs + cancelDelayMs })
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
      if (event.kind === 'levels') onLevels(work, market, event, this.options.log)
      else onTrade(work, market, event)
      settleDown(work, market)
    })
  }

  private nowMs(): number {
    return this.replayedAtMs ?? this.options.clock.nowMs()
  }

  private orderIn(orderId: string, portfolioId: string | undefined): OrderRecord | undefined {
    const order = this.state.orders.get(orderId)
    return portfolioId === undefined || order?.portfolioId === portfolioId ? order : undefined
  }

  private planEdit(orderId: string, edit: OrderEdit, portfolioId: string | undefined) {
    const order = this.orderIn(orderId, portfolioId)
    const market = order && this.market(order.terms.productId)
    const product = order && this.products.get(order.terms.productId)
    if (!order || !market || !product) {
      const refusal: EditRefusal = { reason: 'ORDER_NOT_FOUND', message: `there is no order ${orderId}` }
      return { order, market, planned: { refusal } }
    }
    if (order.status === 'EDIT_QUEUED') {
      const refusal: EditRefusal = { reason: 'ORDER_IS_ALREADY_BEING_REPLACED', message: 'one edit at a time' }
      return { order, market, planned: { refusal } }
    }
    return { order, market, planned: this.judgeEdit(order, market, product, edit) }
  }

  private judgeEdit(order: OrderRecord, market: Market, product: Product, edit: OrderEdit) {
    const parent = order.originatingOrderId && this.state.orders.get(order.originatingOrderId)
    return planEdit({
      order,
      edit,
      product,
      market,
      nowMs: this.nowMs(),
      available: this.state.walletsOf(order.portfolioId).available(order.holdCurrency),
      isParentLive: parent !== undefined && parent !== '' && isLive(parent),
    })
  }

  private activate(work: Work, market: Market, order: OrderRecord): void {
    activateOrder(work, market, order)
    if (market.twaps.includes(order)) sliceTwap(work, market, order)
    settleDown(work, market)
  }

  private work<T>(run: (work: Work) => T): T {
    if (this.brokenBy !== undefined) {
      throw new InvariantError('The exchange has stopped: an earlier change could not be made durable', {
        cause: this.brokenBy,
        hint: 'restart it; the journal on disk is the truth',
      })
    }
    const work = new Work(this.state, this.options.ids, this.nowMs(), this.options.priceSource ?? 'unnamed')
    let result: T
    try {
      this.runDue(work)
      result = run(work)
      if (work.effects.length > 0) this.options.commit(work.effects, work.nowMs)
    } catch (error) {
      // Memory may be ahead of the disk now: nothing may be answered from it any more.
      if (work.effects.length > 0) this.brokenBy = error
      throw error
    }
    for (const event of work.events) this.options.publish(event)
    return result
  }

  private runDue(work: Work): void {
    for (const { orderId, what } of this.delays.ripe(work.nowMs, (id) => this.hasMarket(id))) {
      const order = this.state.live.get(orderId)
      const market = order && this.market(order.terms.productId)
      if (!order || !market) continue
      if (what === 'cancel') this.close(work, order, 'CANCELLED', 'User requested cancel')
      else if (what === 'edit') this.finishEdit(work, market, order)
      else if (order.status === 'PENDING') this.activate(work, market, order)
    }
    for (const order of this.state.live.values()) {
      const endTimeMs = endTimeOf(order.terms)
      if (endTimeMs === undefined || endTimeMs > work.nowMs) continue
      this.close(work, order, 'EXPIRED', 'The end time has passed')
    }
    for (const market of this.markets.values()) {
      if (market.twaps.length === 0) continue
      for (const order of market.twaps.slice()) sliceTwap(work, market, order)
      settleDown(work, market)
    }
  }

  /** An edit arrives: on what the order is by now. It may have filled too far, or the money may be gone. */
  private finishEdit(work: Work, market: Market, order: OrderRecord): void {
    const edit = order.pendingEdit
    const product = this.products.get(order.terms.productId)
    if (!edit || !product || order.status !== 'EDIT_QUEUED') return
    const planned: EditPlan | { readonly refusal: EditRefusal } = this.judgeEdit(order, market, product, edit)
    if ('refusal' in planned) {
      work.apply({ kind: 'edit-dropped', orderId: order.orderId, atMs: work.nowMs })
      work.noteOrder(order)
      return
    }
    applyEdit(work, market, order, edit, planned)
    settleDown(work, market)
  }

  private close(work: Work, order: OrderRecord, status: 'CANCELLED' | 'EXPIRED', message: string): void {
    const market = this.market(order.terms.productId)
    if (market) closeOrder(work, market, order, status, message)
  }

  private hasMarket(orderId: string): boolean {
    const order = this.state.orders.get(orderId)
    return order !== undefined && this.market(order.terms.productId)?.dataAtMs !== undefined
  }

  private resume(): void {
    const atMs = this.options.clock.nowMs()
    const orders = [...this.state.live.values()].sort((a, b) => a.sequence - b.sequence)
    for (const order of orders) {
      const { orderId } = order
      const market = this.market(order.terms.productId)
      if (!market) {
        throw new InvariantError(`Order ${orderId} is open on ${order.terms.productId}, which is not listed`, {
          hint: 'start the exchange with the products that its state was made with',
        })
      }
      if (order.status === 'PENDING') this.delays.add({ orderId, what: 'open', atMs: 0, needsMarket: true })
      else resumeOrder(market, order)
      if (order.status === 'CANCEL_QUEUED')
        this.delays.add({ orderId, what: 'cancel', atMs: Math.min(atMs, order.updatedAtMs) })
      if (order.status === 'EDIT_QUEUED') this.delays.add({ orderId, what: 'edit', atMs: 0, needsMarket: true })
    }
  }
}
