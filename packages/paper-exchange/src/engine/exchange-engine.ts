import type { Decimal, PriceEvent, Product } from '@tidegate/trading-model'
import type { FeeTier } from '../accounts/fee-tiers.js'
import { cancelOrder, editOrder, previewEdit } from './change-order.js'
import type { EditRefusal } from './edit-order.js'
import { EngineCore } from './engine-core.js'
import type { EditPreview, EngineOptions, OrderPreview, PlaceOptions, PlaceResult } from './engine-options.js'
import type { ExchangeState } from './exchange-state.js'
import { resumeTrading } from './fill-resting.js'
import type { Market } from './market.js'
import { onLevels, onTrade } from './market-news.js'
import { placeOrder, previewOrder } from './place-order.js'
import {
  changePortfolio,
  createPortfolio,
  depositMoney,
  type FundsMove,
  hasPortfolio,
  moveFunds,
} from './portfolio-commands.js'
import { DEFAULT_PORTFOLIO, type Gap, type OrderEdit, type PortfolioRecord } from './records.js'
import { resumeOrders } from './resume-orders.js'
import { runDue } from './run-due.js'
import { settleDown } from './settle-down.js'
import type { ExchangeTerms } from './terms.js'

/**
 * The matching engine: pure, no I/O. Orders, cancels, prices and the passing of time go in; effects go to `commit`,
 * then events to `publish`. One call is one atomic piece of work.
 */
export class ExchangeEngine {
  private readonly core: EngineCore

  constructor(private readonly options: EngineOptions) {
    this.core = new EngineCore(options, (work) => runDue(this.core, work))
    resumeOrders(this.core)
  }

  get state(): ExchangeState {
    return this.options.state
  }

  product(productId: string): Product | undefined {
    return this.core.product(productId)
  }

  listProducts(): readonly Product[] {
    return [...this.core.products.values()]
  }

  /** The book that a product trades in: its own, or that of the product it is an alias of. */
  market(productId: string): Market | undefined {
    return this.core.market(productId)
  }

  listMarkets(): readonly Market[] {
    return [...this.core.markets.values()]
  }

  /** The fee tier of this moment. */
  feeTier(): FeeTier {
    return this.core.feeTier()
  }

  /**
   * Changes a product's trading flags, as the venue does in an incident. Orders that rest stay. In an auction orders rest and nothing
   * matches; when it ends, trading simply resumes: what crosses by then takes the book, in order of time.
   */
  changeProduct(productId: string, change: Partial<Product>): void {
    const product = this.core.product(productId)
    if (!product) return
    this.core.products.set(productId, { ...product, ...change, productId })
    const market = this.core.markets.get(productId)
    if (!market || change.auctionMode === undefined || change.auctionMode === market.isAuction) return
    this.core.work((work) => {
      market.isAuction = change.auctionMode === true
      if (market.isAuction) return
      resumeTrading(work, market)
      settleDown(work, market)
    })
  }

  /**
   * Marks every live order: between these moments nobody was looking (R9). The mark of a gap that is about to be replayed is dated at
   * its beginning, so that whoever is interrupted in the replay knows that it is not done.
   */
  markGap(gap: Gap): readonly string[] {
    const orderIds = [...this.state.live.keys()]
    if (gap.isReplayed === true) this.core.replayedAtMs = gap.fromMs
    try {
      if (orderIds.length > 0) this.core.work((work) => work.apply({ kind: 'gap-passed', orderIds, gap }))
    } finally {
      this.core.replayedAtMs = undefined
    }
    return orderIds
  }

  /** Notes since when a price source has been going, so that a restart can take it up where it would be. */
  notePrices(source: string, openedAtMs: number): void {
    this.core.work((work) => work.apply({ kind: 'prices-opened', source, openedAtMs, atMs: work.nowMs }))
  }

  /** The first money, all of it or none. */
  endow(balances: ReadonlyMap<string, Decimal>): void {
    this.core.work((work) => {
      for (const [currency, amount] of balances) depositMoney(work, currency, amount, DEFAULT_PORTFOLIO)
    })
  }

  /** Forgets everything that has happened and starts over with these balances. @returns what is gone. */
  reset(balances: ReadonlyMap<string, Decimal>): {
    readonly orders: number
    readonly fills: number
    readonly portfolios: number
  } {
    return this.core.work((work) => {
      const { orders, fills, portfolios } = this.state
      const gone = { orders: orders.size, fills: fills.length, portfolios: portfolios.size }
      work.apply({ kind: 'reset', atMs: work.nowMs })
      this.core.restart()
      for (const [currency, amount] of balances) depositMoney(work, currency, amount, DEFAULT_PORTFOLIO)
      return gone
    })
  }

  /** Notes that somebody was looking until now, so that a restart knows where its gap begins. */
  watch(): void {
    if (this.state.live.size > 0) this.core.work((work) => work.apply({ kind: 'watched', atMs: work.nowMs }))
  }

  /**
   * Works the live orders through a time that has passed: every event at its own moment, expiries and slices between them. Nothing of
   * it is a recent trade afterwards.
   */
  replay(events: Iterable<PriceEvent>): void {
    try {
      for (const event of events) {
        this.core.replayedAtMs = event.atMs
        this.onPrice(event)
        if (this.state.live.size === 0) break
      }
    } finally {
      this.core.replayedAtMs = undefined
      for (const market of this.core.markets.values()) market.forgetTrades()
    }
  }

  /** Money from outside. */
  deposit(currency: string, amount: Decimal, portfolioId = DEFAULT_PORTFOLIO): void {
    this.core.work((work) => depositMoney(work, currency, amount, portfolioId))
  }

  /** Opens a portfolio beside the default one. */
  createPortfolio(name: string): PortfolioRecord {
    return this.core.work((work) => createPortfolio(work, name))
  }

  /** Renames or deletes. @returns why not: it is unknown, the default one, or (to be deleted) not empty. */
  changePortfolio(
    portfolioId: string,
    change: { readonly name?: string; readonly isDeleted?: boolean },
  ): 'unknown' | 'not-empty' | undefined {
    return this.core.work((work) => changePortfolio(work, portfolioId, change))
  }

  /** True for the default portfolio and every other that is there. */
  hasPortfolio(portfolioId: string): boolean {
    return hasPortfolio(this.state, portfolioId)
  }

  /** Moves available money between two own portfolios. @returns why not. */
  moveFunds(move: FundsMove): 'unknown' | 'insufficient' | undefined {
    return this.core.work((work) => moveFunds(work, move))
  }

  /**
   * Takes an order, or says why not. A `clientOrderId` seen before in the portfolio answers with the order it made, whatever the terms.
   *
   * @throws {InvariantError} when the exchange has stopped; the caller cannot know what became of the order.
   */
  place(clientOrderId: string, terms: ExchangeTerms, more: PlaceOptions = {}): PlaceResult {
    return this.core.work((work) => placeOrder(this.core, work, clientOrderId, terms, more))
  }

  /** The same checks and the same walk as {@link ExchangeEngine.place}, without doing anything. */
  preview(terms: ExchangeTerms, more: PlaceOptions = {}): OrderPreview {
    return previewOrder(this.core, terms, more)
  }

  /** Changes price and total size of a resting order. @returns `undefined` when the edit was taken. */
  editOrder(orderId: string, edit: OrderEdit, portfolioId?: string): EditRefusal | undefined {
    return this.core.work((work) => editOrder(this.core, work, orderId, edit, portfolioId))
  }

  /** The same checks as {@link ExchangeEngine.editOrder}, without doing anything. */
  previewEdit(orderId: string, edit: OrderEdit, portfolioId?: string): EditPreview {
    return previewEdit(this.core, orderId, edit, portfolioId)
  }

  /** @returns `undefined` when the cancel was taken, else the venue's reason word. */
  cancel(orderId: string, portfolioId?: string): string | undefined {
    return this.core.work((work) => cancelOrder(this.core, work, orderId, portfolioId))
  }

  /** Lets time do its part: delayed opens and cancels, expiry of good-till-date orders. */
  advance(): void {
    this.core.work(() => {})
  }

  /** News from the market. */
  onPrice(event: PriceEvent): void {
    const market = this.core.markets.get(event.productId)
    if (!market) return
    this.core.work((work) => {
      if (event.kind === 'levels') onLevels(work, market, event, this.options.log)
      else onTrade(work, market, event)
      settleDown(work, market)
    })
  }
}
