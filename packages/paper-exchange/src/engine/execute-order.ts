import { Decimal, roundDownToIncrement, ZERO } from '@tidegate/trading-model'
import { bracketStopLimit } from '../accounts/hold.js'
import { type Market, opposite, takenSide } from './market.js'
import { planTake, type TakeStep } from './plan-take.js'
import { type OrderRecord, remainingOf, remainingSize } from './records.js'
import { closeOrder, settle } from './settle.js'
import { crosses } from './validate-order.js'
import type { Work } from './work.js'

/** Brings an accepted order to the market: it waits for its trigger or its time, takes, rests, or ends. */
export function activateOrder(work: Work, market: Market, order: OrderRecord): void {
  work.apply({ kind: 'opened', orderId: order.orderId, atMs: work.nowMs })
  work.noteOrder(order)
  const { orderType } = order.terms
  if (orderType === 'STOP_LIMIT' || orderType === 'BRACKET') market.stops.push(order)
  if (orderType === 'TWAP') market.twaps.push(order)
  else if (orderType !== 'STOP_LIMIT') executeOrder(work, market, order)
}

/** Puts the orders that were open before a restart back where they wait. Nothing is taken: the market has not spoken yet. */
export function resumeOrder(market: Market, order: OrderRecord): void {
  const { terms } = order
  if (terms.orderType === 'MARKET') return
  if (terms.orderType === 'TWAP') {
    market.twaps.push(order)
    return
  }
  const waits = (terms.orderType === 'STOP_LIMIT' || terms.orderType === 'BRACKET') && !order.isTriggered
  if (waits) market.stops.push(order)
  if (waits && terms.orderType === 'STOP_LIMIT') return
  for (const leg of piecesOf(order)) {
    if (remainingOf(order, leg).isZero()) continue
    market.resting[terms.side].add(order, limitTicks(market, order, leg) ?? 0, undefined, leg)
  }
}

/** Sends everything that is left of an order to the market, rung by rung where it is a ladder. */
export function executeOrder(work: Work, market: Market, order: OrderRecord): void {
  for (const leg of piecesOf(order)) {
    if (!work.state.live.has(order.orderId)) return
    if (leg === undefined || remainingOf(order, leg).gt(ZERO)) executePiece(work, market, order, leg)
  }
}

/** The price that an order works at in whole ticks; `undefined` for a market order. */
export function limitTicks(market: Market, order: OrderRecord, leg: number | undefined): number | undefined {
  const { terms } = order
  if (terms.orderType === 'MARKET') return undefined
  if (terms.orderType === 'SCALED') {
    const rung = order.legs?.[leg ?? 0]
    return rung && market.ticksOf(rung.limitPrice)
  }
  if (terms.orderType === 'BRACKET' && order.isTriggered) {
    const ticks = bracketStopLimit(terms).div(market.product.priceIncrement)
    // Toward the trigger: at most 5 % beyond it.
    return (terms.side === 'SELL' ? ticks.ceil() : ticks.floor()).toNumber()
  }
  return market.ticksOf(terms.limitPrice)
}

/**
 * Sends the due slices of a TWAP: what should be done by now and is not, at its limit or better. What the book does not give is
 * asked for again with the next slice.
 */
export function sliceTwap(work: Work, market: Market, order: OrderRecord): void {
  const { terms } = order
  if (terms.orderType !== 'TWAP' || work.nowMs < terms.startTimeMs || market.isAuction) return
  if (market.dataAtMs === undefined) return
  const due = Math.min(terms.bucketCount, Math.floor((work.nowMs - terms.startTimeMs) / terms.bucketDurationMs) + 1)
  if (due <= (order.slicesSent ?? 0)) return
  work.apply({ kind: 'sliced', orderId: order.orderId, slices: due, atMs: work.nowMs })
  const share = new Decimal(due).div(terms.bucketCount)
  const isLast = due === terms.bucketCount
  const limit = limitTicks(market, order, undefined)
  const take = { side: terms.side, takerRate: order.takerRate, ...(limit === undefined ? {} : { limitTicks: limit }) }
  if (terms.size.kind === 'quote') {
    const { quoteSize } = terms.size
    const target = isLast ? quoteSize : roundDownToIncrement(quoteSize.mul(share), market.product.quoteIncrement)
    const amount = target.sub(quoteSize.sub(order.hold))
    if (amount.lte(ZERO)) return
    takeSteps(work, market, order, planTake(market, { ...take, size: { kind: 'quote', quoteSize: amount } }).steps)
    if (order.hold.isZero()) closeOrder(work, market, order, 'FILLED', '')
    return
  }
  const { baseSize } = terms.size
  const target = isLast ? baseSize : roundDownToIncrement(baseSize.mul(share), market.product.baseIncrement)
  const amount = target.sub(order.filledSize)
  if (amount.lte(ZERO)) return
  takeSteps(work, market, order, planTake(market, { ...take, size: { kind: 'base', baseSize: amount } }).steps)
  if (remainingSize(order).isZero()) closeOrder(work, market, order, 'FILLED', '')
}

function takeSteps(work: Work, market: Market, order: OrderRecord, steps: readonly TakeStep[]): void {
  for (const step of steps) {
    take(work, market, order, step, undefined)
    work.noteOrder(order)
  }
}

function piecesOf(order: OrderRecord): readonly (number | undefined)[] {
  return order.terms.orderType === 'SCALED' ? (order.legs ?? []).map((_, index) => index) : [undefined]
}

function executePiece(work: Work, market: Market, order: OrderRecord, leg: number | undefined): void {
  const { terms } = order
  const limit = limitTicks(market, order, leg)
  if (market.isAuction && limit !== undefined) {
    rest(work, market, order, limit, leg)
    return
  }
  const facing = market.best(takenSide(terms.side))
  if (terms.orderType === 'LIMIT' && terms.postOnly && facing && crosses(terms, facing.price)) {
    closeOrder(work, market, order, 'CANCELLED', 'The market moved: a post-only order would have taken liquidity')
    return
  }
  const plan = planTake(market, {
    side: terms.side,
    size:
      terms.size.kind === 'quote' && terms.orderType === 'MARKET'
        ? terms.size
        : { kind: 'base', baseSize: remainingOf(order, leg) },
    takerRate: order.takerRate,
    ...(limit === undefined ? {} : { limitTicks: limit }),
    ...(terms.orderType === 'MARKET' && terms.side === 'BUY' ? { budget: order.hold } : {}),
  })
  if (terms.timeInForce === 'FOK' && plan.stoppedBy !== 'complete') {
    closeOrder(work, market, order, 'CANCELLED', 'Fill or kill: the book could not fill it whole')
    return
  }
  const isDone = () => plan.stoppedBy === 'complete' && (leg === undefined || remainingSize(order).isZero())
  for (const step of plan.steps) {
    take(work, market, order, step, leg)
    // The last fill of a complete order is told together with its end: nobody sees it open with nothing left.
    if (!isDone() || step !== plan.steps.at(-1)) work.noteOrder(order)
  }
  if (isDone()) closeOrder(work, market, order, 'FILLED', '')
  else if (plan.stoppedBy === 'complete') return
  else if (plan.stoppedBy === 'own-order') {
    closeOrder(work, market, order, 'CANCELLED', 'Self-trade prevention: it would have matched your own order')
  } else if (terms.orderType === 'MARKET' || terms.timeInForce === 'IOC' || limit === undefined) {
    closeOrder(work, market, order, 'CANCELLED', 'The rest was cancelled: immediate or cancel')
  } else {
    rest(work, market, order, limit, leg)
  }
}

function rest(work: Work, market: Market, order: OrderRecord, ticks: number, leg: number | undefined): void {
  const side = order.terms.side === 'BUY' ? 'bid' : 'ask'
  const shown = market.dataAtMs === undefined ? undefined : market.displayed.sizeAt(side, ticks)
  market.resting[order.terms.side].add(order, ticks, shown, leg)
  work.noteLevel(market.bookId, side, ticks)
}

function take(work: Work, market: Market, order: OrderRecord, step: TakeStep, leg: number | undefined): void {
  const side = takenSide(order.terms.side)
  market.displayed.take(side, step.ticks, step.baseSize)
  market.resting[opposite[order.terms.side]].shortenQueues(step.ticks, step.baseSize)
  work.noteLevel(market.bookId, side, step.ticks)
  const trade = market.print(step.price, step.baseSize, order.terms.side, work.nowMs)
  work.events.push({ kind: 'trade', trade })
  settle(work, order, { ...step, liquidity: 'TAKER', evidence: 'book', leg })
}
