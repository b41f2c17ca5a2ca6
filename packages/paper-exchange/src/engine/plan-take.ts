import { Decimal, type OrderSize, roundDownToIncrement, ZERO } from '@tidegate/trading-model'
import { feeOn, roundDown16, roundHalfUp16, valueInsideQuoteSize } from '../accounts/fill-arithmetic.js'
import type { DisplayedLevel } from './displayed-book.js'
import { type Market, opposite, takenSide } from './market.js'

/** One execution against one displayed level. */
export interface TakeStep {
  readonly ticks: number
  readonly price: Decimal
  readonly baseSize: Decimal
  /** Quote units, without fee. */
  readonly quoteValue: Decimal
  /** Quote units. */
  readonly fee: Decimal
  /** Base units that the level showed. */
  readonly seenSize: Decimal
}

/** What taking would do now, and why it stops there. */
export interface TakePlan {
  readonly steps: readonly TakeStep[]
  readonly stoppedBy: 'complete' | 'book-empty' | 'limit' | 'own-order' | 'funds'
}

export interface TakeRequest {
  readonly side: 'BUY' | 'SELL'
  readonly size: OrderSize
  /** Worst price in ticks; none for a market order. */
  readonly limitTicks?: number
  readonly takerRate: Decimal
  /** Quote units that may be spent, fees included; for a base-sized market buy. */
  readonly budget?: Decimal
}

/**
 * Walks the displayed book for a taker. The same walk answers a preview, decides a fill-or-kill and executes an order,
 * so the three agree. It stops in front of an order of our own: nobody trades with themselves.
 */
export function planTake(market: Market, request: TakeRequest): TakePlan {
  const walk = request.size.kind === 'base' ? baseWalk(request, request.size.baseSize, market) : quoteWalk(request)
  const steps: TakeStep[] = []
  const own = market.resting[opposite[request.side]]
  const levels = market.displayed.levels(takenSide(request.side))
  for (let index = 0; ; index++) {
    if (walk.isComplete()) return { steps, stoppedBy: 'complete' }
    const level = levels[index]
    const mine = own.best()
    if (mine && (!level || mine.ticks === level.ticks || own.isAtLeastAsGood(mine.ticks, level.ticks))) {
      if (!isWithinLimit(request, mine.ticks)) return { steps, stoppedBy: 'limit' }
      const before =
        level && level.ticks === mine.ticks ? Decimal.min(level.size, own.bestQueueAhead() ?? level.size) : ZERO
      const step = level && before.gt(ZERO) ? walk.take(level, before) : undefined
      if (step) steps.push(step)
      return { steps, stoppedBy: walk.isComplete() ? 'complete' : 'own-order' }
    }
    if (!level) return { steps, stoppedBy: 'book-empty' }
    if (!isWithinLimit(request, level.ticks)) return { steps, stoppedBy: 'limit' }
    const step = walk.take(level, level.size)
    if (!step) return { steps, stoppedBy: 'funds' }
    steps.push(step)
  }
}

function isWithinLimit(request: TakeRequest, ticks: number): boolean {
  if (request.limitTicks === undefined) return true
  return request.side === 'BUY' ? ticks <= request.limitTicks : ticks >= request.limitTicks
}

interface Walk {
  isComplete(): boolean
  /** `undefined` when nothing more can be paid for. */
  take(level: DisplayedLevel, most: Decimal): TakeStep | undefined
}

function baseWalk(request: TakeRequest, baseSize: Decimal, market: Market): Walk {
  let left = baseSize
  let budget = request.budget
  return {
    isComplete: () => left.isZero(),
    take(level, most) {
      let size = Decimal.min(left, most)
      let quoteValue = size.mul(level.price)
      let fee = feeOn(quoteValue, request.takerRate)
      if (budget?.lt(quoteValue.add(fee))) {
        const increment = market.product.baseIncrement
        size = roundDownToIncrement(budget.div(level.price.mul(request.takerRate.add(1))), increment)
        quoteValue = size.mul(level.price)
        fee = Decimal.min(feeOn(quoteValue, request.takerRate), budget.sub(quoteValue))
        if (size.isZero()) return undefined
      }
      left = left.sub(size)
      budget = budget?.sub(quoteValue).sub(fee)
      return { ticks: level.ticks, price: level.price, baseSize: size, quoteValue, fee, seenSize: level.size }
    },
  }
}

/** Coinbase's arithmetic for "spend exactly Q, fee inside" (§14.3), carried over several levels without losing a digit. */
function quoteWalk(request: TakeRequest): Walk {
  const quoteSize = request.size.kind === 'quote' ? request.size.quoteSize : ZERO
  const valueTotal = valueInsideQuoteSize(quoteSize, request.takerRate)
  const feeTotal = quoteSize.sub(valueTotal)
  let value = ZERO
  let fee = ZERO
  return {
    isComplete: () => value.eq(valueTotal),
    take(level, most) {
      const left = valueTotal.sub(value)
      const offered = roundDown16(most.mul(level.price))
      const quoteValue = Decimal.min(left, offered)
      value = value.add(quoteValue)
      // Fees are allotted on the running total, so that they add up to Q − value exactly when all of Q is spent.
      const feeSoFar = value.eq(valueTotal)
        ? feeTotal
        : Decimal.min(feeTotal, roundHalfUp16(value.mul(request.takerRate)))
      const stepFee = feeSoFar.sub(fee)
      fee = feeSoFar
      return {
        ticks: level.ticks,
        price: level.price,
        baseSize: roundHalfUp16(quoteValue.div(level.price)),
        quoteValue,
        fee: stepFee,
        seenSize: level.size,
      }
    },
  }
}
