import { Decimal, ZERO } from '@tidegate/trading-model'
import { feeOn } from '../accounts/fill-arithmetic.js'
import { holdAfterFill } from '../accounts/hold.js'
import { type Market, opposite, takenSide } from './market.js'
import { planTake, type TakeStep } from './plan-take.js'
import { type FillRecord, type OrderRecord, remainingSize } from './records.js'
import { crosses } from './validate-order.js'
import type { Work } from './work.js'

/** Brings an accepted order to the market: it waits for its stop, takes, rests, or ends. */
export function activateOrder(work: Work, market: Market, order: OrderRecord): void {
  work.apply({ kind: 'opened', orderId: order.orderId, atMs: work.nowMs })
  work.noteOrder(order)
  if (order.terms.orderType === 'STOP_LIMIT') market.stops.push(order)
  else executeOrder(work, market, order)
  wakeStops(work, market)
}

/** Puts the orders that were open before a restart back where they wait. Nothing is taken: the market has not spoken yet. */
export function resumeOrder(market: Market, order: OrderRecord): void {
  const { terms } = order
  if (terms.orderType === 'MARKET') return
  if (terms.orderType === 'STOP_LIMIT' && !order.isTriggered) market.stops.push(order)
  else market.resting[terms.side].add(order, market.ticksOf(terms.limitPrice), undefined)
}

/** Takes an order out of the market and ends it. */
export function closeOrder(
  work: Work,
  market: Market,
  order: OrderRecord,
  status: 'FILLED' | 'CANCELLED' | 'EXPIRED' | 'FAILED',
  message: string,
): void {
  const { terms } = order
  const waiting = market.stops.indexOf(order)
  if (waiting >= 0) market.stops.splice(waiting, 1)
  if (terms.orderType !== 'MARKET' && market.resting[terms.side].remove(order.orderId)) {
    work.noteLevel(market.bookId, terms.side === 'BUY' ? 'bid' : 'ask', market.ticksOf(terms.limitPrice))
  }
  work.apply({ kind: 'closed', orderId: order.orderId, status, message, atMs: work.nowMs })
  work.noteOrder(order)
}

function executeOrder(work: Work, market: Market, order: OrderRecord): void {
  const { terms } = order
  const facing = market.best(takenSide(terms.side))
  if (terms.orderType === 'LIMIT' && terms.postOnly && facing && crosses(terms, facing.price)) {
    closeOrder(work, market, order, 'CANCELLED', 'The market moved: a post-only order would have taken liquidity')
    return
  }
  const limitTicks = terms.orderType === 'MARKET' ? undefined : market.ticksOf(terms.limitPrice)
  const plan = planTake(market, {
    side: terms.side,
    size: terms.size.kind === 'base' ? { kind: 'base', baseSize: remainingSize(order) } : terms.size,
    takerRate: order.takerRate,
    ...(limitTicks === undefined ? {} : { limitTicks }),
    ...(terms.orderType === 'MARKET' && terms.side === 'BUY' ? { budget: order.hold } : {}),
  })
  if (terms.timeInForce === 'FOK' && plan.stoppedBy !== 'complete') {
    closeOrder(work, market, order, 'CANCELLED', 'Fill or kill: the book could not fill it whole')
    return
  }
  for (const step of plan.steps) {
    take(work, market, order, step)
    // The last fill of a complete order is told together with its end: nobody sees it open with nothing left.
    if (plan.stoppedBy !== 'complete' || step !== plan.steps.at(-1)) work.noteOrder(order)
  }
  if (plan.stoppedBy === 'complete') closeOrder(work, market, order, 'FILLED', '')
  else if (plan.stoppedBy === 'own-order') {
    closeOrder(work, market, order, 'CANCELLED', 'Self-trade prevention: it would have matched your own order')
  } else if (terms.orderType === 'MARKET' || terms.timeInForce === 'IOC' || limitTicks === undefined) {
    closeOrder(work, market, order, 'CANCELLED', 'The rest was cancelled: immediate or cancel')
  } else {
    rest(work, market, order, limitTicks)
  }
}

function rest(work: Work, market: Market, order: OrderRecord, ticks: number): void {
  const side = order.terms.side === 'BUY' ? 'bid' : 'ask'
  const shown = market.dataAtMs === undefined ? undefined : market.displayed.sizeAt(side, ticks)
  market.resting[order.terms.side].add(order, ticks, shown)
  work.noteLevel(market.bookId, side, ticks)
}

function take(work: Work, market: Market, order: OrderRecord, step: TakeStep): void {
  const side = takenSide(order.terms.side)
  market.displayed.take(side, step.ticks, step.baseSize)
  for (const own of market.resting[opposite[order.terms.side]].at(step.ticks)) {
    if (own.queueAhead) own.queueAhead = Decimal.max(ZERO, own.queueAhead.sub(step.baseSize))
  }
  work.noteLevel(market.bookId, side, step.ticks)
  const trade = market.print(step.price, step.baseSize, order.terms.side, work.nowMs)
  work.events.push({ kind: 'trade', trade })
  settle(work, order, { ...step, liquidity: 'TAKER', evidence: 'book' })
}

/**
 * Fills our resting orders from a trade of the market: better-priced orders first, then those at its price,
 * each only with what is left after the queue in front of it (R13, R14). Fills are at our price and together never exceed the trade.
 */
export function fillByTrade(
  work: Work,
  market: Market,
  trade: { readonly ticks: number; readonly size: Decimal; readonly aggressor: 'BUY' | 'SELL' },
): void {
  const book = market.resting[opposite[trade.aggressor]]
  let volume = trade.size
  let ownAtPrice = ZERO
  // A copy: an order that is filled leaves the book while we walk it.
  for (const entry of book.all().slice()) {
    if (!book.isAtLeastAsGood(entry.ticks, trade.ticks) || volume.lte(ZERO)) break
    if (entry.ticks !== trade.ticks) {
      entry.queueAhead = ZERO
      volume = volume.sub(makerFill(work, market, entry.order, volume, 'trade', trade.size))
      continue
    }
    if (entry.queueAhead === undefined) continue
    const reaches = volume.sub(entry.queueAhead).sub(ownAtPrice)
    entry.queueAhead = Decimal.max(ZERO, entry.queueAhead.sub(volume))
    if (reaches.gt(ZERO)) {
      ownAtPrice = ownAtPrice.add(makerFill(work, market, entry.order, reaches, 'trade', trade.size))
    }
  }
}

/**
 * Fills resting orders that the market's book has moved through: opposite size at or beyond our price can only be there
 * because everybody ahead of us is gone. Fills are at our price and consume what is shown.
 */
export function fillByCross(work: Work, market: Market): void {
  for (const side of ['BUY', 'SELL'] as const) {
    const facing = takenSide(side)
    for (;;) {
      const entry = market.resting[side].best()
      const level = market.displayed.best(facing)
      if (!entry || !level || !market.resting[side].isAtLeastAsGood(entry.ticks, level.ticks)) break
      const filled = makerFill(work, market, entry.order, level.size, 'cross', level.size)
      market.displayed.take(facing, level.ticks, filled)
      work.noteLevel(market.bookId, facing, level.ticks)
      const trade = market.print(market.priceOf(entry.ticks), filled, opposite[side], work.nowMs)
      work.events.push({ kind: 'trade', trade })
    }
  }
}

/** Queues resumed orders behind what the market shows now: their old place is not known. */
export function seeQueues(market: Market): void {
  for (const side of ['BUY', 'SELL'] as const) {
    for (const entry of market.resting[side].all()) {
      entry.queueAhead ??= market.displayed.sizeAt(side === 'BUY' ? 'bid' : 'ask', entry.ticks)
    }
  }
}

/** Wakes stop orders that the last trade has reached, oldest first, until their own trades wake no more (R16). */
export function wakeStops(work: Work, market: Market): void {
  for (;;) {
    const order = market.stops.find((candidate) => isReached(candidate, market.lastPrice))
    if (!order) return
    market.stops.splice(market.stops.indexOf(order), 1)
    work.apply({ kind: 'triggered', orderId: order.orderId, atMs: work.nowMs })
    work.noteOrder(order)
    executeOrder(work, market, order)
  }
}

function isReached(order: OrderRecord, last: Decimal | undefined): boolean {
  if (!last || order.terms.orderType !== 'STOP_LIMIT') return false
  const { stopDirection, stopPrice } = order.terms
  return stopDirection === 'UP' ? last.gte(stopPrice) : last.lte(stopPrice)
}

/** @returns Base units filled: the smaller of `most` and what is left of the order. */
function makerFill(
  work: Work,
  market: Market,
  order: OrderRecord,
  most: Decimal,
  evidence: 'trade' | 'cross',
  seenSize: Decimal,
): Decimal {
  const { terms } = order
  if (terms.orderType === 'MARKET') return ZERO
  const baseSize = Decimal.min(remainingSize(order), most)
  const quoteValue = baseSize.mul(terms.limitPrice)
  settle(work, order, {
    price: terms.limitPrice,
    baseSize,
    quoteValue,
    fee: feeOn(quoteValue, order.makerRate),
    seenSize,
    liquidity: 'MAKER',
    evidence,
  })
  work.noteLevel(market.bookId, terms.side === 'BUY' ? 'bid' : 'ask', market.ticksOf(terms.limitPrice))
  if (remainingSize(order).isZero()) closeOrder(work, market, order, 'FILLED', '')
  else work.noteOrder(order)
  return baseSize
}

function settle(
  work: Work,
  order: OrderRecord,
  execution: Pick<FillRecord, 'price' | 'baseSize' | 'quoteValue' | 'fee' | 'seenSize' | 'liquidity' | 'evidence'>,
): void {
  const { terms } = order
  // Rounding half up may ask for 1e-16 more than was held; a venue never takes more than it held.
  const fee = terms.side === 'BUY' ? Decimal.min(execution.fee, order.hold.sub(execution.quoteValue)) : execution.fee
  const spent = terms.side === 'BUY' ? execution.quoteValue.add(fee) : execution.baseSize
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
  }
  work.apply({ kind: 'filled', fill, holdAfter: holdAfterFill(order, fill.baseSize, spent) })
  work.events.push({ kind: 'fill', fill })
}
