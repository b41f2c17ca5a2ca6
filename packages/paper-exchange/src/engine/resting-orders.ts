import { Decimal } from '@tidegate/trading-model'
import type { OrderRecord } from './records.js'

/** An order of ours in the book. */
export interface RestingOrder {
  readonly order: OrderRecord
  readonly ticks: number
  /**
   * Base units of other people's size in front of us at our price. Only trades shorten it (R13).
   * `undefined` after a restart, until the market shows its book again.
   */
  queueAhead: Decimal | undefined
}

/** Our resting orders of one side, in price-time priority. */
export class RestingOrders {
  private readonly entries: RestingOrder[] = []

  constructor(private readonly side: 'BUY' | 'SELL') {}

  /**
   * Queues an order at its price, behind everything that is there.
   *
   * @param shown - Displayed size at that price now; `undefined` when no book has been seen.
   */
  add(order: OrderRecord, ticks: number, shown: Decimal | undefined): void {
    let index = this.entries.length
    while (index > 0 && this.goesBefore(ticks, order.sequence, this.entries[index - 1] as RestingOrder)) index--
    const before = this.entries[index - 1]
    // Whoever came earlier at this price still has their queue in front, and so have we.
    const inherited = before?.ticks === ticks ? before.queueAhead : undefined
    const queueAhead = shown && inherited ? Decimal.max(shown, inherited) : shown
    this.entries.splice(index, 0, { order, ticks, queueAhead })
  }

  remove(orderId: string): boolean {
    const index = this.entries.findIndex((entry) => entry.order.orderId === orderId)
    if (index >= 0) this.entries.splice(index, 1)
    return index >= 0
  }

  best(): RestingOrder | undefined {
    return this.entries[0]
  }

  all(): readonly RestingOrder[] {
    return this.entries
  }

  at(ticks: number): readonly RestingOrder[] {
    return this.entries.filter((entry) => entry.ticks === ticks)
  }

  /** True when `ticks` is at least as good for the resting side as `other`: a higher bid, a lower ask. */
  isAtLeastAsGood(ticks: number, other: number): boolean {
    return this.side === 'BUY' ? ticks >= other : ticks <= other
  }

  private goesBefore(ticks: number, sequence: number, entry: RestingOrder): boolean {
    if (ticks !== entry.ticks) return this.side === 'BUY' ? ticks > entry.ticks : ticks < entry.ticks
    return sequence < entry.order.sequence
  }
}
