import { type Decimal, InvariantError, ZERO } from '@tidegate/trading-model'

/** One wallet, one currency. Total = available + hold. */
export interface Wallet {
  readonly currency: string
  readonly available: Decimal
  readonly hold: Decimal
}

/** The wallets of the portfolio. Every movement names both sides, and none may go below zero. */
export class Wallets {
  private readonly byCurrency = new Map<string, Wallet>()

  constructor(wallets: Iterable<Wallet> = []) {
    for (const wallet of wallets) this.byCurrency.set(wallet.currency, wallet)
  }

  get(currency: string): Wallet | undefined {
    return this.byCurrency.get(currency)
  }

  available(currency: string): Decimal {
    return this.byCurrency.get(currency)?.available ?? ZERO
  }

  all(): readonly Wallet[] {
    return [...this.byCurrency.values()]
  }

  /**
   * Adds (or, with a negative amount, takes) on both sides at once; opens the wallet on first use.
   *
   * @throws {InvariantError} when a side would go below zero: a bug of the engine, never a business outcome.
   */
  move(currency: string, availableBy: Decimal, holdBy: Decimal): void {
    const before = this.byCurrency.get(currency) ?? { currency, available: ZERO, hold: ZERO }
    const after = { currency, available: before.available.add(availableBy), hold: before.hold.add(holdBy) }
    if (after.available.isNegative() && !after.available.isZero()) throw below(currency, 'available', after.available)
    if (after.hold.isNegative() && !after.hold.isZero()) throw below(currency, 'hold', after.hold)
    this.byCurrency.set(currency, after)
  }
}

function below(currency: string, side: string, amount: Decimal): InvariantError {
  return new InvariantError(`The ${side} balance of ${currency} would become ${amount.toFixed()}`, {
    context: { currency, side, amount: amount.toFixed() },
  })
}
