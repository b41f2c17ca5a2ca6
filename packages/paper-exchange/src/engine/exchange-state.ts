import { type Decimal, InvariantError, ZERO } from '@tidegate/trading-model'
import { Wallets } from '../accounts/wallets.js'
import type { DepositRecord, Effect, FillRecord, OrderRecord } from './records.js'
import { isLive } from './records.js'

/**
 * Everything that must survive a crash: wallets, orders, fills, deposits. It changes only by applying {@link Effect}s,
 * so replaying the journal rebuilds it exactly.
 */
export class ExchangeState {
  readonly orders = new Map<string, OrderRecord>()
  readonly live = new Map<string, OrderRecord>()
  readonly fills: FillRecord[] = []
  readonly deposits: DepositRecord[] = []
  private readonly byClientOrderId = new Map<string, OrderRecord>()
  private readonly fillsByOrder = new Map<string, FillRecord[]>()

  constructor(
    readonly wallets: Wallets = new Wallets(),
    history: {
      readonly orders: readonly OrderRecord[]
      readonly fills: readonly FillRecord[]
      readonly deposits: readonly DepositRecord[]
    } = { orders: [], fills: [], deposits: [] },
  ) {
    for (const order of history.orders) this.addOrder(order)
    for (const fill of history.fills) this.addFill(fill)
    this.deposits.push(...history.deposits)
  }

  orderByClientId(clientOrderId: string): OrderRecord | undefined {
    return this.byClientOrderId.get(clientOrderId)
  }

  fillsOf(orderId: string): readonly FillRecord[] {
    return this.fillsByOrder.get(orderId) ?? []
  }

  /** Sequence of the next order. */
  nextOrderSequence(): number {
    return this.orders.size + 1
  }

  /** @throws {InvariantError} when the effect does not fit the state. */
  apply(effect: Effect): void {
    switch (effect.kind) {
      case 'deposited':
        this.deposits.push(effect.deposit)
        this.wallets.move(effect.deposit.currency, effect.deposit.amount, ZERO)
        return
      case 'accepted': {
        const { order } = effect
        if (this.orders.has(order.orderId) || this.byClientOrderId.has(order.clientOrderId)) {
          throw new InvariantError(`Order ${order.orderId} was accepted twice`)
        }
        this.wallets.move(order.holdCurrency, order.hold.neg(), order.hold)
        // The state owns its records; the effect stays as it was written to the journal.
        this.addOrder({ ...order, gaps: [...order.gaps] })
        return
      }
      case 'opened':
        this.touch(effect.orderId, effect.atMs).status = 'OPEN'
        return
      case 'triggered':
        this.touch(effect.orderId, effect.atMs).isTriggered = true
        return
      case 'filled':
        this.applyFill(effect.fill, effect.holdAfter)
        return
      case 'cancel-queued':
        this.touch(effect.orderId, effect.atMs).status = 'CANCEL_QUEUED'
        return
      case 'closed': {
        const order = this.touch(effect.orderId, effect.atMs)
        this.wallets.move(order.holdCurrency, order.hold, order.hold.neg())
        order.hold = ZERO
        order.status = effect.status
        order.cancelMessage = effect.message
        this.live.delete(order.orderId)
        return
      }
      case 'gap-passed':
        for (const orderId of effect.orderIds) this.mustFind(orderId).gaps.push(effect.gap)
        return
    }
  }

  private applyFill(fill: FillRecord, holdAfter: Decimal): void {
    const order = this.touch(fill.orderId, fill.atMs)
    const released = order.hold.sub(holdAfter)
    if (fill.side === 'BUY') {
      const spent = fill.quoteValue.add(fill.fee)
      this.wallets.move(order.quoteCurrency, released.sub(spent), released.neg())
      this.wallets.move(order.baseCurrency, fill.baseSize, ZERO)
    } else {
      this.wallets.move(order.baseCurrency, released.sub(fill.baseSize), released.neg())
      this.wallets.move(order.quoteCurrency, fill.quoteValue.sub(fill.fee), ZERO)
    }
    order.hold = holdAfter
    order.filledSize = order.filledSize.add(fill.baseSize)
    order.filledValue = order.filledValue.add(fill.quoteValue)
    order.totalFees = order.totalFees.add(fill.fee)
    order.fillCount += 1
    order.lastFillAtMs = fill.atMs
    this.addFill(fill)
  }

  private addOrder(order: OrderRecord): void {
    this.orders.set(order.orderId, order)
    this.byClientOrderId.set(order.clientOrderId, order)
    if (isLive(order)) this.live.set(order.orderId, order)
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

  private mustFind(orderId: string): OrderRecord {
    const order = this.orders.get(orderId)
    if (!order) throw new InvariantError(`Order ${orderId} is not known`)
    return order
  }
}
