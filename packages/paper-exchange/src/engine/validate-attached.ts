import { isOnIncrement, type Product, ZERO } from '@tidegate/trading-model'
import { type Market, takenSide } from './market.js'
import type { AttachedTerms, ExchangeTerms } from './terms.js'
import type { Refusal } from './validate-order.js'

/**
 * A bracket that waits for its parent's fills: on bought market and limit orders, profit above and stop below the price that the parent
 * pays. The pairing of reason words with rules is inferred.
 */
export function checkAttached(
  product: Product,
  market: Market,
  terms: ExchangeTerms,
  attached: AttachedTerms,
): Refusal | undefined {
  if (terms.orderType !== 'MARKET' && terms.orderType !== 'LIMIT') {
    return refuse('ATTACHED_ORDERS_ONLY_ALLOWED_ON_MARKET_LIMIT', `a ${terms.orderType} order takes no attached order`)
  }
  if (terms.side !== 'BUY') {
    return refuse('INVALID_ORDER_SIDE_FOR_ATTACHED_TPSL', 'on spot only a buy opens something to protect')
  }
  const { limitPrice, stopTriggerPrice } = attached
  if (limitPrice.lte(ZERO) || stopTriggerPrice.lte(ZERO)) {
    return refuse('ATTACHED_ORDER_MUST_HAVE_POSITIVE_PRICES', 'take profit and stop need prices above zero')
  }
  if (!isOnIncrement(limitPrice, product.priceIncrement)) {
    return refuse('INVALID_ATTACHED_TAKE_PROFIT_PRICE_PRECISION', 'the take profit is between two price increments')
  }
  if (!isOnIncrement(stopTriggerPrice, product.priceIncrement)) {
    return refuse('INVALID_ATTACHED_STOP_LOSS_PRICE_PRECISION', 'the stop is between two price increments')
  }
  const pays = terms.orderType === 'LIMIT' ? terms.limitPrice : market.best(takenSide('BUY'))?.price
  if (!pays) return undefined
  if (limitPrice.lte(pays)) {
    return refuse('INVALID_ATTACHED_TAKE_PROFIT_PRICE', `the take profit is not above ${pays.toFixed()}`)
  }
  if (stopTriggerPrice.gte(pays)) {
    return refuse('INVALID_ATTACHED_STOP_LOSS_PRICE', `the stop is not below ${pays.toFixed()}`)
  }
  const baseSize = terms.size.kind === 'base' ? terms.size.baseSize : terms.size.quoteSize.div(pays)
  if (baseSize.lt(product.baseMinSize) || baseSize.mul(limitPrice).lt(product.quoteMinSize)) {
    return refuse('INVALID_ATTACHED_TAKE_PROFIT_SIZE_BELOW_MIN', 'what the parent buys is too little to sell again')
  }
  return undefined
}

function refuse(reason: string, message: string): Refusal {
  return { reason, message }
}
