import { type DayMark, type Decimal, type Fill, readDecimal, ZERO } from '@tidegate/trading-model'
import { isUsdLike, pairOf } from '../currencies.js'
import { applyFills } from '../lots/apply-fills.js'
import { entryValueUsd } from '../lots/positions-from-lots.js'
import { sortFills } from '../lots/sort-fills.js'
import type { DayResult } from '../snapshot.js'
import { isPositivePrice, lookUp } from '../valuation.js'

const dayMs = 86_400_000
/** Base units; fills of quote-sized orders are rounded at 16 places and need not add up to the wallet exactly. */
const dust = '-0.00000001'

export interface DayInput {
  /** All recorded fills; those after the day are not looked at, those before it only without `holdings`. */
  readonly fills: readonly Fill[]
  /** Prices at the start of the day. Without one the result is incomplete as soon as anything was held then. */
  readonly mark: DayMark | undefined
  /** USD per unit now, by currency. */
  readonly nowPrices: Readonly<Record<string, Decimal>>
  /** UTC day, `2026-11-24`. */
  readonly day: string
  /**
   * Wallet totals now, by currency. With them the opening position is what is held now minus what the day's fills changed, so assets
   * that were deposited and never traded count; without them it is what earlier fills left.
   */
  readonly holdings?: Readonly<Record<string, Decimal>>
}

export interface DayReport extends DayResult {
  /** Sentences: what is missing for a complete result. Empty when complete. */
  readonly missing: readonly string[]
}

/**
 * Result of a UTC day in USD: `realized + unrealized − fees` is how much the holdings gained apart from deposits and withdrawals.
 * Realised is before fees; what was held at the start is valued at the day's mark, what was bought today at its price.
 *
 * - Fills quoted in other currencies than USD and USDC are valued at today's price of that currency.
 * - An asset that has no price today, had none at the start and did not trade, has no market: it is left out.
 */
export function dayResult({ fills, mark, nowPrices, day, holdings }: DayInput): DayReport {
  const startMs = Date.parse(`${day}T00:00:00Z`)
  const sorted = sortFills(fills)
  const todays = sorted.filter((fill) => fill.tradedAtMs >= startMs && fill.tradedAtMs < startMs + dayMs)
  const traded = new Set(todays.flatMap((fill) => Object.values(pairOf(fill.productId))))
  const missing: string[] = Number.isFinite(startMs) ? [] : [`${day} is no day`]
  const openings: Fill[] = []
  for (const [asset, size] of holdings ? openingFromHoldings(holdings, todays) : openingFromFills(sorted, startMs)) {
    if (size.lt(dust)) missing.push(`the fills of ${asset} today do not fit its balance`)
    if (size.lte(0)) continue
    const markPrice = mark?.day === day ? priceAtMark(mark, asset) : undefined
    const isNeverPriced = !markPrice && !lookUp(nowPrices, asset) && !traded.has(asset)
    if (markPrice) openings.push(openingFill(asset, size, markPrice, startMs))
    else if (!isNeverPriced) missing.push(`there is no price of ${asset} at the start of ${day}`)
  }
  const book = applyFills([...openings, ...todays], (currency) => lookUp(nowPrices, currency))
  let realizedUsd = ZERO
  let unrealizedUsd = ZERO
  let feesUsd = ZERO
  for (const lots of book.values()) {
    realizedUsd = realizedUsd.plus(lots.realizedGrossUsd)
    feesUsd = feesUsd.plus(lots.feesUsd)
    if (!lots.isComplete) missing.push(`not every fill of ${lots.asset} today can be valued or matched`)
    if (lots.size.isZero()) continue
    const price = lookUp(nowPrices, lots.asset)
    const entry = entryValueUsd(lots.lots)
    if (price && entry) unrealizedUsd = unrealizedUsd.plus(lots.size.mul(price)).minus(entry)
    else missing.push(`${lots.asset} has no price now`)
  }
  return { realizedUsd, unrealizedUsd, feesUsd, complete: missing.length === 0, missing }
}

function openingFromFills(sorted: readonly Fill[], startMs: number): ReadonlyMap<string, Decimal> {
  const book = applyFills(sorted.filter((fill) => fill.tradedAtMs < startMs))
  return new Map([...book.values()].map((lots) => [lots.asset, lots.size]))
}

function openingFromHoldings(
  holdings: Readonly<Record<string, Decimal>>,
  todays: readonly Fill[],
): ReadonlyMap<string, Decimal> {
  const opening = new Map(Object.entries(holdings))
  const add = (asset: string, size: Decimal): void => {
    opening.set(asset, (opening.get(asset) ?? ZERO).plus(size))
  }
  for (const fill of todays) {
    const { base, quote } = pairOf(fill.productId)
    const value = fill.baseSize.mul(fill.price)
    add(base, fill.side === 'BUY' ? fill.baseSize.neg() : fill.baseSize)
    add(quote, fill.side === 'BUY' ? value : value.neg())
    add(fill.feeCurrency, fill.fee)
  }
  return new Map([...opening].filter(([asset]) => !isUsdLike(asset)))
}

function priceAtMark(mark: DayMark, asset: string): Decimal | undefined {
  const text = Object.hasOwn(mark.prices, asset) ? mark.prices[asset] : undefined
  const price = readDecimal(text)
  return isPositivePrice(price) ? price : undefined
}

/** What was held at the start, as if bought then at the mark. */
function openingFill(asset: string, baseSize: Decimal, price: Decimal, startMs: number): Fill {
  return {
    orderId: 'opening',
    tradeId: asset,
    productId: `${asset}-USD`,
    side: 'BUY',
    price,
    baseSize,
    fee: ZERO,
    feeCurrency: 'USD',
    liquidity: 'UNKNOWN',
    tradedAtMs: startMs - 1,
    sequenceAtMs: startMs - 1,
  }
}
