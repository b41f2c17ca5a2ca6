import type { Balance, BookLevel, Decimal, FeeRates, Intent, LimitUsage, Mode, Product } from '@tidegate/trading-model'

/** A value for the decision with its age in ms at the moment of the decision. */
export interface Aged<T> {
  readonly value: T
  readonly ageMs: number
  /** False when the stream behind it is broken or the book is crossed: counts as too old. */
  readonly usable: boolean
}

export interface MarketSnapshot {
  readonly bestBid: Decimal
  readonly bestAsk: Decimal
  readonly lastTrade: Decimal
  /** Best first; as deep as the reader offers (50). */
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
}

/** P&L of the UTC day in USD. Loss is negative. */
export interface DayResult {
  readonly realizedUsd: Decimal
  readonly unrealizedUsd: Decimal
  readonly feesUsd: Decimal
  /** False when a fill or a mark is missing: the rule then refuses what increases risk. */
  readonly complete: boolean
}

/** A price of a book as it was seen some time ago, quote per base. */
export interface PriceMark {
  readonly ageMs: number
  readonly low: Decimal
  readonly high: Decimal
}

/** An order of the same agent, as far as the rules about repetition look at it. */
export interface RecentOrder {
  readonly intentId: string
  readonly ageMs: number
}

/** Highest value of the portfolio on one UTC day. */
export interface DayPeak {
  /** `2026-11-24` */
  readonly day: string
  readonly usd: Decimal
}

/**
 * What lies behind the moment of the decision. A fact that is `undefined` is not known, and then the rule that needs it refuses what
 * adds exposure.
 */
export interface RecentFacts {
  readonly equity: { readonly nowUsd: Decimal; readonly peaks: readonly DayPeak[] } | undefined
  /** Prices remembered of the book the order trades on, of the policy's window at least. Empty: none is known. */
  readonly marks: readonly PriceMark[]
  /** Orders of the same agent with the same terms that are alive or were filled, newest first. */
  readonly sameOrders: readonly RecentOrder[] | undefined
  /** Orders that added exposure on the same side of the same book and were filled, newest first. */
  readonly entries: readonly RecentOrder[] | undefined
}

/**
 * Everything a decision is made from. The engine reads no clock and no store: same snapshot, same verdict.
 */
export interface RiskSnapshot {
  readonly nowMs: number
  /** The product as submitted; `undefined` when the venue knows no such product. */
  readonly product: Product | undefined
  /** The product whose book it trades (itself, or what its `alias` names). */
  readonly bookProductId: string
  readonly market: Aged<MarketSnapshot> | undefined
  readonly balances: Aged<readonly Balance[]>
  readonly feeRates: FeeRates
  /** USD per unit by currency, for valuing the portfolio: USD and USDC are 1. */
  readonly usdPrices: Readonly<Record<string, Decimal>>
  /** Live and reserved intents of the account, newest first: resting orders count as exposure and hold funds. */
  readonly openIntents: readonly Intent[]
  /** `used` of every limit row and the recent order counts, as read before everything else. */
  readonly usage: LimitUsage
  readonly day: DayResult
  /** Strictest mode over account, product and agent. */
  readonly mode: Mode
  /** Why, where that is not in the store to be read. */
  readonly modeReason?: string
  readonly principal: string
  /**
   * `unrecorded`: the snapshot comes from somebody who keeps no such record, or from a time before these facts were recorded; the rules
   * that need them then have nothing to judge and say so. Absent: they should be here and are not, and whatever adds exposure is refused.
   */
  readonly recent?: RecentFacts | 'unrecorded'
}
