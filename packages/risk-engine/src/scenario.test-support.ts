import {
  type Balance,
  type BookLevel,
  Decimal,
  type Fill,
  type Intent,
  type LimitTerms,
  type MarketTerms,
  type OrderTerms,
  type Product,
  type StopLimitTerms,
  serializeTerms,
} from '@tidegate/trading-model'
import type { RiskDecision } from './decision.js'
import type { Policy } from './policy.js'
import { definePolicy, type PolicyOptions } from './policy-text.js'
import type { MarketSnapshot, RecentFacts, RiskSnapshot } from './snapshot.js'

export const d = (text: string | number): Decimal => new Decimal(text)

const tradable = {
  status: 'online',
  isDisabled: false,
  tradingDisabled: false,
  cancelOnly: false,
  limitOnly: false,
  postOnly: false,
  auctionMode: false,
  viewOnly: false,
}

function productOf(base: string, quote: string, sizes: Partial<Product> = {}): Product {
  return {
    productId: `${base}-${quote}`,
    baseCurrency: base,
    quoteCurrency: quote,
    displayName: `${base}-${quote}`,
    baseIncrement: d('0.00000001'),
    quoteIncrement: d('0.01'),
    priceIncrement: d('0.01'),
    baseMinSize: d('0.00000001'),
    baseMaxSize: d('3400'),
    quoteMinSize: d('1'),
    quoteMaxSize: d('150000000'),
    ...tradable,
    aliasTo: [],
    ...sizes,
  }
}

export const btcUsd: Product = productOf('BTC', 'USD', { aliasTo: ['BTC-USDC'] })
export const btcUsdc: Product = productOf('BTC', 'USDC', { alias: 'BTC-USD' })
export const ethBtc: Product = productOf('ETH', 'BTC', {
  quoteIncrement: d('0.00000001'),
  priceIncrement: d('0.00001'),
  quoteMinSize: d('0.00001'),
  quoteMaxSize: d('1000'),
})
export const toneUsd: Product = productOf('TONE', 'USD', {
  baseIncrement: d('1'),
  baseMinSize: d('26.7187'),
  priceIncrement: d('0.000001'),
})

/** Bid 99 999, ask 100 001, so that mid is 100 000 and so is the last trade. Ten BTC on each of five levels. */
export function btcMarket(over: Partial<MarketSnapshot> = {}): MarketSnapshot {
  const side = (first: number, step: number): readonly BookLevel[] =>
    [0, 1, 2, 3, 4].map((i) => ({ price: d(first + i * step), size: d('10') }))
  return {
    bestBid: d('99999'),
    bestAsk: d('100001'),
    lastTrade: d('100000'),
    bids: side(99_999, -100),
    asks: side(100_001, 100),
    ...over,
  }
}

export function wallet(currency: string, available: string, hold = '0'): Balance {
  return { accountId: `wallet-${currency}`, currency, available: d(available), hold: d(hold) }
}

/** A calm account: 900 000 USD and 1 BTC at 100 000, so one million in all; fees zero unless set. */
export function snapshotWith(
  over: Partial<RiskSnapshot> & { readonly balancesOf?: readonly Balance[] } = {},
): RiskSnapshot {
  const { balancesOf, ...rest } = over
  return {
    nowMs: 1_795_436_717_432,
    product: btcUsd,
    bookProductId: 'BTC-USD',
    market: { value: btcMarket(), ageMs: 100, usable: true },
    balances: { value: balancesOf ?? [wallet('USD', '900000'), wallet('BTC', '1')], ageMs: 100, usable: true },
    feeRates: { tier: 'Intro 1', takerRate: d('0'), makerRate: d('0'), volumeUsd: d('0') },
    usdPrices: { USD: d('1'), USDC: d('1'), BTC: d('100000'), ETH: d('4000') },
    openIntents: [],
    usage: { rows: [], releaseEpoch: 0, recent: [{ scope: 'account', count: 0 }] },
    day: { realizedUsd: d('0'), unrealizedUsd: d('0'), feesUsd: d('0'), complete: true },
    mode: 'ACTIVE',
    principal: 'local',
    recent: quietPast(),
    ...rest,
  }
}

/** Nothing lately: at the peak, the price where it was, no orders. */
export function quietPast(over: Partial<RecentFacts> = {}): RecentFacts {
  return {
    equity: { nowUsd: d('1000000'), peaks: [{ day: '2026-11-23', usd: d('1000000') }] },
    marks: [{ ageMs: 1_000, low: d('100000'), high: d('100000') }],
    sameOrders: [],
    entries: [],
    ...over,
  }
}

/** Limits so wide that only the rule under test can object. */
export function policyWith(over: PolicyOptions = {}): Policy {
  return definePolicy({
    maxOrderValueUsd: '100000000',
    maxPositionSizePct: '100',
    requireConfirmationAboveUsd: '100000000',
    maxOrdersPerMinute: 100,
    maxLossPerDayUsd: '100000000',
    priceCollarPct: '99',
    maxValuePerDayUsd: 'off',
    maxOpenOrders: 'off',
    maxOpenValueUsd: 'off',
    maxDrawdownPct: 'off',
    duplicateOrderWindowMs: 'off',
    maxReentries: 'off',
    maxPriceJumpPct: 'off',
    refuseSelfMatch: false,
    ...over,
  })
}

type Size = { readonly size: string } | { readonly quoteSize: string }

const sizeOf = (size: Size): OrderTerms['size'] =>
  'size' in size ? { kind: 'base', baseSize: d(size.size) } : { kind: 'quote', quoteSize: d(size.quoteSize) }

export function market(side: 'BUY' | 'SELL', size: Size, productId = 'BTC-USD'): MarketTerms {
  return { productId, side, size: sizeOf(size), orderType: 'MARKET', timeInForce: 'IOC' }
}

export function limit(
  side: 'BUY' | 'SELL',
  size: Size,
  limitPrice: string,
  over: Partial<LimitTerms> = {},
): LimitTerms {
  return {
    productId: 'BTC-USD',
    side,
    size: sizeOf(size),
    orderType: 'LIMIT',
    timeInForce: 'GTC',
    limitPrice: d(limitPrice),
    postOnly: false,
    ...over,
  }
}

export function stopLimit(
  side: 'BUY' | 'SELL',
  size: string,
  stopPrice: string,
  limitPrice: string,
  stopDirection: 'UP' | 'DOWN' = side === 'BUY' ? 'UP' : 'DOWN',
): StopLimitTerms {
  return {
    productId: 'BTC-USD',
    side,
    size: { kind: 'base', baseSize: d(size) },
    orderType: 'STOP_LIMIT',
    timeInForce: 'GTC',
    limitPrice: d(limitPrice),
    stopPrice: d(stopPrice),
    stopDirection,
  }
}

export function openIntent(terms: OrderTerms, over: Partial<Intent> = {}): Intent {
  return {
    intentId: 'intent-1',
    clientOrderId: '00000000-0000-4000-8000-000000000001',
    environment: 'paper',
    account: 'account',
    principal: 'local',
    terms,
    kind: 'order',
    termsHash: serializeTerms(terms).length.toString(16),
    state: 'OPEN',
    cancel: 'none',
    worstNotionalUsd: '0',
    needsApproval: false,
    reducesExposure: false,
    priceBand: { low: '1', high: '2' },
    filledSize: '0',
    filledValue: '0',
    totalFees: '0',
    createdAtMs: 1_795_436_717_000,
    updatedAtMs: 1_795_436_717_000,
    version: 1,
    ...over,
  }
}

export const noon: number = Date.UTC(2026, 10, 24, 12)

let nextTrade = 0

export function fill(side: 'BUY' | 'SELL', baseSize: string, price: string, over: Partial<Fill> = {}): Fill {
  nextTrade++
  return {
    orderId: `order-${nextTrade}`,
    tradeId: `trade-${nextTrade}`,
    productId: 'BTC-USD',
    side,
    price: d(price),
    baseSize: d(baseSize),
    fee: d('0'),
    feeCurrency: 'USD',
    liquidity: 'TAKER',
    tradedAtMs: noon + nextTrade,
    sequenceAtMs: noon + nextTrade,
    ...over,
  }
}

/** Codes of a decision, sorted; empty when approved. */
export function codesOf(decision: RiskDecision): readonly string[] {
  return decision.kind === 'denied' ? [...new Set(decision.denials.map((denial) => denial.code))].sort() : []
}

/** The one denial of a decision with this code; fails the test when there is none. */
export function denialOf(
  decision: RiskDecision,
  code: string,
): { message: string; limit: string; actual: string; unit: string; cure?: string } {
  const found = decision.kind === 'denied' ? decision.denials.find((denial) => denial.code === code) : undefined
  if (!found) throw new Error(`no ${code} in ${JSON.stringify(codesOf(decision))}`)
  return found
}
