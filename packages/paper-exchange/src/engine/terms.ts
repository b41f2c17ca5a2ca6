import type { PlainTerms } from '@tidegate/coinbase-wire'
import type { Decimal, OrderSize, Rung, Side } from '@tidegate/trading-model'

export type { Rung } from '@tidegate/trading-model'

interface CommonTerms {
  readonly productId: string
  readonly side: Side
  readonly size: OrderSize
}

/** Take profit and stop loss in one order: a limit that rests, and a trigger that turns it into a stop-limit 5 % beyond. */
export interface BracketTerms extends CommonTerms {
  readonly orderType: 'BRACKET'
  readonly timeInForce: 'GTC' | 'GTD'
  /** Where the profit is taken. */
  readonly limitPrice: Decimal
  /** The last trade price that triggers the stop. */
  readonly stopTriggerPrice: Decimal
  readonly endTimeMs?: number
}

/** Slices of equal size over time, none of them past `limitPrice`. */
export interface TwapTerms extends CommonTerms {
  readonly orderType: 'TWAP'
  readonly timeInForce: 'GTD'
  readonly limitPrice: Decimal
  readonly startTimeMs: number
  readonly endTimeMs: number
  readonly bucketCount: number
  readonly bucketDurationMs: number
}

/** A ladder of limit orders under one order id. */
export interface ScaledTerms extends CommonTerms {
  readonly orderType: 'SCALED'
  readonly timeInForce: 'GTC'
  readonly rungs: readonly Rung[]
  /** The venue's words for how prices and sizes were spread; only shown. */
  readonly priceDistribution?: string | undefined
  readonly sizeDistribution?: string | undefined
}

/** Every order that this exchange works: the trading model's three kinds and three more. */
export type ExchangeTerms = PlainTerms | BracketTerms | TwapTerms | ScaledTerms

/** Prices of the bracket that a filled parent gets. */
export interface AttachedTerms {
  readonly limitPrice: Decimal
  readonly stopTriggerPrice: Decimal
}

/** The end of a good-till-date order; `undefined` for all others. */
export function endTimeOf(terms: ExchangeTerms): number | undefined {
  return terms.orderType === 'MARKET' || terms.orderType === 'SCALED' ? undefined : terms.endTimeMs
}
