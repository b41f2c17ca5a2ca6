import {
  type AccountReader,
  type Balance,
  type CancelResult,
  type Clock,
  Decimal,
  type EditAck,
  type EditTicketFields,
  type Environment,
  type FeedListeners,
  type FeedStatus,
  type FeeRates,
  type Fill,
  type FillQuery,
  type KeyPermissions,
  type MarketFeed,
  type OrderQuery,
  type OrderTerms,
  SubmitTicket,
  type TicketFields,
  type Timers,
  type Transfer,
  type Venue,
  type VenueAck,
  VenueNotSentError,
  type VenueOrder,
  VenueOutcomeUnknownError,
  ZERO,
} from '@tidegate/trading-model'
import { type EditFault, failBeforeEdit, lostAnswer, refused, whyNotEdited, withTerms } from './memory-edits.js'
import type { MemoryMarket } from './memory-market.js'
import { ackOf, dead, execute, holdOf, isMarketable, newOrder, type StoredOrder } from './memory-orders.js'
import { failSubmit, livesAfter, type SubmitFault } from './memory-submits.js'

export interface MemoryVenueOptions {
  readonly clock: Clock
  readonly timers: Timers
  readonly market: MemoryMarket
  readonly balances?: Readonly<Record<string, string>>
  readonly environment?: Environment
}

const endpoint = 'memory venue'

/**
 * A venue in memory that keeps its own promises (one order per client order id, holds, fills, fees) while a test scripts what goes
 * wrong on the way to it. Marketable orders fill at once at the best price; others rest until {@link MemoryVenue.fill}.
 */
export class MemoryVenue implements Venue, AccountReader, MarketFeed {
  readonly environment: Environment
  /** Every request that left, in order. */
  readonly sent: TicketFields[] = []
  /** Client order ids of the requests after which an order may exist: sending one of them again is a resend. */
  readonly mayBeLive: string[] = []
  readonly cancelled: string[] = []
  readonly takerRate = new Decimal('0.006')
  /** Answers of the next submits, in order; empty means `none`. */
  readonly script: SubmitFault[] = []
  /** Every edit that left, in order. */
  readonly edits: EditTicketFields[] = []
  /** What becomes of the next edits, in order; empty means `none`. */
  readonly editScript: EditFault[] = []
  /** Orders become visible to reads this long after they were taken. */
  listingLagMs = 0
  /** Executions become visible in lists this long after they happened; the order and the wallets show them at once. */
  fillLagMs = 0
  /** When `late`, how long until the order arrives. */
  lateByMs = 5_000
  /** Marketable orders wait for {@link MemoryVenue.fill} when false. */
  fillsAtOnce = true
  /** Cancels are taken but the order stays live until {@link MemoryVenue.settleCancels}. */
  slowCancels = false
  readsFail = false
  cancelsFail = false
  accountFails = false
  skewMs: number | undefined = 0
  listings = 0
  readonly moved: Transfer[] = []
  private readonly orders = new Map<string, StoredOrder>()
  private readonly wallets = new Map<string, Decimal>()
  private readonly executions: Fill[] = []
  private readonly listeners = new Set<FeedListeners>()
  private readonly queuedEdits: EditTicketFields[] = []
  private count = 0

  constructor(private readonly options: MemoryVenueOptions) {
    this.environment = options.environment ?? 'paper'
    for (const [currency, amount] of Object.entries(options.balances ?? { USD: '100000', USDC: '1000', BTC: '0.1' })) {
      this.wallets.set(currency, new Decimal(amount))
    }
  }

  async submit(ticket: SubmitTicket): Promise<VenueAck> {
    await Promise.resolve()
    const fields = SubmitTicket.redeem(ticket, this.venueNowMs())
    if (fields === 'expired') throw new VenueNotSentError('The ticket is void', { endpoint })
    const fault = this.script.shift() ?? 'none'
    if (fault === 'not_sent') throw new VenueNotSentError('connect ECONNREFUSED', { endpoint })
    this.sent.push(fields)
    if (fault !== 'unauthorized' && fault !== 'forbidden') this.mayBeLive.push(fields.clientOrderId)
    if (livesAfter(fault)) this.create(fields)
    else if (fault === 'late') this.options.timers.after(this.lateByMs, () => void this.create(fields))
    failSubmit(fault)
    if (fault === 'hang') return new Promise(() => {})
    const ack = ackOf(this.create(fields))
    return fault === 'wrong_ack' ? { ...ack, productId: 'DOGE-USD' } : ack
  }

  async edit(ticket: SubmitTicket): Promise<EditAck> {
    await Promise.resolve()
    const fields = SubmitTicket.redeemEdit(ticket, this.venueNowMs())
    if (fields === 'expired') throw new VenueNotSentError('The ticket is void', { endpoint })
    const fault = this.editScript.shift() ?? 'none'
    if (fault !== 'not_sent') this.edits.push(fields)
    failBeforeEdit(fault)
    if (fault === 'vanished') throw lostAnswer()
    if (fault === 'late') {
      this.options.timers.after(this.lateByMs, () => this.makeEdit(fields))
      throw lostAnswer()
    }
    const ack = { orderId: fields.targetOrderId, receivedAtMs: this.options.clock.nowMs() }
    const stored = this.orders.get(fields.targetOrderId)
    const reason = whyNotEdited(stored?.order, dead.has(stored?.order.status ?? ''), fields)
    if (reason !== undefined || !stored) throw refused(reason ?? 'ORDER_NOT_FOUND')
    if (fault === 'overtaken') return ack
    if (fault === 'queued') {
      this.queuedEdits.push(fields)
      stored.order = { ...stored.order, status: 'EDIT_QUEUED' }
      this.tell(stored)
      return ack
    }
    this.makeEdit(fields)
    if (fault === 'third') this.change(ack.orderId, { limitPrice: new Decimal('1.23') })
    if (fault === 'throws') throw new TypeError('cannot read properties of undefined')
    if (fault === 'ack_lost') throw lostAnswer()
    return fault === 'hang' ? new Promise(() => {}) : ack
  }

  /** Makes the edits that were only taken so far, as far as they still can be. */
  settleEdits(): void {
    for (const fields of this.queuedEdits.splice(0)) {
      this.makeEdit(fields)
      const stored = this.orders.get(fields.targetOrderId)
      if (stored?.order.status === 'EDIT_QUEUED') this.change(fields.targetOrderId, { status: 'OPEN' })
    }
  }

  async cancel(orderIds: readonly string[]): Promise<readonly CancelResult[]> {
    await Promise.resolve()
    if (this.cancelsFail) throw new VenueOutcomeUnknownError('socket hang up', { endpoint })
    return orderIds.map((orderId): CancelResult => {
      const stored = this.orders.get(orderId)
      this.cancelled.push(orderId)
      if (!stored) return { orderId, outcome: 'refused', reason: 'UNKNOWN_CANCEL_ORDER' }
      if (stored.order.status === 'FILLED') return { orderId, outcome: 'refused', reason: 'ORDER_IS_FULLY_FILLED' }
      if (dead.has(stored.order.status)) return { orderId, outcome: 'refused', reason: 'DUPLICATE_CANCEL_REQUEST' }
      stored.order = { ...stored.order, status: this.slowCancels ? 'CANCEL_QUEUED' : 'CANCELLED' }
      this.tell(stored)
      return { orderId, outcome: 'accepted' }
    })
  }

  settleCancels(): void {
    for (const stored of this.orders.values()) {
      if (stored.order.status !== 'CANCEL_QUEUED') continue
      stored.order = { ...stored.order, status: 'CANCELLED' }
      this.tell(stored)
    }
  }

  async getOrder(orderId: string): Promise<VenueOrder | undefined> {
    await this.read()
    const stored = this.orders.get(orderId)
    return stored && stored.visibleAtMs <= this.options.clock.nowMs() ? stored.order : undefined
  }

  async listOrders(query: OrderQuery): Promise<readonly VenueOrder[]> {
    await this.read()
    this.listings++
    return [...this.orders.values()]
      .filter((stored) => stored.visibleAtMs <= this.options.clock.nowMs())
      .map((stored) => stored.order)
      .filter((order) => order.createdAtMs >= (query.sinceMs ?? 0))
      .filter((order) => order.createdAtMs <= (query.untilMs ?? Number.MAX_SAFE_INTEGER))
      .filter((order) => query.productId === undefined || order.productId === query.productId)
      .filter((order) => query.only !== 'live' || !dead.has(order.status))
      .reverse()
  }

  async listFills(query: FillQuery): Promise<readonly Fill[]> {
    await this.read()
    return this.executions
      .filter((fill) => fill.tradedAtMs + this.fillLagMs <= this.options.clock.nowMs())
      .filter((fill) => query.orderIds === undefined || query.orderIds.includes(fill.orderId))
      .filter((fill) => query.productId === undefined || fill.productId === query.productId)
      .filter((fill) => fill.tradedAtMs >= (query.sinceMs ?? 0))
      .filter((fill) => fill.tradedAtMs <= (query.untilMs ?? Number.MAX_SAFE_INTEGER))
      .reverse()
  }

  async balances(): Promise<readonly Balance[]> {
    await Promise.resolve()
    if (this.accountFails) throw new VenueOutcomeUnknownError('accounts do not answer', { endpoint })
    const held = (currency: string) =>
      holdOf(this.orders.values(), currency, { market: this.options.market, takerRate: this.takerRate })
    return [...this.wallets].map(([currency, total]) => {
      const hold = Decimal.min(held(currency), total)
      return { accountId: `wallet-${currency}`, currency, available: total.minus(hold), hold }
    })
  }

  async feeRates(): Promise<FeeRates> {
    return { tier: 'test', takerRate: this.takerRate, makerRate: new Decimal('0.004'), volumeUsd: ZERO }
  }

  async keyPermissions(): Promise<KeyPermissions> {
    return { canView: true, canTrade: true, canTransfer: false, portfolioId: 'portfolio', portfolioType: 'DEFAULT' }
  }

  async transfers(): Promise<readonly Transfer[]> {
    return this.moved
  }

  clockSkewMs(): number | undefined {
    return this.skewMs
  }

  subscribe(productIds: readonly string[]): Promise<{ accepted: readonly string[]; unknown: readonly string[] }> {
    return Promise.resolve({ accepted: productIds, unknown: [] })
  }

  async subscribeUser(): Promise<void> {}

  listen(listeners: FeedListeners): () => void {
    this.listeners.add(listeners)
    return () => this.listeners.delete(listeners)
  }

  status(): FeedStatus {
    return { state: 'live', lastFrameAtMs: this.options.clock.nowMs(), reconnects: 0, gaps: 0 }
  }

  close(): void {
    this.listeners.clear()
  }

  gap(reason: string): void {
    for (const listener of this.listeners) listener.onGap?.(reason)
  }

  /** Fills `baseSize` (default: the rest) of a live order at its limit or the best price. */
  fill(orderId: string, baseSize?: string): void {
    const stored = this.orders.get(orderId)
    if (!stored || dead.has(stored.order.status)) throw new Error(`order ${orderId} is not live`)
    const { terms } = stored
    const { order, fill } = execute(stored, {
      tradeId: `trade-${this.executions.length + 1}`,
      quote: this.options.market.quote(terms.productId),
      takerRate: this.takerRate,
      nowMs: this.options.clock.nowMs(),
      ...(baseSize === undefined ? {} : { baseSize }),
    })
    this.executions.push(fill)
    const sign = fill.side === 'BUY' ? 1 : -1
    const [base = '', quoteCurrency = ''] = terms.productId.split('-')
    this.move(base, fill.baseSize.mul(sign))
    this.move(quoteCurrency, fill.baseSize.mul(fill.price).mul(-sign).minus(fill.fee))
    stored.order = order
    this.tell(stored)
  }

  /** Somebody else's order appears. */
  placeOutside(terms: OrderTerms): string {
    this.count++
    return this.create({
      intentId: 'outside',
      clientOrderId: `outside-${this.count}`,
      terms,
      frozenTerms: '',
      signFromMs: 0,
      signByMs: 0,
    }).orderId
  }

  /** Money that comes or goes without an order. */
  move(currency: string, amount: Decimal | string): void {
    this.wallets.set(currency, (this.wallets.get(currency) ?? ZERO).plus(amount))
  }

  change(orderId: string, change: Partial<VenueOrder>): void {
    const stored = this.orders.get(orderId)
    if (!stored) throw new Error(`no order ${orderId}`)
    stored.order = { ...stored.order, ...change }
    this.tell(stored)
  }

  all(): readonly VenueOrder[] {
    return [...this.orders.values()].map((stored) => stored.order)
  }

  private create(fields: TicketFields): VenueOrder {
    const earlier = this.all().find((order) => order.clientOrderId === fields.clientOrderId)
    if (earlier) return earlier
    const { terms } = fields
    const nowMs = this.options.clock.nowMs()
    const order = newOrder(fields, `venue-${this.orders.size + 1}`, nowMs)
    const stored = { order, terms, visibleAtMs: nowMs + this.listingLagMs }
    this.orders.set(order.orderId, stored)
    if (this.fillsAtOnce && isMarketable(this.options.market, terms)) this.fill(order.orderId)
    else this.tell(stored)
    return stored.order
  }

  private makeEdit(fields: EditTicketFields): void {
    const stored = this.orders.get(fields.targetOrderId)
    if (!stored || whyNotEdited(stored.order, dead.has(stored.order.status), fields) !== undefined) return
    stored.terms = fields.terms
    stored.order = withTerms(stored.order, fields.terms)
    if (this.fillsAtOnce && isMarketable(this.options.market, fields.terms)) this.fill(fields.targetOrderId)
    else this.tell(stored)
  }

  private tell(stored: StoredOrder): void {
    const { order } = stored
    this.options.timers.after(0, () => {
      for (const listener of this.listeners) listener.onOrder?.(order)
    })
  }

  private async read(): Promise<void> {
    await Promise.resolve()
    if (this.readsFail) throw new VenueOutcomeUnknownError('read timed out', { endpoint })
  }

  private venueNowMs(): number {
    return this.options.clock.nowMs() + (this.skewMs ?? 0)
  }
}
