import {
  Decimal,
  ONE,
  type OrderTerms,
  type Product,
  roundUpToIncrement,
  worstPriceOf,
  ZERO,
} from '@tidegate/trading-model'
import type { MarketSnapshot, RiskSnapshot } from './snapshot.js'
import { type Walk, walkByBase, walkByValue } from './walk-book.js'

/** Places after the point of the venue's own fill arithmetic. */
const fillPlaces = 16

/** An order in exact numbers at the prices of the snapshot. Quote units unless the name says otherwise. */
export interface OrderNumbers {
  /** Middle of best bid and best ask. */
  readonly mid: Decimal
  readonly feeRate: Decimal
  /**
   * The limit price where there is one, of a bracket where its stop leaves when that is worse, of a ladder its worst rung; for a market order the price of the deepest book level it needs, so that no unit of it
   * trades worse in this book.
   */
  readonly worstPrice: Decimal
  /** Average price the book shows for the order now. */
  readonly expectedPrice: Decimal
  /** Base units at the worst price: what a buy gets at least, what a sell gives at most. */
  readonly baseSize: Decimal
  /** Base units the order may come to at the best price. */
  readonly maxBaseSize: Decimal
  /** `baseSize × worstPrice`, of a ladder the sum of its rungs; without fee. */
  readonly notional: Decimal
  readonly fee: Decimal
  /** With fee for buys, after fee for sells. */
  readonly total: Decimal
  /** The most that is spent (fee included) or given away (base valued at mid or better): what value limits look at. */
  readonly worstValue: Decimal
  /** True when the levels shown cover a market order; always true for orders with a limit price. */
  readonly isCovered: boolean
}

/**
 * Values an order at the worst price it can get.
 *
 * - A quote-sized buy has its fee inside: value = round₁₆(Q ÷ (1 + rate)), fee = Q − value.
 * - The taker rate counts unless the order is post-only.
 *
 * @returns `undefined` when the market shows no positive price on the side the order needs.
 */
export function estimateOrder(product: Product, snapshot: RiskSnapshot, terms: OrderTerms): OrderNumbers | undefined {
  const market = snapshot.market?.value
  if (!market || ![market.bestBid, market.bestAsk, market.lastTrade].every(isPositive)) return undefined
  const mid = market.bestBid.plus(market.bestAsk).div(2)
  const feeRate = feeRateFor(snapshot, terms)
  const amount = quoteValue(terms, feeRate)
  const reach = terms.orderType === 'MARKET' ? walkMarket(market, terms, amount) : undefined
  const bestPrice = terms.side === 'BUY' ? market.bestAsk : market.bestBid
  const worstPrice = terms.orderType === 'MARKET' ? (reach?.worstPrice ?? bestPrice) : worstPriceOf(terms)
  const baseSize = baseSizeAt(product, terms, worstPrice, amount)
  const notional = amount && terms.side === 'BUY' ? amount : valueAt(terms, baseSize, worstPrice, ZERO)
  const fee =
    terms.size.kind === 'quote' && terms.side === 'BUY' ? terms.size.quoteSize.minus(notional) : notional.mul(feeRate)
  const total = terms.side === 'BUY' ? notional.plus(fee) : notional.minus(fee)
  return {
    mid,
    feeRate,
    worstPrice,
    expectedPrice: expectedPrice(market, terms, baseSize, worstPrice, reach),
    baseSize,
    maxBaseSize:
      amount && terms.side === 'BUY' ? amount.div(Decimal.min(lowestBuyPrice(market, terms), worstPrice)) : baseSize,
    notional,
    fee,
    total,
    worstValue: terms.side === 'BUY' ? total : valueAt(terms, baseSize, bestSalePrice(terms, worstPrice), mid),
    isCovered: reach?.isComplete ?? true,
  }
}

/** Value of the whole order at a price, or at `floor` where that is higher; a ladder's rungs each at their own. */
function valueAt(terms: OrderTerms, baseSize: Decimal, price: Decimal, floor: Decimal): Decimal {
  if (terms.orderType !== 'SCALED') return baseSize.mul(Decimal.max(price, floor))
  return terms.rungs.reduce((sum, rung) => sum.plus(rung.baseSize.mul(Decimal.max(rung.limitPrice, floor))), ZERO)
}

/** What a sale is valued at when it is given away: a bracket's profit, which is above the market. */
function bestSalePrice(terms: OrderTerms, worstPrice: Decimal): Decimal {
  return terms.orderType === 'BRACKET' ? terms.limitPrice : worstPrice
}

/** Taker rate unless post-only; a rebate counts as no fee. */
function feeRateFor(snapshot: RiskSnapshot, terms: OrderTerms): Decimal {
  const { takerRate, makerRate } = snapshot.feeRates
  return terms.orderType === 'LIMIT' && terms.postOnly
    ? Decimal.max(makerRate, 0)
    : Decimal.max(takerRate, makerRate, 0)
}

/** What a quote-sized order exchanges without its fee; `undefined` for base-sized orders. */
function quoteValue(terms: OrderTerms, feeRate: Decimal): Decimal | undefined {
  if (terms.size.kind === 'base') return undefined
  if (terms.side === 'SELL') return terms.size.quoteSize
  return terms.size.quoteSize.div(ONE.plus(feeRate)).toDecimalPlaces(fillPlaces, Decimal.ROUND_HALF_UP)
}

function walkMarket(market: MarketSnapshot, terms: OrderTerms, amount: Decimal | undefined): Walk {
  const levels = terms.side === 'BUY' ? market.asks : market.bids
  if (terms.size.kind === 'base') return walkByBase(levels, terms.size.baseSize)
  return walkByValue(levels, amount ?? terms.size.quoteSize)
}

function baseSizeAt(product: Product, terms: OrderTerms, worstPrice: Decimal, amount: Decimal | undefined): Decimal {
  if (terms.size.kind === 'base') return terms.size.baseSize
  const base = (amount ?? terms.size.quoteSize).div(worstPrice)
  return terms.side === 'BUY'
    ? base.toDecimalPlaces(fillPlaces, Decimal.ROUND_DOWN)
    : roundUpToIncrement(base, product.baseIncrement)
}

/** The lowest price a quote-sized buy may get: where it becomes the most base units. */
function lowestBuyPrice(market: MarketSnapshot, terms: OrderTerms): Decimal {
  return terms.orderType === 'STOP_LIMIT' ? terms.stopPrice : market.bestAsk
}

function expectedPrice(
  market: MarketSnapshot,
  terms: OrderTerms,
  baseSize: Decimal,
  worstPrice: Decimal,
  reach: Walk | undefined,
): Decimal {
  if (terms.orderType === 'STOP_LIMIT') return worstPrice
  if (terms.orderType === 'BRACKET') return terms.limitPrice
  if (reach) return reach.isComplete && reach.baseSize.gt(0) ? reach.value.div(reach.baseSize) : worstPrice
  const levels =
    terms.side === 'BUY'
      ? market.asks.filter((level) => level.price.lte(worstPrice))
      : market.bids.filter((level) => level.price.gte(worstPrice))
  if (!baseSize.gt(0)) return worstPrice
  const now = walkByBase(levels, baseSize)
  // What does not trade now rests: a ladder at its own prices.
  if (terms.orderType === 'SCALED') return valueAt(terms, baseSize, worstPrice, ZERO).div(baseSize)
  return now.value.plus(baseSize.minus(now.baseSize).mul(worstPrice)).div(baseSize)
}

function isPositive(value: Decimal): boolean {
  return value.isFinite() && value.gt(0)
}
