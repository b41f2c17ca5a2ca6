import type { Clock, PriceSource, Timers } from '@tidegate/trading-model'
import type { FeeTier } from './accounts/fee-tiers.js'
import type { ClockPace } from './clock/exchange-clock.js'
import type { Fault } from './faults/fault.js'
import type { TokenMode } from './keys/token-verifier.js'
import type { PriceHistory } from './prices/synthetic.js'
import type { ResumablePrices } from './prices/tape-prices.js'
import type { ListedProduct } from './products.js'
import type { PriceReplay } from './state/pass-gap.js'
import type { PaperRuntime } from './system-runtime.js'

/** A market; with a past ({@link PriceHistory}) there are candles from the start. */
export type ExchangePrices = PriceSource &
  Partial<PriceHistory & PriceReplay & ResumablePrices & { readonly products: readonly ListedProduct[] | undefined }>

export interface PaperExchangeOptions extends Partial<PaperRuntime> {
  /** 0 (default) takes a free one. */
  readonly port?: number
  /** Default `127.0.0.1`; anything else opens the exchange to the network. */
  readonly host?: string
  /** Of the synthetic market. Default: follows from the key, so it differs per installation and survives restarts. */
  readonly seed?: number
  /** Where prices come from; default {@link createSyntheticPrices}. A function gets the exchange's time, so that a tape keeps its pace. */
  readonly prices?: ExchangePrices | ((time: { readonly clock: Clock; readonly timers: Timers }) => ExchangePrices)
  readonly products?: readonly ListedProduct[]
  /** Absolute path for state and key. Without it everything lives in memory. */
  readonly folder?: string
  /** Decimal text per currency, deposited on the first start. Default 10000 USD and 10000 USDC. */
  readonly initialBalances?: Readonly<Record<string, string>>
  /** One tier whatever is traded, fractions as decimal text. Default `Intro 1`: taker 0.012, maker 0.006. */
  readonly feeRates?: { readonly tier: string; readonly takerRate: string; readonly makerRate: string }
  /** Tiers by 30-day volume; wins over `feeRates`. */
  readonly feeTiers?: readonly FeeTier[]
  /** From acceptance to the market; 0 by default. */
  readonly openDelayMs?: number
  /** From an accepted cancel to its effect; 0 by default. A fill may come first. */
  readonly cancelDelayMs?: number
  /** From an accepted edit to its effect; 0 by default. A fill may come first, and the edit too late. */
  readonly editDelayMs?: number
  /**
   * Whether the user channel hears of an order before the answer to its request is sent. `after-answer` holds order events back by
   * `userEventDelayMs` of real time. Default `before-answer`: both happen in production.
   */
  readonly userEvents?: 'before-answer' | 'after-answer'
  /** Default 5; with `after-answer` only. */
  readonly userEventDelayMs?: number
  /** Default true: private paths need a token signed with a known key. */
  readonly requireAuth?: boolean
  /** Whether a token must be as production takes it, host and all (`strict`). Default `lenient`: hosts are not compared. */
  readonly tokenMode?: TokenMode
  /** Serves https and wss instead, with a self-signed certificate for this machine. */
  readonly tls?: boolean
  /** How the exchange's time passes. Default `real`. */
  readonly pace?: ClockPace
  /** What is to go wrong, and when; `at` counts from the start. */
  readonly faults?: readonly Fault[]
  /** Opens the control endpoint, on this port; 0 takes a free one. */
  readonly controlPort?: number
  /** Requests a second; default Coinbase's 30 per key and 10 per address. */
  readonly rateLimits?: { readonly privatePerSecond: number; readonly publicPerSecond: number } | 'off'
  readonly sockets?: {
    /** Default 5000. */
    readonly subscribeDeadlineMs?: number
    /** Default 90000. */
    readonly idleMs?: number
    /** Default 16 MB: a reader with more unread bytes than that is cut off. */
    readonly maxBufferedBytes?: number
    /** Default false: snapshots come before the acknowledgement, as seen in production. */
    readonly acknowledgeFirst?: boolean
  }
}
