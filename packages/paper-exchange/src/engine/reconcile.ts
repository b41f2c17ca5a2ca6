import { type Decimal, formatDecimal, ZERO } from '@tidegate/trading-model'
import type { ExchangeState } from './exchange-state.js'
import { DEFAULT_PORTFOLIO } from './records.js'

/** One number that should equal another and does not. */
export interface Discrepancy {
  readonly what: string
  readonly expected: string
  readonly actual: string
}

/**
 * Adds everything up again from deposits and fills, to the last digit: totals per currency, holds per currency, and per order
 * the sums of its fills. Empty means that it reconciles.
 */
export function reconcile(state: ExchangeState): readonly Discrepancy[] {
  const found: Discrepancy[] = []
  const compare = (what: string, expected: Decimal, actual: Decimal) => {
    if (!expected.eq(actual)) found.push({ what, expected: formatDecimal(expected), actual: formatDecimal(actual) })
  }
  const totals = new Sums()
  const holds = new Sums()
  const at = (portfolioId: string, currency: string) => `${portfolioId} ${currency}`
  for (const deposit of state.deposits) totals.add(at(deposit.portfolioId, deposit.currency), deposit.amount)
  for (const { fromPortfolioId, toPortfolioId, currency, amount } of state.moves) {
    totals.add(at(fromPortfolioId, currency), amount.neg())
    totals.add(at(toPortfolioId, currency), amount)
  }
  for (const fill of state.fills) {
    const order = state.orders.get(fill.orderId)
    if (!order) {
      found.push({ what: `order of fill ${fill.tradeId}`, expected: fill.orderId, actual: 'missing' })
      continue
    }
    const buys = fill.side === 'BUY'
    totals.add(at(order.portfolioId, order.baseCurrency), buys ? fill.baseSize : fill.baseSize.neg())
    totals.add(
      at(order.portfolioId, order.quoteCurrency),
      (buys ? fill.quoteValue.neg() : fill.quoteValue).sub(fill.fee),
    )
  }
  for (const order of state.orders.values()) {
    const fills = state.fillsOf(order.orderId)
    const sum = (pick: (fill: (typeof fills)[number]) => Decimal) =>
      fills.reduce((total, fill) => total.add(pick(fill)), ZERO)
    compare(
      `filled size of ${order.orderId}`,
      sum((fill) => fill.baseSize),
      order.filledSize,
    )
    compare(
      `filled value of ${order.orderId}`,
      sum((fill) => fill.quoteValue),
      order.filledValue,
    )
    compare(
      `fees of ${order.orderId}`,
      sum((fill) => fill.fee),
      order.totalFees,
    )
    if (fills.length !== order.fillCount) {
      found.push({
        what: `fills of ${order.orderId}`,
        expected: String(fills.length),
        actual: String(order.fillCount),
      })
    }
    holds.add(at(order.portfolioId, order.holdCurrency), order.hold)
    if (order.legs) {
      const legs = order.legs.reduce((total, leg) => total.add(leg.filledSize), ZERO)
      compare(`filled size of the rungs of ${order.orderId}`, order.filledSize, legs)
    }
  }
  const wallets = state.portfolioIds().flatMap((id) =>
    state
      .walletsOf(id)
      .all()
      .map((wallet) => [at(id, wallet.currency), wallet] as const),
  )
  const known = new Map(wallets)
  for (const key of new Set([...totals.keys(), ...holds.keys(), ...known.keys()])) {
    const name = key.startsWith(`${DEFAULT_PORTFOLIO} `) ? key.slice(DEFAULT_PORTFOLIO.length + 1) : key
    const wallet = known.get(key) ?? { available: ZERO, hold: ZERO }
    compare(`total of ${name}`, totals.of(key), wallet.available.add(wallet.hold))
    compare(`hold of ${name}`, holds.of(key), wallet.hold)
    if (wallet.available.isNegative() && !wallet.available.isZero()) {
      found.push({ what: `available ${name}`, expected: '>= 0', actual: formatDecimal(wallet.available) })
    }
  }
  return found
}

class Sums {
  private readonly amounts = new Map<string, Decimal>()
  add(key: string, amount: Decimal): void {
    this.amounts.set(key, this.of(key).add(amount))
  }
  of(key: string): Decimal {
    return this.amounts.get(key) ?? ZERO
  }
  keys(): Iterable<string> {
    return this.amounts.keys()
  }
}
