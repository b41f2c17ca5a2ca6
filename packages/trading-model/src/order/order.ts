import type { Decimal } from '../money/decimal.js'

export const SIDES = ['BUY', 'SELL'] as const
export type Side = (typeof SIDES)[number]

export const ORDER_TYPES = ['MARKET', 'LIMIT', 'STOP_LIMIT', 'BRACKET', 'TWAP', 'SCALED'] as const
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

/** Exits that wait at the venue for what a buy fills: one bracket, whose two prices exclude each other. */
export interface AttachedExits {
  /** Where the profit is taken, above what the buy pays. Quote per base. */
  readonly takeProfitPrice: Decimal
  /** The last trade price that triggers the stop, below what the buy pays. */
  readonly stopLossPrice: Decimal
}

/** Takes what the book offers at once; the rest is cancelled. */
export interface MarketTerms extends CommonTerms {
  readonly orderType: 'MARKET'
  readonly timeInForce: 'IOC'
  /** Buys only. */
  readonly attached?: AttachedExits
}

export interface LimitTerms extends CommonTerms {
  readonly orderType: 'LIMIT'
  readonly timeInForce: TimeInForce
  /** Quote per base (USD/BTC). */
  readonly limitPrice: Decimal
  readonly postOnly: boolean
  /** Ms since epoch (UTC); present exactly when `timeInForce` is `GTD`. */
  readonly endTimeMs?: number
  /** Buys only. */
  readonly attached?: AttachedExits
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

/**
 * Take profit and stop loss in one order: a limit that rests, and a trigger that turns it into a stop-limit
 * {@link BRACKET_STOP_DISTANCE} beyond. Base-sized only.
 */
export interface BracketTerms extends CommonTerms {
  readonly orderType: 'BRACKET'
  readonly timeInForce: 'GTC' | 'GTD'
  /** Where the profit is taken: above the market for a sell, below it for a buy. */
  readonly limitPrice: Decimal
  /** The last trade price that triggers the stop: on the other side of the market. */
  readonly stopPrice: Decimal
  readonly endTimeMs?: number
}

/** Slices of equal size over time, none of them past `limitPrice`. */
export interface TwapTerms extends CommonTerms {
  readonly orderType: 'TWAP'
  readonly timeInForce: 'GTD'
  readonly limitPrice: Decimal
  /** Ms since epoch (UTC). */
  readonly startTimeMs: number
  readonly endTimeMs: number
  /** How many slices, from 2. */
  readonly sliceCount: number
}

/** One limit order of a ladder. */
export interface Rung {
  readonly limitPrice: Decimal
  readonly baseSize: Decimal
}

/** A ladder of limit orders under one order id. Every rung is said, so that nothing is left to the venue's arithmetic. */
export interface ScaledTerms extends CommonTerms {
  readonly orderType: 'SCALED'
  readonly timeInForce: 'GTC'
  /** The sum of the rungs. */
  readonly size: { readonly kind: 'base'; readonly baseSize: Decimal }
  /** The rung that is worst for us: the highest of a buy, the lowest of a sell. */
  readonly limitPrice: Decimal
  /** The rung nearest to the market first, as they are sent. */
  readonly rungs: readonly Rung[]
}

/** What somebody wants traded, fully parsed and internally consistent; nothing about who or when. */
export type OrderTerms = MarketTerms | LimitTerms | StopLimitTerms | BracketTerms | TwapTerms | ScaledTerms

/** How far beyond its trigger a triggered bracket's limit stands, as a share of the trigger: lower for sells, higher for buys. */
export const BRACKET_STOP_DISTANCE = '0.05'
