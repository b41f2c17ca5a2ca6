import { Decimal, ONE } from '../money/decimal.js'
import { BRACKET_STOP_DISTANCE, type MarketTerms, type OrderTerms } from './order.js'

/**
 * The worst price that an order with a limit may get, quote per base: the limit; of a bracket, where its stop leaves when that is worse
 * than its profit; of a ladder its worst rung.
 */
export function worstPriceOf(terms: Exclude<OrderTerms, MarketTerms>): Decimal {
  if (terms.orderType !== 'BRACKET') return terms.limitPrice
  const { side, limitPrice, stopPrice } = terms
  return side === 'BUY'
    ? Decimal.max(limitPrice, stopPrice.mul(ONE.plus(BRACKET_STOP_DISTANCE)))
    : Decimal.min(limitPrice, stopPrice.mul(ONE.minus(BRACKET_STOP_DISTANCE)))
}
