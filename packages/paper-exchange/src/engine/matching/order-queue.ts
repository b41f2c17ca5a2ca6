import { LevelLadder } from './level-ladder.js'
import { NO_SLOT, OrderSlots } from './order-slots.js'

/** What a taker wants to be told. It must not change the queue while it is told. */
export interface Taker<T> {
  /** False stops the taker in front of this order: it is its own. */
  mayTradeWith(owner: T): boolean
  /** One fill, after the queue has it: `left` is what the resting order still wants, 0 when it has left the queue. */
  onFill(owner: T, units: number, left: number, ticks: number): void
}

/**
 * One side's resting orders in price-time priority; the hot core of the exchange. Everything is whole numbers: prices in price
 * increments, sizes in base increments. Doubles hold them exactly up to 2^53 - 1, which is 90 million BTC at a satoshi an increment; the
 * caller refuses what is beyond (`Number.isSafeInteger`). The core never adds two sizes, only takes the smaller from the larger, so no
 * intermediate result can leave that range either.
 *
 * - `add` and `remove`: O(1) at a known level, O(log levels) plus a short move for a new or an empty one.
 * - `take`: O(fills).
 * - Queue-ahead: an order may stand behind `ahead` increments of people who are not in this queue, at its own price. Only what trades at
 *   that very price shortens it. Where nobody is in front (0) this is plain price-time priority.
 */
export class OrderQueue<T> {
  /** Orders in the queue. */
  size = 0
  private readonly sign: 1 | -1
  private readonly ladder = new LevelLadder()
  private readonly slots = new OrderSlots()
  private readonly owners: (T | undefined)[] = []
  private heads = new Int32Array(16)
  private tails = new Int32Array(16)
  private levelsUsed = 0
  private readonly freeLevels: number[] = []
  /** Orders with somebody in front, or with nobody knowing. */
  private queued = 0

  constructor(side: 'BUY' | 'SELL') {
    this.sign = side === 'BUY' ? 1 : -1
  }

  /**
   * Queues an order at its price, behind everything of the same or an earlier priority.
   *
   * @param priority - The lower, the earlier.
   * @param ahead - Other people's base increments in front; `NaN` while nobody knows.
   * @returns The order's slot, valid until it is removed or filled.
   */
  add(owner: T, ticks: number, units: number, priority: number, ahead = 0): number {
    const { slots } = this
    const slot = slots.take()
    const level = this.levelFor(ticks)
    slots.ticks[slot] = ticks
    slots.left[slot] = units
    slots.priority[slot] = priority
    slots.level[slot] = level
    slots.ahead[slot] = ahead
    if (ahead !== 0) this.queued++
    this.owners[slot] = owner
    let before = this.tails[level] as number
    while (before !== NO_SLOT && (slots.priority[before] as number) > priority)
      before = slots.previous[before] as number
    const after = before === NO_SLOT ? (this.heads[level] as number) : (slots.next[before] as number)
    slots.previous[slot] = before
    slots.next[slot] = after
    if (before === NO_SLOT) this.heads[level] = slot
    else slots.next[before] = slot
    if (after === NO_SLOT) this.tails[level] = slot
    else slots.previous[after] = slot
    this.size++
    return slot
  }

  remove(slot: number): void {
    const { slots } = this
    const level = slots.level[slot] as number
    const before = slots.previous[slot] as number
    const after = slots.next[slot] as number
    if (before === NO_SLOT) this.heads[level] = after
    else slots.next[before] = after
    if (after === NO_SLOT) this.tails[level] = before
    else slots.previous[after] = before
    if (before === NO_SLOT && after === NO_SLOT) {
      this.ladder.remove(this.ladder.find(this.sign * (slots.ticks[slot] as number)))
      this.freeLevels.push(level)
    }
    if (slots.ahead[slot] !== 0) this.queued--
    this.owners[slot] = undefined
    slots.give(slot)
    this.size--
  }

  /** The order that is first in line, or `NO_SLOT`. */
  best(): number {
    const { ladder } = this
    return ladder.count === 0 ? NO_SLOT : (this.heads[ladder.levelAt(ladder.count - 1)] as number)
  }

  /** The order next in line at the same price, or `NO_SLOT`. */
  nextAtPrice(slot: number): number {
    return this.slots.next[slot] as number
  }

  /** The order before it in line at the same price, or `NO_SLOT`. */
  previousAtPrice(slot: number): number {
    return this.slots.previous[slot] as number
  }

  /** First in line at a price, or `NO_SLOT`. */
  firstAt(ticks: number): number {
    const key = this.sign * ticks
    const index = this.ladder.find(key)
    if (index === this.ladder.count || this.ladder.keyAt(index) !== key) return NO_SLOT
    return this.heads[this.ladder.levelAt(index)] as number
  }

  /** Prices with orders, the best one 0. */
  get levelCount(): number {
    return this.ladder.count
  }

  /** First in line at the `rank`-th best price, which is below {@link OrderQueue.levelCount}. */
  firstAtRank(rank: number): number {
    return this.heads[this.ladder.levelAt(this.ladder.count - 1 - rank)] as number
  }

  ownerOf(slot: number): T {
    return this.owners[slot] as T
  }

  ticksOf(slot: number): number {
    return this.slots.ticks[slot] as number
  }

  /** Base increments that the order still wants. */
  leftOf(slot: number): number {
    return this.slots.left[slot] as number
  }

  /** Changes what an order still wants; its place stays. */
  resize(slot: number, units: number): void {
    this.slots.left[slot] = units
  }

  /** Base increments of other people in front; `NaN` while nobody knows. */
  aheadOf(slot: number): number {
    return this.slots.ahead[slot] as number
  }

  /** True while somebody may stand in front of an order of this queue. */
  get hasQueues(): boolean {
    return this.queued > 0
  }

  setAhead(slot: number, units: number): void {
    this.queued += (units === 0 ? 0 : 1) - (this.slots.ahead[slot] === 0 ? 0 : 1)
    this.slots.ahead[slot] = units
  }

  /** True when `ticks` is at least as good for this side as `other`: a higher bid, a lower ask. */
  isAtLeastAsGood(ticks: number, other: number): boolean {
    return this.sign * ticks >= this.sign * other
  }

  /** Something traded at a price, past the orders of this queue: everybody there has that much less in front. */
  shortenQueues(ticks: number, units: number): void {
    if (this.queued === 0) return
    for (let slot = this.firstAt(ticks); slot !== NO_SLOT; slot = this.slots.next[slot] as number)
      this.pass(slot, units)
  }

  /**
   * Lets a taker trade with everything at `limitTicks` or better, in price-time priority, at the resting orders' prices. At
   * `limitTicks` itself an order gets what is left after the queue in front of it; at better prices everybody in front is gone.
   *
   * @param limitTicks - The taker's worst price; an infinity takes whatever there is.
   * @param units - Base increments that the taker wants.
   * @returns What it did not get from this queue.
   */
  take(limitTicks: number, units: number, taker: Taker<T>): number {
    const { ladder } = this
    const limit = this.sign * limitTicks
    let left = units
    while (left > 0 && ladder.count > 0) {
      const index = ladder.count - 1
      const key = ladder.keyAt(index)
      if (key < limit) break
      if (key === limit) return left - this.takeAt(ladder.levelAt(index), left, taker)
      const slot = this.heads[ladder.levelAt(index)] as number
      if (!taker.mayTradeWith(this.ownerOf(slot))) break
      if (this.queued !== 0) this.setAhead(slot, 0)
      left -= this.fill(slot, left, taker)
    }
    return left
  }

  /** What {@link OrderQueue.take} would get, at most `units`, where nobody has a queue in front. */
  available(limitTicks: number, units: number, taker: Pick<Taker<T>, 'mayTradeWith'>): number {
    const { ladder, slots } = this
    const limit = this.sign * limitTicks
    let left = units
    for (let index = ladder.count - 1; index >= 0 && ladder.keyAt(index) >= limit; index--) {
      let slot = this.heads[ladder.levelAt(index)] as number
      for (; slot !== NO_SLOT && left > 0; slot = slots.next[slot] as number) {
        if (!taker.mayTradeWith(this.ownerOf(slot))) return units - left
        left -= Math.min(left, slots.left[slot] as number)
      }
    }
    return units - left
  }

  /** Fills the order that is first in line with at most `units`, whatever stood in front of it. @returns What it took. */
  fillBest(units: number, taker: Taker<T>): number {
    const slot = this.best()
    return slot === NO_SLOT ? 0 : this.fill(slot, units, taker)
  }

  private takeAt(level: number, units: number, taker: Taker<T>): number {
    const { slots } = this
    let filled = 0
    let slot = this.heads[level] as number
    while (slot !== NO_SLOT) {
      const after = slots.next[slot] as number
      const reaches = units - (slots.ahead[slot] as number) - filled
      if (reaches > 0) {
        if (!taker.mayTradeWith(this.ownerOf(slot))) return filled
        this.pass(slot, units)
        filled += this.fill(slot, reaches, taker)
      } else if (this.queued === 0) return filled
      else this.pass(slot, units)
      slot = after
    }
    return filled
  }

  private pass(slot: number, units: number): void {
    const ahead = this.slots.ahead[slot] as number
    // Also leaves alone what nobody knows.
    if (ahead > 0) this.setAhead(slot, Math.max(0, ahead - units))
  }

  private fill(slot: number, most: number, taker: Taker<T>): number {
    const { slots } = this
    const wanted = slots.left[slot] as number
    const owner = this.ownerOf(slot)
    const ticks = slots.ticks[slot] as number
    if (wanted <= most) {
      this.remove(slot)
      taker.onFill(owner, wanted, 0, ticks)
      return wanted
    }
    slots.left[slot] = wanted - most
    taker.onFill(owner, most, wanted - most, ticks)
    return most
  }

  private levelFor(ticks: number): number {
    const key = this.sign * ticks
    const { ladder } = this
    const index = ladder.find(key)
    if (index < ladder.count && ladder.keyAt(index) === key) return ladder.levelAt(index)
    const level = this.freeLevels.pop() ?? this.levelsUsed++
    if (level === this.heads.length) this.growLevels()
    this.heads[level] = NO_SLOT
    this.tails[level] = NO_SLOT
    ladder.insert(index, key, level)
    return level
  }

  private growLevels(): void {
    const heads = new Int32Array(this.heads.length * 2)
    heads.set(this.heads)
    this.heads = heads
    const tails = new Int32Array(heads.length)
    tails.set(this.tails)
    this.tails = tails
  }
}
