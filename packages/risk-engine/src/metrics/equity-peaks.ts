import { type DayMark, Decimal, type Fill, readDecimal, ZERO } from '@tidegate/trading-model'
import { utcDayOf } from '../count-claims.js'
import { isUsdLike, pairOf } from '../currencies.js'
import { sortFills } from '../lots/sort-fills.js'
import type { DayPeak, RecentFacts } from '../snapshot.js'
import { isPositivePrice, lookUp } from '../valuation.js'

const dayMs = 86_400_000

export interface EquityInput {
  /** All recorded fills; those before the window are not looked at. */
  readonly fills: readonly Fill[]
  /** Day marks of the window. */
  readonly marks: readonly DayMark[]
  /** Wallet totals now, by currency. */
  readonly holdings: Readonly<Record<string, Decimal>>
  /** USD per unit now, by currency. */
  readonly nowPrices: Readonly<Record<string, Decimal>>
  readonly nowMs: number
  /** UTC days of the window, today included. */
  readonly days: number
}

/**
 * Value of the portfolio now, and its highest value on each UTC day of the window, from what is durable anyway: the wallets walked back
 * over the executions, valued at every day mark, every execution and now. So a restart forgets nothing, and what was deposited or
 * withdrawn meanwhile counts as if it had been so all along: a withdrawal is no loss.
 *
 * A high between two of those moments is not seen; the loss of the day has its own limit. Assets that never had a price are left out.
 *
 * @returns `undefined` when something that had a price in the window has none now.
 */
export function equityPeaks(input: EquityInput): RecentFacts['equity'] {
  const { fills, marks, holdings, nowPrices, nowMs, days } = input
  const sinceMs = Math.floor(nowMs / dayMs) * dayMs - (days - 1) * dayMs
  const inWindow = sortFills(fills.filter((fill) => fill.tradedAtMs >= sinceMs && fill.tradedAtMs <= nowMs))
  const held = new Map(Object.entries(holdings))
  for (const fill of inWindow) move(held, fill, -1)
  const currencies = new Set([...held.keys(), ...inWindow.flatMap(({ productId }) => Object.values(pairOf(productId)))])
  const prices = new Map<string, Decimal>()
  const peaks = new Map<string, Decimal>()
  const look = (atMs: number): void => {
    const value = worthOf(held, prices)
    const day = utcDayOf(atMs)
    if (value?.gt(peaks.get(day) ?? ZERO)) peaks.set(day, value)
  }
  for (const moment of momentsOf(marks, inWindow, sinceMs, nowMs)) {
    if ('mark' in moment) learnMark(prices, moment.mark, currencies)
    else {
      move(held, moment.fill, 1)
      learnFill(prices, moment.fill)
    }
    look(moment.atMs)
  }
  for (const currency of currencies) {
    const price = lookUp(nowPrices, currency)
    if (price) prices.set(currency, price)
    else if (prices.has(currency) && !(holdings[currency] ?? ZERO).isZero()) return undefined
  }
  const priced = new Map([...held].filter(([currency]) => isUsdLike(currency) || prices.has(currency)))
  const nowUsd = worthOf(priced, prices) ?? ZERO
  return { nowUsd, peaks: [...peaks].map(([day, usd]): DayPeak => ({ day, usd })) }
}

type Moment = { readonly atMs: number } & ({ readonly mark: DayMark } | { readonly fill: Fill })

function momentsOf(
  marks: readonly DayMark[],
  fills: readonly Fill[],
  sinceMs: number,
  nowMs: number,
): readonly Moment[] {
  return [
    ...marks.filter(({ atMs }) => atMs >= sinceMs && atMs <= nowMs).map((mark) => ({ atMs: mark.atMs, mark })),
    ...fills.map((fill) => ({ atMs: fill.tradedAtMs, fill })),
  ].sort((a, b) => a.atMs - b.atMs)
}

/** Applies what an execution did to the wallets, or takes it back. */
function move(held: Map<string, Decimal>, fill: Fill, sign: 1 | -1): void {
  const { base, quote } = pairOf(fill.productId)
  const direction = fill.side === 'BUY' ? sign : -sign
  const add = (currency: string, amount: Decimal): void => {
    held.set(currency, (held.get(currency) ?? ZERO).plus(amount))
  }
  add(base, fill.baseSize.mul(direction))
  add(quote, fill.baseSize.mul(fill.price).mul(-direction))
  add(fill.feeCurrency, fill.fee.mul(-sign))
}

function learnMark(prices: Map<string, Decimal>, mark: DayMark, currencies: ReadonlySet<string>): void {
  for (const currency of currencies) {
    const price = readDecimal(Object.hasOwn(mark.prices, currency) ? mark.prices[currency] : undefined)
    if (isPositivePrice(price)) prices.set(currency, price)
  }
}

function learnFill(prices: Map<string, Decimal>, fill: Fill): void {
  const { base, quote } = pairOf(fill.productId)
  const usdPerQuote = isUsdLike(quote) ? new Decimal(1) : prices.get(quote)
  if (usdPerQuote) prices.set(base, fill.price.mul(usdPerQuote))
}

/** @returns `undefined` while something held has no price yet. */
function worthOf(held: ReadonlyMap<string, Decimal>, prices: ReadonlyMap<string, Decimal>): Decimal | undefined {
  let sum = ZERO
  for (const [currency, amount] of held) {
    if (isUsdLike(currency)) {
      sum = sum.plus(amount)
      continue
    }
    if (amount.isZero()) continue
    const price = prices.get(currency)
    if (!price) return undefined
    sum = sum.plus(amount.mul(price))
  }
  return sum
}
