import type { Scale } from '../contender.js'
import { randomFrom } from '../random.js'

/** One request to a book. Every contender gets what it takes: text or numbers, of the same values. */
export interface Operation {
  readonly kind: 'passive' | 'cancel' | 'take'
  readonly id: string
  readonly side: 'BUY' | 'SELL'
  /** Whole base units, so that peers which count in doubles stay exact too. */
  readonly size: number
  readonly sizeText: string
  readonly price: number
  readonly priceText: string
}

/** A book's worth of orders to begin with, and the stream that is measured. */
export interface Workload {
  readonly opening: readonly Operation[]
  readonly stream: readonly Operation[]
  /** Price levels with orders after the opening. */
  readonly levels: number
  /** What everybody must come to. */
  readonly outcome: { readonly volume: number; readonly openOrders: number }
}

const middleTicks = 10_000
const halfLevels = 700

/**
 * 50 % orders that rest, 40 % cancels, 10 % market orders, around some 5,700 resting orders on some 1,400 levels; denser near the touch.
 * The same seed gives the same stream.
 */
export function matchingWorkload(seed: number, scale: Scale): Workload {
  const random = randomFrom(seed)
  const openingSize = scale === 'tiny' ? 400 : 5_700
  const streamSize = scale === 'tiny' ? 2_000 : 100_000
  const truth = new PlainMarket()
  let count = 0
  const passive = (): Operation => {
    const side = random() < 0.5 ? 'BUY' : 'SELL'
    const distance = 1 + Math.floor(halfLevels * random() ** 1.5)
    const ticks = side === 'BUY' ? middleTicks - distance : middleTicks + distance
    const size = 1 + Math.floor(random() * 100)
    const id = `o${++count}`
    truth.rest({ id, ticks, left: size })
    return operation('passive', id, side, size, ticks)
  }
  const opening = Array.from({ length: openingSize }, passive)
  const levels = truth.levels()
  let volume = 0
  const stream = Array.from({ length: streamSize }, () => {
    const dice = random()
    if (dice < 0.5) return passive()
    const isTake = dice >= 0.9
    const victim = isTake ? undefined : truth.cancelAny(random())
    if (victim) return operation('cancel', victim.id, 'BUY', 0, 0)
    // On average one resting order's worth, so that the book neither grows nor empties.
    const side = random() < 0.5 ? 'BUY' : 'SELL'
    const size = 1 + Math.floor(random() * 100)
    volume += truth.take(side, size)
    return operation('take', `t${++count}`, side, size, 0)
  })
  return { opening, stream, levels, outcome: { volume, openOrders: truth.openOrders } }
}

interface PlainOrder {
  readonly id: string
  readonly ticks: number
  left: number
}

/** The truth that contenders are held to: one list a price, in order of time. */
class PlainMarket {
  private readonly lists = new Map<number, PlainOrder[]>()
  private readonly alive: PlainOrder[] = []
  private readonly places = new Map<PlainOrder, number>()

  get openOrders(): number {
    return this.alive.length
  }

  levels(): number {
    return [...this.lists.values()].filter((list) => list.length > 0).length
  }

  rest(order: PlainOrder): void {
    const list = this.lists.get(order.ticks)
    if (list) list.push(order)
    else this.lists.set(order.ticks, [order])
    this.places.set(order, this.alive.length)
    this.alive.push(order)
  }

  /** @param where - Which one, from 0 to below 1. */
  cancelAny(where: number): PlainOrder | undefined {
    const order = this.alive[Math.floor(where * this.alive.length)]
    if (order) this.remove(order)
    return order
  }

  /** @returns Base units that were traded. */
  take(side: 'BUY' | 'SELL', size: number): number {
    let left = size
    for (let distance = 1; distance <= halfLevels && left > 0; distance++) {
      const list = this.lists.get(side === 'BUY' ? middleTicks + distance : middleTicks - distance)
      for (let order = list?.[0]; order && left > 0; order = list?.[0]) {
        const traded = Math.min(left, order.left)
        left -= traded
        order.left -= traded
        if (order.left === 0) this.remove(order)
      }
    }
    return size - left
  }

  private remove(order: PlainOrder): void {
    const list = this.lists.get(order.ticks) ?? []
    list.splice(list.indexOf(order), 1)
    const place = this.places.get(order) ?? 0
    this.places.delete(order)
    const last = this.alive.pop()
    if (last === undefined || last === order) return
    this.alive[place] = last
    this.places.set(last, place)
  }
}

function operation(
  kind: Operation['kind'],
  id: string,
  side: Operation['side'],
  size: number,
  ticks: number,
): Operation {
  const price = ticks / 100
  return { kind, id, side, size, sizeText: String(size), price, priceText: price.toFixed(2) }
}
