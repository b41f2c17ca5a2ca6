import type { Decimal } from '@tidegate/trading-model'
import { feeOn } from '../accounts/fill-arithmetic.js'
import { executeOrder } from './execute-order.js'
import { type Market, opposite, takenSide } from './market.js'
import { remainingSize } from './records.js'
import type { RestingOrder } from './resting-orders.js'
import { closeOrder, settle, withdraw } from './settle.js'
import type { Work } from './work.js'

/**
 * Fills our resting orders from a trade of the market: better-priced orders first, then those at its price,
 * each only with what is left after the queue in front of it (R13, R14). Fills are at our price and together never exceed the trade.
 */
export function fillByTrade(
  work: Work,
  market: Market,
  trade: { readonly ticks: number; readonly size: Decimal; readonly aggressor: 'BUY' | 'SELL' },
): void {
  market.resting[opposite[trade.aggressor]].fillByTrade(trade.ticks, trade.size, (entry, baseSize) =>
    makerFill(work, market, entry, baseSize, 'trade', trade.size),
  )
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
      const { ticks, size } = level
      market.resting[side].fillBest(size, (filling, baseSize) => {
        makerFill(work, market, filling, baseSize, 'cross', size)
        market.displayed.take(facing, ticks, baseSize)
        work.noteLevel(market.bookId, facing, ticks)
        const trade = market.print(market.priceOf(filling.ticks), baseSize, opposite[side], work.nowMs)
        work.events.push({ kind: 'trade', trade })
      })
    }
  }
}

/** Queues resumed orders behind what the market shows now: their old place is not known. */
export function seeQueues(market: Market): void {
  market.resting.BUY.seeQueues((ticks) => market.displayed.sizeAt('bid', ticks))
  market.resting.SELL.seeQueues((ticks) => market.displayed.sizeAt('ask', ticks))
}

/**
 * Resumes continuous trading after an auction: what rests and crosses by now goes to the market in order of time, as a taker.
 * There is no uncrossing at one price.
 */
export function resumeTrading(work: Work, market: Market): void {
  const waiting = [...market.resting.BUY.all(), ...market.resting.SELL.all()].sort((a, b) => a.priority - b.priority)
  const sent = new Set<string>()
  for (const { order, ticks } of waiting) {
    if (!work.state.live.has(order.orderId) || sent.has(order.orderId)) continue
    const { side } = order.terms
    const facing = market.best(takenSide(side))
    if (!facing || !(side === 'BUY' ? ticks >= facing.ticks : ticks <= facing.ticks)) continue
    sent.add(order.orderId)
    const isWaitingStop = market.stops.includes(order)
    withdraw(work, market, order)
    if (isWaitingStop) market.stops.push(order)
    executeOrder(work, market, order)
  }
}

/** Books a fill that the queue has made: at our price, as a maker. */
function makerFill(
  work: Work,
  market: Market,
  entry: RestingOrder,
  baseSize: Decimal,
  evidence: 'trade' | 'cross',
  seenSize: Decimal,
): void {
  const { order, leg, ticks, queueAtEntry } = entry
  const price = market.priceOf(ticks)
  const quoteValue = baseSize.mul(price)
  const fee = feeOn(quoteValue, order.makerRate)
  settle(work, order, { price, baseSize, quoteValue, fee, seenSize, liquidity: 'MAKER', evidence, leg, queueAtEntry })
  work.noteLevel(market.bookId, order.terms.side === 'BUY' ? 'bid' : 'ask', ticks)
  if (remainingSize(order).isZero()) closeOrder(work, market, order, 'FILLED', '')
  else work.noteOrder(order)
}
