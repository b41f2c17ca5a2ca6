import { type Balance, type Decimal, ZERO } from '@tidegate/trading-model'

/** Wallet totals by currency, held amounts included; empty wallets are left out. */
export function holdingsOf(balances: readonly Balance[]): Readonly<Record<string, Decimal>> {
  const totals = new Map<string, Decimal>()
  for (const { currency, available, hold } of balances) {
    totals.set(currency, (totals.get(currency) ?? ZERO).plus(available).plus(hold))
  }
  return Object.fromEntries([...totals].filter(([, total]) => !total.isZero()))
}
