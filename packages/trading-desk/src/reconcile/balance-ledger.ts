import { Decimal, type Fill, readDecimal, type Transfer, ZERO } from '@tidegate/trading-model'

/** What every wallet held at a moment, from which later fills and transfers are counted. */
export interface Baseline {
  /** Venue time, ms since epoch (UTC). */
  readonly atMs: number
  /** From when on orders and fills belong to the ledger, venue time; before `atMs` where a person accepted what was not explained yet. */
  readonly openedAtMs?: number
  /** Decimal strings by currency, held amounts included. */
  readonly balances: Readonly<Record<string, string>>
}

export interface Difference {
  readonly currency: string
  /** What the venue holds more (positive) or less (negative) than fills and transfers explain. */
  readonly amount: Decimal
  readonly expected: Decimal
  readonly actual: Decimal
}

/** Wallet totals that follow from the baseline, the fills and the transfers after it. Pure. */
export function expectedBalances(
  baseline: Baseline,
  fills: readonly Fill[],
  transfers: readonly Transfer[],
): ReadonlyMap<string, Decimal> {
  const totals = new Map<string, Decimal>()
  const add = (currency: string, amount: Decimal): void => {
    totals.set(currency, (totals.get(currency) ?? ZERO).plus(amount))
  }
  for (const [currency, text] of Object.entries(baseline.balances)) add(currency, readDecimal(text) ?? ZERO)
  for (const fill of fills) {
    if (fill.tradedAtMs < baseline.atMs) continue
    const [base = '', quote = ''] = fill.productId.split('-')
    const value = fill.baseSize.mul(fill.price)
    add(base, fill.side === 'BUY' ? fill.baseSize : fill.baseSize.neg())
    add(quote, fill.side === 'BUY' ? value.neg() : value)
    add(fill.feeCurrency, fill.fee.neg())
  }
  for (const transfer of transfers) {
    if (transfer.createdAtMs >= baseline.atMs && transfer.status.toLowerCase() === 'completed') {
      add(transfer.currency, transfer.amount)
    }
  }
  return totals
}

/**
 * Compares what should be there with what is there.
 *
 * @param dustOf - Largest difference that counts as rounding, in units of the currency.
 */
export function compareBalances(
  expected: ReadonlyMap<string, Decimal>,
  actual: Readonly<Record<string, Decimal>>,
  dustOf: (currency: string) => Decimal,
): readonly Difference[] {
  const currencies = new Set([...expected.keys(), ...Object.keys(actual)])
  return [...currencies]
    .map((currency) => {
      const should = expected.get(currency) ?? ZERO
      const is = actual[currency] ?? ZERO
      return { currency, expected: should, actual: is, amount: is.minus(should) }
    })
    .filter(({ currency, amount }) => amount.abs().gt(dustOf(currency)))
}

/** Dust in units of a currency: `dustUsd` at its price, and what fills that were converted from quote units may round. */
export function dustFor(dustUsd: string, price: Decimal | undefined, fills: number): Decimal {
  const unpriced = new Decimal('0.000001')
  const own = price?.gt(0) ? new Decimal(dustUsd).div(price) : unpriced
  return own.plus(new Decimal('0.00000001').mul(fills))
}

/** A difference between ledger and venue as a sentence, amounts in the currency's units. */
export function sayDifference({ currency, amount, expected, actual }: Difference): string {
  const sign = amount.isPositive() ? 'more' : 'less'
  return `${currency}: the venue holds ${actual.toFixed()}, fills and transfers explain ${expected.toFixed()} (${amount.abs().toFixed()} ${sign})`
}
