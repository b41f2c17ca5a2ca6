import { Decimal, roundDownToIncrement, ZERO } from '@tidegate/trading-model'
import { executeOrder } from './execute-order.js'
import type { Market } from './market.js'
import { newOrderRecord } from './new-order-record.js'
import { isLive, type OrderRecord, workableSize } from './records.js'
import { withdraw } from './settle.js'
import type { BracketTerms } from './terms.js'
import type { Work } from './work.js'

/**
 * Gives what a parent has bought its bracket: a child is created with the first fill that is large enough, and grows with the next ones
 * (at the back of the queue). A child that has filled is followed by another; one that was cancelled is not.
 */
export function attachChild(work: Work, market: Market, parent: OrderRecord): void {
  if (!parent.attached) return
  const children = work.state.childrenOf(parent.orderId)
  const latest = children.at(-1)
  if (latest && !isLive(latest) && latest.status !== 'FILLED') return
  const current = latest && isLive(latest) ? latest : undefined
  const covered = children.reduce(
    (sum, child) => (child === current ? sum : sum.add(workableSize(child) ?? ZERO)),
    ZERO,
  )
  const before = current ? (workableSize(current) ?? ZERO) : ZERO
  const { baseIncrement, baseMinSize, quoteMinSize } = market.product
  const available = work.state.walletsOf(parent.portfolioId).available(parent.baseCurrency)
  const wanted = Decimal.min(parent.filledSize.sub(covered), before.add(available))
  if (wanted.lte(before)) return
  const baseSize = roundDownToIncrement(wanted, baseIncrement)
  const { limitPrice, stopTriggerPrice } = parent.attached
  // Too little for an order of its own: the next fill may make it enough.
  if (baseSize.lte(before) || baseSize.lt(baseMinSize) || baseSize.mul(limitPrice).lt(quoteMinSize)) return
  const terms: BracketTerms = {
    orderType: 'BRACKET',
    timeInForce: 'GTC',
    productId: parent.terms.productId,
    side: 'SELL',
    size: { kind: 'base', baseSize },
    limitPrice,
    stopTriggerPrice,
  }
  if (current) grow(work, market, current, terms, baseSize)
  else create(work, market, parent, terms, baseSize)
}

function grow(work: Work, market: Market, child: OrderRecord, terms: BracketTerms, baseSize: Decimal): void {
  withdraw(work, market, child)
  work.apply({
    kind: 'reworked',
    orderId: child.orderId,
    terms,
    workableSize: baseSize,
    hold: baseSize.sub(child.filledSize),
    priority: work.state.nextPriority(),
    atMs: work.nowMs,
  })
  work.noteOrder(child)
  if (!child.isTriggered) market.stops.push(child)
  executeOrder(work, market, child)
}

function create(work: Work, market: Market, parent: OrderRecord, terms: BracketTerms, baseSize: Decimal): void {
  const orderId = work.ids.uuid()
  const order = newOrderRecord(work, {
    orderId,
    clientOrderId: work.ids.uuid(),
    portfolioId: parent.portfolioId,
    terms,
    product: { baseCurrency: parent.baseCurrency, quoteCurrency: parent.quoteCurrency },
    takerRate: parent.takerRate,
    makerRate: parent.makerRate,
    hold: baseSize,
    workableSize: baseSize,
    originatingOrderId: parent.orderId,
  })
  work.apply({ kind: 'accepted', order })
  work.apply({ kind: 'attached', parentId: parent.orderId, childId: orderId, atMs: work.nowMs })
  work.apply({ kind: 'opened', orderId, atMs: work.nowMs })
  const child = work.state.mustFind(orderId)
  work.noteOrder(child)
  market.stops.push(child)
  executeOrder(work, market, child)
}
