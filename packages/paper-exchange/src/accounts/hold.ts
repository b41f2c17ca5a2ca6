import { Decimal, ZERO } from '@tidegate/trading-model'
import { type OrderRecord, remainingSize } from '../engine/records.js'
import type { BracketTerms, ExchangeTerms, Rung } from '../engine/terms.js'
import { roundUp16 } from './fill-arithmetic.js'

/** A triggered bracket leaves with a stop-limit this share beyond its trigger. */
const stopDistance = '0.05'

/** Rate that a resting or resting-able buy must be ready to pay: a post-only order can only ever be a maker. */
export function holdRate(terms: ExchangeTerms, takerRate: Decimal, makerRate: Decimal): Decimal {
  return terms.orderType === 'LIMIT' && terms.postOnly ? makerRate : Decimal.max(takerRate, makerRate)
}

/** Quote units held for `baseSize` of a limit buy: `size × price × (1 + rate)`, rounded up at 16 decimals. */
export function limitBuyHold(baseSize: Decimal, limitPrice: Decimal, rate: Decimal): Decimal {
  return roundUp16(baseSize.mul(limitPrice).mul(rate.add(1)))
}

/** Quote units held for the rungs of a buying ladder. */
export function ladderBuyHold(rungs: readonly Rung[], rate: Decimal): Decimal {
  return rungs.reduce((sum, rung) => sum.add(limitBuyHold(rung.baseSize, rung.limitPrice, rate)), ZERO)
}

/** Where a triggered bracket's stop-limit stands, before it is brought onto the grid: 5 % beyond the trigger. */
export function bracketStopLimit(terms: Pick<BracketTerms, 'side' | 'stopTriggerPrice'>): Decimal {
  const factor = terms.side === 'SELL' ? new Decimal(1).sub(stopDistance) : new Decimal(1).add(stopDistance)
  return terms.stopTriggerPrice.mul(factor)
}

/** The worst price that a buy of one limit may come to pay. */
export function worstBuyPrice(terms: Exclude<ExchangeTerms, { orderType: 'MARKET' | 'SCALED' }>): Decimal {
  return terms.orderType === 'BRACKET' ? Decimal.max(terms.limitPrice, bracketStopLimit(terms)) : terms.limitPrice
}

/**
 * Hold of an order after a fill that cost `spent`.
 * A limit buy gives back price improvement at once; the hold never grows and never covers less than what was not spent.
 *
 * @param filled - Base units of this fill, not yet in `order.filledSize`.
 * @param spent - For a buy: value + fee, in quote. For a sell: base units.
 * @param leg - Of a ladder: the rung that is filled.
 */
export function holdAfterFill(order: OrderRecord, filled: Decimal, spent: Decimal, leg?: number): Decimal {
  const unspent = order.hold.sub(spent)
  const { terms } = order
  if (terms.side === 'SELL' || terms.orderType === 'MARKET') return unspent
  const rate = holdRate(terms, order.takerRate, order.makerRate)
  if (terms.orderType === 'SCALED') {
    const left = (order.legs ?? []).map((rung, index) => ({
      limitPrice: rung.limitPrice,
      baseSize: rung.baseSize.sub(rung.filledSize).sub(index === leg ? filled : ZERO),
    }))
    return Decimal.min(unspent, ladderBuyHold(left, rate))
  }
  // An amount of money to the end holds what is left of it.
  if (terms.orderType === 'TWAP' && terms.size.kind === 'quote') return unspent
  return Decimal.min(unspent, limitBuyHold(remainingSize(order).sub(filled), worstBuyPrice(terms), rate))
}
