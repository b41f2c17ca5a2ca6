import {
  type BookLevel,
  Decimal,
  ONE,
  type Product,
  parseDecimal,
  parsePositiveDecimal,
  ZERO,
} from '@tidegate/trading-model'
import { isCash, pairOf } from './currencies.js'
import type { RecentFacts, RiskSnapshot } from './snapshot.js'

export interface LevelText {
  readonly price: string
  /** Base units. */
  readonly size: string
}

/** What a bot knows when it wants to trade; decimal strings. Every fact is asked for: none has a reassuring default. */
export interface SnapshotFacts {
  /** `BTC-USD` */
  readonly productId: string
  readonly market: {
    /** Best first. */
    readonly bids: readonly LevelText[]
    readonly asks: readonly LevelText[]
    readonly lastTrade: string
    readonly ageMs: number
  }
  readonly account: {
    /** Available by currency. */
    readonly wallets: Readonly<Record<string, string>>
    /** Fraction: `0.012` is 1.2 %. */
    readonly takerRate: string
    readonly ageMs: number
    /** USD per unit of what is held besides USD, USDC and the traded base. What is left out counts for nothing. */
    readonly usdPrices?: Readonly<Record<string, string>>
  }
  readonly today: {
    /** Realised + unrealised + fees of the UTC day; positive is a loss. */
    readonly lossUsd: string
    readonly ordersLastMinute: number
  }
  /** Sizes, steps and status as the venue lists them. Without them a wide default is used and the venue has the last word. */
  readonly product?: Partial<Product>
  /** What lies behind: peaks, remembered prices, orders of the last minutes. Without it the rules about the past judge nothing. */
  readonly recent?: RecentFacts
  /** Ms since epoch. @default 0 */
  readonly nowMs?: number
}

/**
 * Builds the input of {@link evaluateOrder} from plain facts, for bots that keep no journal: nothing is reserved and no order of
 * theirs is open. Trading is ACTIVE.
 *
 * @throws {InputError} `ERR_INPUT_INVALID`, naming the fact that is no decimal.
 */
export function snapshotFrom({
  productId,
  market,
  account,
  today,
  product,
  recent,
  nowMs = 0,
}: SnapshotFacts): RiskSnapshot {
  const bids = levels(market.bids, 'bids')
  const asks = levels(market.asks, 'asks')
  const takerRate = parseDecimal(account.takerRate, 'takerRate')
  const isGain = today.lossUsd.startsWith('-')
  const loss = parseDecimal(isGain ? today.lossUsd.slice(1) : today.lossUsd, 'lossUsd')
  return {
    nowMs,
    product: { ...defaultProduct(productId), ...product },
    bookProductId: product?.alias ?? productId,
    market: {
      value: {
        bestBid: bids[0]?.price ?? ZERO,
        bestAsk: asks[0]?.price ?? ZERO,
        lastTrade: parsePositiveDecimal(market.lastTrade, 'lastTrade'),
        bids,
        asks,
      },
      ageMs: market.ageMs,
      usable: true,
    },
    balances: {
      value: Object.entries(account.wallets).map(([currency, available]) => ({
        accountId: currency,
        currency,
        available: parseDecimal(available, `wallets.${currency}`),
        hold: ZERO,
      })),
      ageMs: account.ageMs,
      usable: true,
    },
    feeRates: { tier: '', takerRate, makerRate: takerRate, volumeUsd: ZERO },
    usdPrices: {
      USD: ONE,
      USDC: ONE,
      ...Object.fromEntries(
        Object.entries(account.usdPrices ?? {}).map(([currency, price]) => [
          currency,
          parsePositiveDecimal(price, `usdPrices.${currency}`),
        ]),
      ),
    },
    openIntents: [],
    usage: { rows: [], releaseEpoch: 0, recent: [{ scope: 'account', count: today.ordersLastMinute }] },
    day: { realizedUsd: isGain ? loss : loss.neg(), unrealizedUsd: ZERO, feesUsd: ZERO, complete: true },
    mode: 'ACTIVE',
    principal: 'bot',
    recent: recent ?? 'unrecorded',
  }
}

function levels(side: readonly LevelText[], name: string): readonly BookLevel[] {
  return side.map(({ price, size }) => ({
    price: parsePositiveDecimal(price, `${name}.price`),
    size: parsePositiveDecimal(size, `${name}.size`),
  }))
}

function defaultProduct(productId: string): Product {
  const { base, quote } = pairOf(productId)
  const smallest = new Decimal('0.00000001')
  const quoteStep = isCash(quote) ? new Decimal('0.01') : smallest
  const largest = new Decimal('1000000000000')
  return {
    productId,
    baseCurrency: base,
    quoteCurrency: quote,
    displayName: productId,
    baseIncrement: smallest,
    quoteIncrement: quoteStep,
    priceIncrement: smallest,
    baseMinSize: smallest,
    baseMaxSize: largest,
    quoteMinSize: quoteStep,
    quoteMaxSize: largest,
    status: 'online',
    isDisabled: false,
    tradingDisabled: false,
    cancelOnly: false,
    limitOnly: false,
    postOnly: false,
    auctionMode: false,
    viewOnly: false,
    aliasTo: [],
  }
}
