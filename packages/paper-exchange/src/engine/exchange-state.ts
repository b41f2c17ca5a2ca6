import { type Decimal, InvariantError, ZERO } from '@tidegate/trading-model'
import { Wallets } from '../accounts/wallets.js'
import type { DepositRecord, Effect, FillRecord, MoveRecord, OrderRecord, PortfolioRecord } from './records.js'
import { DEFAULT_PORTFOLIO, isLive, priorityOf } from './records.js'

/** `edit_history` keeps as many. */
const keptEdits = 5

/** What happened so far, as a snapshot keeps it. */
export interface StateHistory {
  readonly orders: readonly OrderRecord[]
  readonly fills: readonly FillRecord[]
  readonly deposits: readonly DepositRecord[]
  readonly moves: readonly MoveRecord[]
  readonly portfolios: readonly PortfolioRecord[]
  readonly pricesOpened?: PricesOpened | undefined
}

/** Which price source was begun when. */
export interface PricesOpened {
  readonly source: string
  readonly openedAtMs: number
}

/**
 * Everything that must survive a crash: wallets, orders, fills, deposits. It changes only by applying {@link Effect}s,
 * so replaying the journal rebuilds it exactly.
 */
export class ExchangeState {
  readonly orders = new Map<string, OrderRecord>()
  readonly live = new Map<string, OrderRecord>()
  readonly fills: FillRecord[] = []
  readonly deposits: DepositRecord[] = []
  readonly moves: MoveRecord[] = []
  /** Without the default one, in order of creation; deleted ones included. */
  readonly portfolios = new Map<string, PortfolioRecord>()
  pricesOpened: PricesOpened | undefined
  private readonly byClientOrderId = new Map<string, OrderRecord>()
  private readonly fillsByOrder = new Map<string, FillRecord[]>()
  private readonly childrenByParent = new Map<string, OrderRecord[]>()
  private lastPriority = 0

  constructor(
    private readonly walletsByPortfolio: Map<string, Wallets> = new Map(),
    history: StateHistory = { orders: [], fills: [], deposits: [], moves: [], portfolios: [] },
  ) {
    for (const order of history.orders) this.addOrder(order)
    for (const fill of history.fills) this.addFill(fill)
    this.deposits.push(...history.deposits)
    this.moves.push(...history.moves)
    for (const portfolio of history.portfolios) this.portfolios.set(portfolio.portfolioId, portfolio)
    this.pricesOpened = history.pricesOpened
  }

  /** Of the default portfolio. */
  get wallets(): Wallets {
    return this.walletsOf(DEFAULT_PORTFOLIO)
  }

  walletsOf(portfolioId: string): Wallets {
    const known = this.walletsByPortfolio.get(portfolioId)
    if (known) return known
    const opened = new Wallets()
    this.walletsByPortfolio.set(portfolioId, opened)
    return opened
  }

  /** Ids of every portfolio that has ever held anything, the default one first. */
  portfolioIds(): readonly string[] {
    return [...new Set([DEFAULT_PORTFOLIO, ...this.portfolios.keys(), ...this.walletsByPortfolio.keys()])]
  }

  /** Client ids are one namespace a portfolio. */
  orderByClientId(clientOrderId: string, portfolioId = DEFAULT_PORTFOLIO): OrderRecord | undefined {
    return this.byClientOrderId.get(clientKey(portfolioId, clientOrderId))
  }

  fillsOf(orderId: string): readonly FillRecord[] {
    return this.fillsByOrder.get(orderId) ?? []
  }

  /** The brackets that an order's fills got, oldest first. */
  childrenOf(orderId: string): readonly OrderRecord[] {
    return this.childrenByParent.get(orderId) ?? []
  }

  /** Sequence of the next order. */
  nextOrderSequence(): number {
    return this.orders.size + 1
  }

  /** Time priority of whatever enters the book next. */
  nextPriority(): number {
    return Math.max(this.lastPriority, this.orders.size) + 1
  }

  /** @throws {InvariantError} when the effect does not fit the state. */
  apply(effect: Effect): void {
    switch (effect.kind) {
      case 'deposited': {
        const { deposit } = effect
        this.deposits.push(deposit)
        this.walletsOf(deposit.portfolioId).move(deposit.currency, deposit.amount, ZERO)
        return
      }
      case 'accepted':
        this.accept(effect.order)
        return
      case 'opened':
        this.touch(effect.orderId, effect.atMs).status = 'OPEN'
        return
      case 'triggered': {
        const order = this.touch(effect.orderId, effect.atMs)
        order.isTriggered = true
        this.renewPriority(order, effect.priority)
        return
      }
      case 'sliced':
        this.touch(effect.orderId, effect.atMs).slicesSent = effect.slices
        return
      case 'filled':
        this.applyFill(effect.fill, effect.holdAfter)
        return
      case 'cancel-queued':
        this.touch(effect.orderId, effect.atMs).status = 'CANCEL_QUEUED'
        return
      case 'edit-queued': {
        const order = this.touch(effect.orderId, effect.atMs)
        order.status = 'EDIT_QUEUED'
        order.pendingEdit = effect.edit
        return
      }
      case 'edit-dropped':
        endEdit(this.touch(effect.orderId, effect.atMs))
        return
      case 'reworked':
        this.rework(effect)
        return
      case 'attached':
        this.mustFind(effect.parentId).attachedOrderId = effect.childId
        return
      case 'closed': {
        const order = this.touch(effect.orderId, effect.atMs)
        this.walletsOf(order.portfolioId).move(order.holdCurrency, order.hold, order.hold.neg())
        order.hold = ZERO
        order.status = effect.status
        order.cancelMessage = effect.message
        delete order.pendingEdit
        this.live.delete(order.orderId)
        return
      }
      case 'gap-passed':
        for (const orderId of effect.orderIds) this.mustFind(orderId).gaps.push(effect.gap)
        return
      case 'portfolio-set':
        this.portfolios.set(effect.portfolio.portfolioId, effect.portfolio)
        return
      case 'moved': {
        const { move } = effect
        this.moves.push(move)
        this.walletsOf(move.fromPortfolioId).move(move.currency, move.amount.neg(), ZERO)
        this.walletsOf(move.toPortfolioId).move(move.currency, move.amount, ZERO)
        return
      }
      case 'prices-opened':
        this.pricesOpened = { source: effect.source, openedAtMs: effect.openedAtMs }
        return
      case 'reset':
        this.forget()
        return
      case 'watched':
        return
    }
  }

  private forget(): void {
    const maps = [this.orders, this.live, this.portfolios, this.byClientOrderId, this.fillsByOrder]
    for (const map of [...maps, this.childrenByParent, this.walletsByPortfolio]) map.clear()
    for (const list of [this.fills, this.deposits, this.moves]) list.length = 0
    this.lastPriority = 0
    this.pricesOpened = undefined
  }

  private accept(order: OrderRecord): void {
    if (this.orders.has(order.orderId) || this.orderByClientId(order.clientOrderId, order.portfolioId)) {
      throw new InvariantError(`Order ${order.orderId} was accepted twice`)
    }
    this.walletsOf(order.portfolioId).move(order.holdCurrency, order.hold.neg(), order.hold)
    // The state owns its records; the effect stays as it was written to the journal.
    this.addOrder({ ...order, gaps: [...order.gaps] })
  }

  private rework(effect: Extract<Effect, { kind: 'reworked' }>): void {
    const order = this.touch(effect.orderId, effect.atMs)
    const more = effect.hold.sub(order.hold)
    this.walletsOf(order.portfolioId).move(order.holdCurrency, more.neg(), more)
    order.hold = effect.hold
    order.terms = effect.terms
    order.workableSize = effect.workableSize
    if (effect.was) {
      order.editHistory = [...order.editHistory, effect.was].slice(-keptEdits)
      endEdit(order)
    }
    this.renewPriority(order, effect.priority)
  }

  private renewPriority(order: OrderRecord, priority: number | undefined): void {
    if (priority === undefined) return
    order.priority = priority
    this.lastPriority = Math.max(this.lastPriority, priority)
  }

  private applyFill(fill: FillRecord, holdAfter: Decimal): void {
    const order = this.touch(fill.orderId, fill.atMs)
    const released = order.hold.sub(holdAfter)
    const wallets = this.walletsOf(order.portfolioId)
    if (fill.side === 'BUY') {
      const spent = fill.quoteValue.add(fill.fee)
      wallets.move(order.quoteCurrency, released.sub(spent), released.neg())
      wallets.move(order.baseCurrency, fill.baseSize, ZERO)
    } else {
      wallets.move(order.baseCurrency, released.sub(fill.baseSize), released.neg())
      wallets.move(order.quoteCurrency, fill.quoteValue.sub(fill.fee), ZERO)
    }
    order.hold = holdAfter
    order.filledSize = order.filledSize.add(fill.baseSize)
    order.filledValue = order.filledValue.add(fill.quoteValue)
    order.totalFees = order.totalFees.add(fill.fee)
    order.fillCount += 1
    order.lastFillAtMs = fill.atMs
    if (fill.leg !== undefined && order.legs) {
      order.legs = order.legs.map((leg, index) =>
        index === fill.leg ? { ...leg, filledSize: leg.filledSize.add(fill.baseSize) } : leg,
      )
    }
    this.addFill(fill)
  }

  private addOrder(order: OrderRecord): void {
    this.orders.set(order.orderId, order)
    this.byClientOrderId.set(clientKey(order.portfolioId, order.clientOrderId), order)
    this.lastPriority = Math.max(this.lastPriority, priorityOf(order))
    if (isLive(order)) this.live.set(order.orderId, order)
    if (order.originatingOrderId === undefined) return
    const siblings = this.childrenByParent.get(order.originatingOrderId)
    if (siblings) siblings.push(order)
    else this.childrenByParent.set(order.originatingOrderId, [order])
  }

  private addFill(fill: FillRecord): void {
    this.fills.push(fill)
    const known = this.fillsByOrder.get(fill.orderId)
    if (known) known.push(fill)
    else this.fillsByOrder.set(fill.orderId, [fill])
  }

  private touch(orderId: string, atMs: number): OrderRecord {
    const order = this.mustFind(orderId)
    if (!isLive(order)) throw new InvariantError(`Order ${orderId} is ${order.status} and cannot change`)
    order.updatedAtMs = Math.max(order.updatedAtMs, atMs)
    return order
  }

  /** @throws {InvariantError} when there is no such order. */
  mustFind(orderId: string): OrderRecord {
    const order = this.orders.get(orderId)
    if (!order) throw new InvariantError(`Order ${orderId} is not known`)
    return order
  }
}

function clientKey(portfolioId: string, clientOrderId: string): string {
  return `${portfolioId}\u0000${clientOrderId}`
}

function endEdit(order: OrderRecord): void {
  delete order.pendingEdit
  if (order.status === 'EDIT_QUEUED') order.status = 'OPEN'
}
