/** A position with its result; decimal strings. `undefined` fields are unknown, never 0. */
export interface PositionMetrics {
  readonly asset: string
  /** Product used for pricing, e.g. `BTC-USD`. */
  readonly productId: string
  readonly size: string
  readonly averageEntryPrice: string | undefined
  readonly costBasisUsd: string | undefined
  readonly marketPrice: string | undefined
  readonly marketValueUsd: string | undefined
  readonly unrealizedPnlUsd: string | undefined
  readonly unrealizedPnlPct: string | undefined
  readonly realizedPnlUsd: string
  readonly feesUsd: string
  readonly portfolioSharePct: string | undefined
  /** Price at which selling all, taker fee included, returns the cost. */
  readonly breakEvenPrice: string | undefined
  /** What a move of one percent is worth, USD. */
  readonly onePctMoveUsd: string | undefined
  /** False when part of the size came from outside the recorded fills. */
  readonly costBasisComplete: boolean
}

/** All positions with the portfolio's totals; decimal strings, USD. */
export interface PortfolioMetrics {
  /** Largest value first. */
  readonly positions: readonly PositionMetrics[]
  /** Everything that has a price. */
  readonly portfolioValueUsd: string
  /** Fiat and stablecoins. */
  readonly cashUsd: string
  readonly investedUsd: string
  readonly unrealizedPnlUsd: string
  readonly realizedPnlUsd: string
  readonly feesUsd: string
  /** Currencies held that have no USD price and count for nothing above. */
  readonly unpriced: readonly string[]
  /** False when any position's cost is only partly known. */
  readonly costBasisComplete: boolean
}
