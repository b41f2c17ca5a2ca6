import { Decimal, type OrderTerms } from '@tidegate/trading-model'
import type { OrderRecord } from '../engine/records.js'
import { remainingSize } from '../engine/records.js'
import { roundUp16 } from './fill-arithmetic.js'

/** Rate that a resting or resting-able buy must be ready to pay: a post-only order can only ever be a maker. */
export function holdRate(terms: OrderTerms, takerRate: Decimal, makerRate: Decimal): Decimal {
  return terms.orderType === 'LIMIT' && terms.postOnly ? makerRate : Decimal.max(takerRate, makerRate)
}

/** Quote units held for `baseSize` of a limit buy: `size × price × (1 + rate)`, rounded up at 16 decimals. */
export function limitBuyHold(baseSize: Decimal, limitPrice: Decimal, rate: Decimal): Decimal {
  return roundUp16(baseSize.mul(limitPrice).mul(rate.add(1)))
}

/**
 * Hold of an order after a fill that cost `spent`.
 * A limit buy gives back price improvement at once; the hold never grows and never covers less than what was not spent.
 *
 * @param filled - Base units of this fill, not yet in `order.filledSize`.
 * @param spent - For a buy: value + fee, in quote. For a sell: base units.
 */
export function holdAfterFill(order: OrderRecord, filled: Decimal, spent: Decimal): Decimal {
  const unspent = order.hold.sub(spent)
  const { terms } = order
  if (terms.side === 'SELL' || terms.orderType === 'MARKET') return unspent
  const rate = holdRate(terms, order.takerRate, order.makerRate)
  return Decimal.min(unspent, limitBuyHold(remainingSize(order).sub(filled), terms.limitPrice, rate))
}
