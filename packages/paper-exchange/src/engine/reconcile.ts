import { type Decimal, formatDecimal, ZERO } from '@tidegate/trading-model'
import type { ExchangeState } from './exchange-state.js'

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
  for (const deposit of state.deposits) totals.add(deposit.currency, deposit.amount)
  for (const fill of state.fills) {
    const order = state.orders.get(fill.orderId)
    if (!order) {
      found.push({ what: `order of fill ${fill.tradeId}`, expected: fill.orderId, actual: 'missing' })
      continue
    }
    const buys = fill.side === 'BUY'
    totals.add(order.baseCurrency, buys ? fill.baseSize : fill.baseSize.neg())
    totals.add(order.quoteCurrency, (buys ? fill.quoteValue.neg() : fill.quoteValue).sub(fill.fee))
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
    holds.add(order.holdCurrency, order.hold)
  }
  const currencies = new Set([...totals.keys(), ...holds.keys(), ...state.wallets.all().map((w) => w.currency)])
  for (const currency of currencies) {
    const wallet = state.wallets.get(currency) ?? { available: ZERO, hold: ZERO }
    compare(`total of ${currency}`, totals.of(currency), wallet.available.add(wallet.hold))
    compare(`hold of ${currency}`, holds.of(currency), wallet.hold)
    if (wallet.available.isNegative() && !wallet.available.isZero()) {
      found.push({ what: `available ${currency}`, expected: '>= 0', actual: formatDecimal(wallet.available) })
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
