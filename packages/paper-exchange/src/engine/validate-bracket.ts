import { isOnIncrement } from '@tidegate/trading-model'
import type { Market } from './market.js'
import type { ExchangeTerms } from './terms.js'
import type { Refusal } from './validate-order.js'

/**
 * A selling bracket takes profit above the last trade and stops below it; a buying one the other way round.
 * The reason words are the venue's, their pairing with these rules is inferred.
 */
export function checkBracket(market: Market, terms: ExchangeTerms): Refusal | undefined {
  if (terms.orderType !== 'BRACKET') return undefined
  const { limitPrice, stopTriggerPrice, side } = terms
  const { priceIncrement } = market.product
  if (!isOnIncrement(limitPrice, priceIncrement)) {
    return {
      reason: 'PREVIEW_INVALID_BRACKET_LIMIT_PRICE_PRECISION',
      message: `limit_price is no multiple of ${priceIncrement.toFixed()}`,
    }
  }
  if (!isOnIncrement(stopTriggerPrice, priceIncrement)) {
    return {
      reason: 'PREVIEW_INVALID_STOP_TRIGGER_PRICE_PRECISION',
      message: `stop_trigger_price is no multiple of ${priceIncrement.toFixed()}`,
    }
  }
  const isAhead = side === 'SELL' ? limitPrice.gt(stopTriggerPrice) : limitPrice.lt(stopTriggerPrice)
  if (!isAhead) {
    const where = side === 'SELL' ? 'above' : 'below'
    return { reason: 'INVALID_BRACKET_PRICES', message: `limit_price has to be ${where} stop_trigger_price` }
  }
  const last = market.lastPrice
  if (!last) return { reason: 'MISSING_MARKET_TRADE_DATA', message: 'there has been no trade yet' }
  if (side === 'SELL' ? limitPrice.lte(last) : limitPrice.gte(last)) {
    return {
      reason: 'INVALID_BRACKET_LIMIT_PRICE',
      message: `limit_price takes no profit at the last trade ${last.toFixed()}`,
    }
  }
  if (side === 'SELL' ? stopTriggerPrice.gte(last) : stopTriggerPrice.lte(last)) {
    return {
      reason: 'INVALID_BRACKET_STOP_TRIGGER_PRICE',
      message: `stop_trigger_price would trigger at the last trade ${last.toFixed()}`,
    }
  }
  return undefined
}
