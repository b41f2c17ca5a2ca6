import { Decimal } from '@tidegate/trading-model'
import { holdAfterFill } from '../accounts/hold.js'
import type { Market } from './market.js'
import type { FillRecord, OrderRecord } from './records.js'
import type { Work } from './work.js'

/** What one execution was. */
export type Execution = Pick<
  FillRecord,
  'price' | 'baseSize' | 'quoteValue' | 'fee' | 'seenSize' | 'liquidity' | 'evidence'
> & { readonly leg?: number | undefined; readonly queueAtEntry?: Decimal | undefined }

/** Books an execution: one fill, the hold after it, and a bracket where the order is to get one. */
export function settle(work: Work, order: OrderRecord, execution: Execution): void {
  const { terms } = order
  // Rounding half up may ask for 1e-16 more than was held; a venue never takes more than it held.
  const fee = terms.side === 'BUY' ? Decimal.min(execution.fee, order.hold.sub(execution.quoteValue)) : execution.fee
  const spent = terms.side === 'BUY' ? execution.quoteValue.add(fee) : execution.baseSize
  const { leg, queueAtEntry } = execution
  const fill: FillRecord = {
    sequence: work.state.fills.length + 1,
    tradeId: work.ids.uuid(),
    orderId: order.orderId,
    productId: terms.productId,
    side: terms.side,
    price: execution.price,
    baseSize: execution.baseSize,
    quoteValue: execution.quoteValue,
    fee,
    liquidity: execution.liquidity,
    sizeInQuote: terms.size.kind === 'quote',
    atMs: work.nowMs,
    evidence: execution.evidence,
    seenSize: execution.seenSize,
    priceSource: work.priceSource,
    ...(leg === undefined ? {} : { leg }),
    ...(queueAtEntry === undefined ? {} : { queueAtEntry }),
  }
  work.apply({ kind: 'filled', fill, holdAfter: holdAfterFill(order, fill.baseSize, spent, leg) })
  work.events.push({ kind: 'fill', fill })
  if (order.attached) work.toAttach.add(order)
}

/** Takes an order out of the market: from its place in the book and from those that wait for a trigger. */
export function withdraw(work: Work, market: Market, order: OrderRecord): void {
  const waiting = market.stops.indexOf(order)
  if (waiting >= 0) market.stops.splice(waiting, 1)
  const twap = market.twaps.indexOf(order)
  if (twap >= 0) market.twaps.splice(twap, 1)
  const { side } = order.terms
  for (const { ticks } of market.resting[side].remove(order.orderId)) {
    work.noteLevel(market.bookId, side === 'BUY' ? 'bid' : 'ask', ticks)
  }
}

/** Takes an order out of the market and ends it. */
export function closeOrder(
  work: Work,
  market: Market,
  order: OrderRecord,
  status: 'FILLED' | 'CANCELLED' | 'EXPIRED' | 'FAILED',
  message: string,
): void {
  withdraw(work, market, order)
  work.apply({ kind: 'closed', orderId: order.orderId, status, message, atMs: work.nowMs })
  work.noteOrder(order)
}
