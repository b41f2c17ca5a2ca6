import type { Decimal } from '../money/decimal.js'

/** A tradable pair with the sizes and prices it accepts. */
export interface Product {
  readonly productId: string
  readonly baseCurrency: string
  readonly quoteCurrency: string
  readonly displayName: string
  /** Sizes are whole numbers of this, in base units. */
  readonly baseIncrement: Decimal
  /** Quote-sized orders are whole numbers of this. */
  readonly quoteIncrement: Decimal
  /** Prices are whole numbers of this. */
  readonly priceIncrement: Decimal
  readonly baseMinSize: Decimal
  readonly baseMaxSize: Decimal
  readonly quoteMinSize: Decimal
  readonly quoteMaxSize: Decimal
  readonly status: string
  readonly isDisabled: boolean
  readonly tradingDisabled: boolean
  readonly cancelOnly: boolean
  readonly limitOnly: boolean
  readonly postOnly: boolean
  readonly auctionMode: boolean
  readonly viewOnly: boolean
  /** The product whose book this one shares (`BTC-USD` for `BTC-USDC`); absent for a book of its own. */
  readonly alias?: string
  readonly aliasTo: readonly string[]
  readonly price?: Decimal
  readonly volume24h?: Decimal
  readonly priceChangePct24h?: Decimal
}

export interface Ticker {
  readonly productId: string
  /** Last trade. */
  readonly price: Decimal
  readonly bestBid?: Decimal
  readonly bestBidSize?: Decimal
  readonly bestAsk?: Decimal
  readonly bestAskSize?: Decimal
  readonly volume24h?: Decimal
  readonly low24h?: Decimal
  readonly high24h?: Decimal
  readonly priceChangePct24h?: Decimal
}

export interface BookLevel {
  readonly price: Decimal
  /** Base units. */
  readonly size: Decimal
}

/** Best level first on both sides. */
export interface OrderBook {
  readonly productId: string
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
}

export const GRANULARITIES = ['1m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '1d'] as const
export type Granularity = (typeof GRANULARITIES)[number]
export const GRANULARITY_MS: Readonly<Record<Granularity, number>> = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '1d': 86_400_000,
}

export interface Candle {
  /** Start of the bucket, ms since epoch (UTC). */
  readonly startMs: number
  readonly open: Decimal
  readonly high: Decimal
  readonly low: Decimal
  readonly close: Decimal
  /** Base units. */
  readonly volume: Decimal
}

export interface MarketTrade {
  readonly tradeId: string
  readonly productId: string
  readonly price: Decimal
  readonly size: Decimal
  /** Coinbase labels trades with the resting side; the aggressor is the opposite. */
  readonly makerSide: 'BUY' | 'SELL'
  readonly tradedAtMs: number
}

/** A value together with how old it is and where it came from. Nobody gets a price without this. */
export interface Fresh<T> {
  readonly value: T
  /** When the source said it, ms since epoch (UTC). */
  readonly asOfMs: number
  readonly ageMs: number
  readonly source: 'stream' | 'rest' | 'cache'
  /** True when older than its bound, or when the stream behind it is broken. */
  readonly stale: boolean
}
