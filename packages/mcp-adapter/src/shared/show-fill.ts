import { type Fill, formatDecimal } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { showTime } from './show-values.js'
import { venueWord } from './untrusted-text.js'

/** One execution: price in quote per base, size in base units, commission in `fee_currency`. */
export function showFill(fill: Fill, nowMs: number): JsonObject {
  return {
    trade_id: venueWord(fill.tradeId, 128),
    order_id: venueWord(fill.orderId, 128),
    product_id: venueWord(fill.productId),
    side: fill.side,
    price: formatDecimal(fill.price),
    size: formatDecimal(fill.baseSize),
    value: formatDecimal(fill.price.mul(fill.baseSize)),
    commission: formatDecimal(fill.fee),
    fee_currency: venueWord(fill.feeCurrency),
    liquidity: fill.liquidity,
    traded_at: showTime(fill.tradedAtMs),
    age_ms: Math.max(0, nowMs - fill.tradedAtMs),
  }
}

/** Newest first; fills of one moment keep a fixed order. */
export function newestFirst(fills: readonly Fill[]): readonly Fill[] {
  return [...fills].sort((a, b) => b.tradedAtMs - a.tradedAtMs || (a.tradeId < b.tradeId ? 1 : -1))
}
