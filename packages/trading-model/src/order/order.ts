import type { Decimal } from '../money/decimal.js'

export const SIDES = ['BUY', 'SELL'] as const
export type Side = (typeof SIDES)[number]

export const ORDER_TYPES = ['MARKET', 'LIMIT', 'STOP_LIMIT'] as const
export type OrderType = (typeof ORDER_TYPES)[number]

export const TIMES_IN_FORCE = ['GTC', 'GTD', 'IOC', 'FOK'] as const
export type TimeInForce = (typeof TIMES_IN_FORCE)[number]

/** Exactly one of the two: an amount of the base asset (BTC), or of the quote currency (USD, fee inside). */
export type OrderSize =
  | { readonly kind: 'base'; readonly baseSize: Decimal }
  | { readonly kind: 'quote'; readonly quoteSize: Decimal }

interface CommonTerms {
  /** As submitted, e.g. `BTC-USDC`: the wallet that pays follows this id, not the alias. */
  readonly productId: string
  readonly side: Side
  readonly size: OrderSize
}

/** Takes what the book offers at once; the rest is cancelled. */
export interface MarketTerms extends CommonTerms {
  readonly orderType: 'MARKET'
  readonly timeInForce: 'IOC'
}

export interface LimitTerms extends CommonTerms {
  readonly orderType: 'LIMIT'
  readonly timeInForce: TimeInForce
  /** Quote per base (USD/BTC). */
  readonly limitPrice: Decimal
  readonly postOnly: boolean
  /** Ms since epoch (UTC); present exactly when `timeInForce` is `GTD`. */
  readonly endTimeMs?: number
}

export interface StopLimitTerms extends CommonTerms {
  readonly orderType: 'STOP_LIMIT'
  readonly timeInForce: 'GTC' | 'GTD'
  readonly limitPrice: Decimal
  /** The last trade price that wakes the order. */
  readonly stopPrice: Decimal
  /** `UP`: wakes when the last trade is at or above; `DOWN`: at or below. */
  readonly stopDirection: 'UP' | 'DOWN'
  readonly endTimeMs?: number
}

/** What somebody wants traded, fully parsed and internally consistent; nothing about who or when. */
export type OrderTerms = MarketTerms | LimitTerms | StopLimitTerms
