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
  readonly principal: string
}
