import { Decimal } from '@tidegate/trading-model'
import { type OrderRecord, priorityOf, remainingOf } from './records.js'

/** An order of ours in the book, or one rung of it. */
export interface RestingOrder {
  readonly order: OrderRecord
  /** Which rung of a ladder; `undefined` for an order that stands at one price. */
  readonly leg: number | undefined
  readonly ticks: number
  /** The lower, the earlier. */
  readonly priority: number
  /**
   * Base units of other people's size in front of us at our price. Only trades shorten it (R13).
   * `undefined` after a restart, until the market shows its book again.
   */
  queueAhead: Decimal | undefined
  /** What {@link RestingOrder.queueAhead} was when the order entered the book. */
  queueAtEntry: Decimal | undefined
}

/** Base units that an entry still wants. */
export function leftOf(entry: RestingOrder): Decimal {
  return remainingOf(entry.order, entry.leg)
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
  add(order: OrderRecord, ticks: number, shown: Decimal | undefined, leg?: number): void {
    const priority = priorityOf(order)
    let index = this.entries.length
    while (index > 0 && this.goesBefore(ticks, priority, this.entries[index - 1] as RestingOrder)) index--
    const before = this.entries[index - 1]
    // Whoever came earlier at this price still has their queue in front, and so have we.
    const inherited = before?.ticks === ticks ? before.queueAhead : undefined
    const queueAhead = shown && inherited ? Decimal.max(shown, inherited) : shown
    this.entries.splice(index, 0, { order, leg, ticks, priority, queueAhead, queueAtEntry: queueAhead })
  }

  /** Takes an order out with all its rungs; returns what stood in the book. */
  remove(orderId: string): readonly RestingOrder[] {
    const removed = this.entries.filter((entry) => entry.order.orderId === orderId)
    for (const entry of removed) this.removeEntry(entry)
    return removed
  }

  removeEntry(entry: RestingOrder): void {
    const index = this.entries.indexOf(entry)
    if (index >= 0) this.entries.splice(index, 1)
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

  private goesBefore(ticks: number, priority: number, entry: RestingOrder): boolean {
    if (ticks !== entry.ticks) return this.side === 'BUY' ? ticks > entry.ticks : ticks < entry.ticks
    return priority < entry.priority
  }
}
