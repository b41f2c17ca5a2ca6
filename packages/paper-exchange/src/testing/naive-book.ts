import { Decimal } from '@tidegate/trading-model'
import type { MatchOrder } from '../engine/matching/match-types.js'

interface NaiveOrder {
  readonly id: string
  readonly side: 'BUY' | 'SELL'
  readonly price: Decimal
  readonly account: string | undefined
  left: Decimal
}

/**
 * What a book does, written as it would be explained: one list, sorted at every question, in decimals. Test helper; the matching core
 * is held against it.
 */
export class NaiveBook {
  /** In order of time. */
  private readonly orders: NaiveOrder[] = []

  get openOrders(): number {
    return this.orders.length
  }

  place(order: MatchOrder): { readonly kind: string; readonly fills: readonly string[]; readonly left: string } {
    const size = new Decimal(order.size)
    const price = order.price === undefined ? undefined : new Decimal(order.price)
    const facing = this.line(order.side === 'BUY' ? 'SELL' : 'BUY').filter(
      (other) => !price || (order.side === 'BUY' ? other.price.lte(price) : other.price.gte(price)),
    )
    if (this.orders.some((other) => other.id === order.id)) return { kind: 'DUPLICATE_ID', fills: [], left: '' }
    if (order.postOnly === true && price && facing.length > 0) return { kind: 'WOULD_TAKE', fills: [], left: '' }
    const own = facing.findIndex((other) => order.account !== undefined && other.account === order.account)
    const partners = own < 0 ? facing : facing.slice(0, own)
    const offered = partners.reduce((sum, other) => sum.add(other.left), new Decimal(0))
    if (order.timeInForce === 'FOK' && offered.lt(size)) {
      return { kind: 'fill-or-kill', fills: [], left: size.toFixed() }
    }
    let left = size
    const fills: string[] = []
    for (const maker of partners) {
      const traded = Decimal.min(left, maker.left)
      if (traded.isZero()) break
      left = left.sub(traded)
      maker.left = maker.left.sub(traded)
      fills.push(`${maker.id} ${traded.toFixed()} @ ${maker.price.toFixed()} leaves ${maker.left.toFixed()}`)
    }
    for (const maker of partners) if (maker.left.isZero()) this.orders.splice(this.orders.indexOf(maker), 1)
    if (left.isZero()) return { kind: 'filled', fills, left: '0' }
    if (own >= 0) return { kind: 'own-order', fills, left: left.toFixed() }
    if (!price || order.timeInForce === 'IOC') return { kind: 'immediate-or-cancel', fills, left: left.toFixed() }
    this.orders.push({ id: order.id, side: order.side, price, account: order.account, left })
    return { kind: 'open', fills, left: left.toFixed() }
  }

  cancel(id: string): string | undefined {
    const index = this.orders.findIndex((order) => order.id === id)
    return index < 0 ? undefined : this.orders.splice(index, 1)[0]?.left.toFixed()
  }

  resize(id: string, text: string): boolean {
    const index = this.orders.findIndex((order) => order.id === id)
    const order = this.orders[index]
    if (!order) return false
    const left = new Decimal(text)
    // More goes to the back.
    if (left.gt(order.left)) this.orders.push(...this.orders.splice(index, 1))
    order.left = left
    return true
  }

  depth(side: 'BUY' | 'SELL'): readonly { readonly price: string; readonly size: string }[] {
    const levels = new Map<string, Decimal>()
    for (const { price, left } of this.line(side)) {
      levels.set(price.toFixed(), left.add(levels.get(price.toFixed()) ?? 0))
    }
    return [...levels].map(([price, size]) => ({ price, size: size.toFixed() }))
  }

  private line(side: 'BUY' | 'SELL'): NaiveOrder[] {
    const own = this.orders.filter((order) => order.side === side)
    return own.sort((a, b) => (side === 'BUY' ? b.price.cmp(a.price) : a.price.cmp(b.price)))
  }
}
