import { DecimalGrid } from './decimal-grid.js'
import type { MatchAnswer, MatchEvent, MatchFill, MatchOrder, RefusalWord } from './match-types.js'
import { OrderQueue, type Taker } from './order-queue.js'
import { NO_SLOT } from './order-slots.js'

interface Resting {
  readonly id: string
  readonly account: string | undefined
  readonly side: 'BUY' | 'SELL'
  slot: number
  /** What it still wants, as text, while that is known without writing it anew. */
  text: string | undefined
}

const nothing: readonly MatchFill[] = []
const everybody: Pick<Taker<Resting>, 'mayTradeWith'> = { mayTradeWith: () => true }

/**
 * A limit order book in price-time priority, on the queue that the paper exchange keeps its own orders in. Decimals are text at its
 * boundary and whole increments inside: `0.1 + 0.2` takes exactly `0.3`. It knows no money: balances, fees and holds are somebody
 * else's; it does know accounts, and nobody trades with themselves.
 *
 * Bounds: a price or a size beyond 2^53 - 1 of its increment's last decimal is refused as `OUT_OF_RANGE`.
 *
 * @example
 * const book = new MatchingBook({ priceIncrement: '0.01', baseIncrement: '0.1' })
 * book.place({ id: 'a', side: 'SELL', size: '0.3', price: '100' })
 * book.place({ id: 'b', side: 'BUY', size: '0.1', price: '100' }).fills // [{ makerId: 'a', size: '0.1', price: '100', … }]
 */
export class MatchingBook {
  private readonly prices: DecimalGrid
  private readonly sizes: DecimalGrid
  private readonly queues = { BUY: new OrderQueue<Resting>('BUY'), SELL: new OrderQueue<Resting>('SELL') }
  private readonly resting = new Map<string, Resting>()
  private readonly onEvent: ((event: MatchEvent) => void) | undefined
  private priority = 0
  private fillCount = 0
  private readonly taker: BookTaker

  constructor(options: {
    /** Quote units of one price step, such as `"0.01"`. */
    readonly priceIncrement: string
    /** Base units of one size step, such as `"0.00000001"`. */
    readonly baseIncrement: string
    /** Hears everything in the order in which it happens. It must not call the book. */
    readonly onEvent?: (event: MatchEvent) => void
  }) {
    this.prices = new DecimalGrid(options.priceIncrement, 'priceIncrement')
    this.sizes = new DecimalGrid(options.baseIncrement, 'baseIncrement')
    this.onEvent = options.onEvent
    this.taker = new BookTaker((maker, units, left, ticks) => this.fill(maker, units, left, ticks))
  }

  /** Orders that rest. */
  get openOrders(): number {
    return this.resting.size
  }

  /** Takes an order: it trades with what it crosses, and rests where it may. */
  place(order: MatchOrder): MatchAnswer {
    const units = this.sizes.parse(order.size)
    const market = order.side === 'BUY' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
    const ticks = order.price === undefined ? market : this.prices.parse(order.price)
    const refusal = this.refusalOf(order, units, ticks)
    if (refusal !== undefined) return { kind: 'refused', id: order.id, reason: refusal }
    const facing = order.side === 'BUY' ? this.queues.SELL : this.queues.BUY
    const { taker } = this
    taker.begin(order)
    if (order.timeInForce === 'FOK' && facing.available(ticks, units, taker) < units) {
      return this.ended(order.id, 'fill-or-kill', units, units, nothing)
    }
    taker.wasStopped = false
    const left = facing.take(ticks, units, taker)
    const { fills } = taker
    if (left === 0) return this.told({ kind: 'filled', id: order.id, filled: this.sizes.format(units), fills })
    if (taker.wasStopped) return this.ended(order.id, 'own-order', units, left, fills)
    if (order.price === undefined || order.timeInForce === 'IOC') {
      return this.ended(order.id, 'immediate-or-cancel', units, left, fills)
    }
    const entry: Resting = { id: order.id, account: order.account, side: order.side, slot: NO_SLOT, text: undefined }
    entry.slot = this.queues[order.side].add(entry, ticks, left, ++this.priority)
    this.resting.set(order.id, entry)
    if (left === units && isShortest(order.size)) entry.text = order.size
    else entry.text = this.sizes.format(left)
    const filled = left === units ? '0' : this.sizes.format(units - left)
    return this.told({ kind: 'open', id: order.id, filled, fills, left: entry.text })
  }

  /** Takes an order out. @returns what it still wanted, or `undefined` when no such order rests. */
  cancel(id: string): string | undefined {
    const entry = this.resting.get(id)
    if (!entry) return undefined
    const queue = this.queues[entry.side]
    const left = entry.text ?? this.sizes.format(queue.leftOf(entry.slot))
    queue.remove(entry.slot)
    this.resting.delete(id)
    this.onEvent?.({ kind: 'withdrawn', id, left })
    return left
  }

  /**
   * Changes what a resting order still wants. Less keeps its place; more goes to the back of its price.
   *
   * @returns `undefined` when it was done.
   */
  resize(id: string, left: string): RefusalWord | undefined {
    const entry = this.resting.get(id)
    if (!entry) return 'UNKNOWN_ID'
    const units = this.sizes.parse(left)
    if (units === Number.POSITIVE_INFINITY) return 'OUT_OF_RANGE'
    if (!(units > 0)) return 'INVALID_SIZE'
    const queue = this.queues[entry.side]
    entry.text = undefined
    if (units <= queue.leftOf(entry.slot)) queue.resize(entry.slot, units)
    else {
      const ticks = queue.ticksOf(entry.slot)
      queue.remove(entry.slot)
      entry.slot = queue.add(entry, ticks, units, ++this.priority)
    }
    this.onEvent?.({ kind: 'resized', id, left: this.sizes.format(units) })
    return undefined
  }

  /** Prices and sizes of one side, best first. */
  depth(
    side: 'BUY' | 'SELL',
    levels = Number.POSITIVE_INFINITY,
  ): readonly { readonly price: string; readonly size: string }[] {
    const queue = this.queues[side]
    const count = Math.min(levels, queue.levelCount)
    return Array.from({ length: count }, (_, rank) => {
      let slot = queue.firstAtRank(rank)
      const price = this.prices.format(queue.ticksOf(slot))
      // Sizes of many orders together may leave the range of one.
      let total = 0n
      for (; slot !== NO_SLOT; slot = queue.nextAtPrice(slot)) total += BigInt(queue.leftOf(slot))
      return { price, size: this.sizes.formatTotal(total) }
    })
  }

  private refusalOf(order: MatchOrder, units: number, ticks: number): RefusalWord | undefined {
    if (this.resting.has(order.id)) return 'DUPLICATE_ID'
    if (units === Number.POSITIVE_INFINITY) return 'OUT_OF_RANGE'
    if (!(units > 0)) return 'INVALID_SIZE'
    if (order.price === undefined) return undefined
    if (ticks === Number.POSITIVE_INFINITY) return 'OUT_OF_RANGE'
    if (!(ticks > 0)) return 'INVALID_PRICE'
    if (order.postOnly !== true) return undefined
    const facing = order.side === 'BUY' ? this.queues.SELL : this.queues.BUY
    return facing.available(ticks, 1, everybody) > 0 ? 'WOULD_TAKE' : undefined
  }

  private ended(
    id: string,
    why: 'fill-or-kill' | 'own-order' | 'immediate-or-cancel',
    units: number,
    left: number,
    fills: readonly MatchFill[],
  ): MatchAnswer {
    const leftSize = this.sizes.format(left)
    return this.told({ kind: 'cancelled', id, why, filled: this.sizes.format(units - left), fills, left: leftSize })
  }

  private told<T extends MatchEvent>(answer: T): T {
    this.onEvent?.(answer)
    return answer
  }

  private fill(maker: Resting, units: number, left: number, ticks: number): MatchFill {
    if (left === 0) this.resting.delete(maker.id)
    maker.text = undefined
    const fill: MatchFill = {
      number: ++this.fillCount,
      takerId: this.taker.id,
      makerId: maker.id,
      makerSide: maker.side,
      price: this.prices.format(ticks),
      size: this.sizes.format(units),
      makerLeft: left === 0 ? '0' : this.sizes.format(left),
    }
    this.onEvent?.({ kind: 'fill', fill })
    return fill
  }
}

/** True when text that {@link DecimalGrid.parse} took is what {@link DecimalGrid.format} would write. */
function isShortest(text: string): boolean {
  if (text.length > 1 && text.startsWith('0') && !text.startsWith('0.')) return false
  return !text.endsWith('0') || !text.includes('.')
}

/** The order that is being placed, as the queue sees it. One object for all orders: nothing is allocated until something fills. */
class BookTaker implements Taker<Resting> {
  id = ''
  fills: readonly MatchFill[] = nothing
  wasStopped = false
  private account: string | undefined

  constructor(private readonly report: (maker: Resting, units: number, left: number, ticks: number) => MatchFill) {}

  begin(order: MatchOrder): void {
    this.id = order.id
    this.account = order.account
    this.fills = nothing
  }

  mayTradeWith(owner: Resting): boolean {
    if (this.account === undefined || owner.account !== this.account) return true
    this.wasStopped = true
    return false
  }

  onFill(owner: Resting, units: number, left: number, ticks: number): void {
    const fill = this.report(owner, units, left, ticks)
    if (this.fills === nothing) this.fills = [fill]
    else (this.fills as MatchFill[]).push(fill)
  }
}
