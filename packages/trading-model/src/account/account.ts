import type { Decimal } from '../money/decimal.js'

/** One wallet. Total = available + hold. */
export interface Balance {
  readonly accountId: string
  readonly currency: string
  readonly available: Decimal
  readonly hold: Decimal
}

/** Rates as fractions: 0.012 is 1.2 %. */
export interface FeeRates {
  readonly tier: string
  readonly takerRate: Decimal
  readonly makerRate: Decimal
  /** 30-day volume in USD. */
  readonly volumeUsd: Decimal
}

export interface KeyPermissions {
  readonly canView: boolean
  readonly canTrade: boolean
  readonly canTransfer: boolean
  readonly portfolioId: string
  readonly portfolioType: string
}

/** A deposit or withdrawal. Amount is signed: positive came in. */
export interface Transfer {
  readonly transferId: string
  readonly type: string
  readonly status: string
  readonly currency: string
  readonly amount: Decimal
  readonly createdAtMs: number
  readonly network?: string
  readonly transactionHash?: string
}
