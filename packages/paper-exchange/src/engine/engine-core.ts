import { InvariantError, type Product } from '@tidegate/trading-model'
import { FeeSchedule, type FeeTier } from '../accounts/fee-tiers.js'
import { Delays } from './delays.js'
import type { EngineOptions } from './engine-options.js'
import type { ExchangeState } from './exchange-state.js'
import { Market } from './market.js'
import type { OrderRecord } from './records.js'
import { Work } from './work.js'

/** What every part of the engine works on: the books, the products, what is on its way, and the one way to change anything. */
export class EngineCore {
  readonly markets = new Map<string, Market>()
  readonly products = new Map<string, Product>()
  readonly delays = new Delays()
  /** The moment that is being replayed; `undefined` in the present. */
  replayedAtMs: number | undefined
  private schedule: FeeSchedule
  private brokenBy: unknown

  constructor(
    readonly options: EngineOptions,
    private readonly runDue: (work: Work) => void,
  ) {
    this.schedule = new FeeSchedule(options.state, options.feeTiers)
    this.openMarkets()
  }

  get state(): ExchangeState {
    return this.options.state
  }

  product(productId: string): Product | undefined {
    return this.products.get(productId)
  }

  /** The book that a product trades in: its own, or that of the product it is an alias of. */
  market(productId: string): Market | undefined {
    const product = this.products.get(productId)
    return product && this.markets.get(product.alias ?? product.productId)
  }

  /** An order, unless it belongs to another portfolio than the one that asks. */
  orderIn(orderId: string, portfolioId: string | undefined): OrderRecord | undefined {
    const order = this.state.orders.get(orderId)
    return portfolioId === undefined || order?.portfolioId === portfolioId ? order : undefined
  }

  nowMs(): number {
    return this.replayedAtMs ?? this.options.clock.nowMs()
  }

  feeTier(): FeeTier {
    return this.schedule.at(this.nowMs())
  }

  /**
   * One atomic piece of work: what is due happens first, then `run`; effects are durable before anybody hears of them.
   *
   * @throws {InvariantError} when an earlier piece could not be made durable.
   */
  work<T>(run: (work: Work) => T): T {
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

  /** Forgets everything that is not in the state: books, flags of products, what is on its way. */
  restart(): void {
    this.products.clear()
    this.markets.clear()
    this.delays.clear()
    this.schedule = new FeeSchedule(this.options.state, this.options.feeTiers)
    this.openMarkets()
  }

  private openMarkets(): void {
    const nowMs = this.options.clock.nowMs()
    for (const product of this.options.products) {
      this.products.set(product.productId, product)
      if (product.alias === undefined) this.markets.set(product.productId, new Market(product, nowMs))
    }
  }
}
