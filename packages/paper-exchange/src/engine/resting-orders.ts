import type { Decimal } from '@tidegate/trading-model'
import type { IncrementGrid } from './increment-grid.js'
import { OrderQueue } from './matching/order-queue.js'
import { NO_SLOT } from './matching/order-slots.js'
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
   * Base units of other people's size in front of us when the order entered the book. `undefined` after a restart, until the market
   * shows its book again.
   */
  readonly queueAtEntry: Decimal | undefined
}

interface Entry extends RestingOrder {
  queueAtEntry: Decimal | undefined
  slot: number
}

/** Hears of each fill of an entry, after the queue has it. */
export type FillListener = (entry: RestingOrder, baseSize: Decimal) => void

/**
 * Our resting orders of one side, in price-time priority: the {@link OrderQueue} of the matching core, in decimals and with the orders'
 * records. What an entry still wants is kept here in whole base increments, so whoever changes an order's size outside a fill calls
 * {@link RestingOrders.resize}.
 */
export class RestingOrders {
  private readonly queue: OrderQueue<Entry>
  private readonly byOrder = new Map<string, Entry[]>()

  constructor(
    side: 'BUY' | 'SELL',
    private readonly sizes: IncrementGrid,
  ) {
    this.queue = new OrderQueue(side)
  }

  get isEmpty(): boolean {
    return this.queue.size === 0
  }

  /**
   * Queues an order at its price, behind everything that is there.
   *
   * @param shown - Displayed size at that price now; `undefined` when no book has been seen.
   */
  add(order: OrderRecord, ticks: number, shown: Decimal | undefined, leg?: number): void {
    const priority = priorityOf(order)
    const entry: Entry = { order, leg, ticks, priority, queueAtEntry: undefined, slot: NO_SLOT }
    const shownUnits = shown === undefined ? Number.NaN : this.sizes.units(shown)
    const { queue } = this
    entry.slot = queue.add(entry, ticks, this.sizes.units(remainingOf(order, leg)), priority, shownUnits)
    // Whoever came earlier at this price still has their queue in front, and so have we.
    const before = queue.previousAtPrice(entry.slot)
    if (before !== NO_SLOT && queue.aheadOf(before) > shownUnits) queue.setAhead(entry.slot, queue.aheadOf(before))
    entry.queueAtEntry = this.queueAhead(entry)
    const legs = this.byOrder.get(order.orderId)
    if (legs) legs.push(entry)
    else this.byOrder.set(order.orderId, [entry])
  }

  /** Takes an order out with all its rungs; returns what stood in the book. */
  remove(orderId: string): readonly RestingOrder[] {
    const removed = this.byOrder.get(orderId) ?? []
    this.byOrder.delete(orderId)
    for (const entry of removed) this.queue.remove(entry.slot)
    return removed
  }

  has(orderId: string): boolean {
    return this.byOrder.has(orderId)
  }

  /** An edit that keeps the place has changed what the order still wants. */
  resize(orderId: string): void {
    for (const { order, leg, slot } of this.byOrder.get(orderId) ?? []) {
      this.queue.resize(slot, this.sizes.units(remainingOf(order, leg)))
    }
  }

  /** First in line. */
  best(): RestingOrder | undefined {
    const slot = this.queue.best()
    return slot === NO_SLOT ? undefined : this.queue.ownerOf(slot)
  }

  /** Base units of other people in front of the order that is first in line; `undefined` when nobody knows. */
  bestQueueAhead(): Decimal | undefined {
    const slot = this.queue.best()
    return slot === NO_SLOT ? undefined : this.queueAhead(this.queue.ownerOf(slot))
  }

  /** Everything, in priority order. */
  all(): readonly RestingOrder[] {
    const { queue } = this
    const entries: RestingOrder[] = []
    for (let rank = 0; rank < queue.levelCount; rank++) {
      for (let slot = queue.firstAtRank(rank); slot !== NO_SLOT; slot = queue.nextAtPrice(slot)) {
        entries.push(queue.ownerOf(slot))
      }
    }
    return entries
  }

  get levelCount(): number {
    return this.queue.levelCount
  }

  /** The `rank`-th best price that we stand at, in ticks. */
  ticksAtRank(rank: number): number {
    return this.queue.ticksOf(this.queue.firstAtRank(rank))
  }

  /** Base units that we want at a price. */
  sizeAt(ticks: number): Decimal {
    const { queue } = this
    let sum = this.sizes.value(0)
    for (let slot = queue.firstAt(ticks); slot !== NO_SLOT; slot = queue.nextAtPrice(slot)) {
      sum = sum.add(this.sizes.value(queue.leftOf(slot)))
    }
    return sum
  }

  /** True when `ticks` is at least as good for the resting side as `other`: a higher bid, a lower ask. */
  isAtLeastAsGood(ticks: number, other: number): boolean {
    return this.queue.isAtLeastAsGood(ticks, other)
  }

  /** Somebody else's size has traded at a price: everybody of ours there has that much less in front (R13). */
  shortenQueues(ticks: number, traded: Decimal): void {
    this.queue.shortenQueues(ticks, this.sizes.units(traded))
  }

  /**
   * Lets a trade of the market reach us: better-priced orders first, then those at its price, each only with what is left after the
   * queue in front of it (R13, R14). Fills together never exceed the trade.
   */
  fillByTrade(ticks: number, size: Decimal, onFill: FillListener): void {
    if (this.isEmpty) return
    this.queue.take(ticks, this.sizes.units(size), this.market(onFill))
  }

  /** Fills the order that is first in line with at most `most`, whatever stood in front of it. */
  fillBest(most: Decimal, onFill: FillListener): void {
    this.queue.fillBest(this.sizes.units(most), this.market(onFill))
  }

  /** Queues entries that have no place yet behind what the market shows now. */
  seeQueues(sizeAt: (ticks: number) => Decimal): void {
    const { queue } = this
    if (!queue.hasQueues) return
    for (const entries of this.byOrder.values()) {
      for (const entry of entries) {
        if (!Number.isNaN(queue.aheadOf(entry.slot))) continue
        queue.setAhead(entry.slot, this.sizes.units(sizeAt(entry.ticks)))
        entry.queueAtEntry = this.queueAhead(entry)
      }
    }
  }

  private queueAhead(entry: Entry): Decimal | undefined {
    const units = this.queue.aheadOf(entry.slot)
    return Number.isNaN(units) ? undefined : this.sizes.value(units)
  }

  private market(onFill: FillListener) {
    return {
      mayTradeWith: () => true,
      onFill: (entry: Entry, units: number, left: number) => {
        if (left === 0) this.forget(entry)
        onFill(entry, this.sizes.value(units))
      },
    }
  }

  private forget(entry: Entry): void {
    const { orderId } = entry.order
    const others = (this.byOrder.get(orderId) ?? []).filter((other) => other !== entry)
    if (others.length === 0) this.byOrder.delete(orderId)
    else this.byOrder.set(orderId, others)
  }
}
