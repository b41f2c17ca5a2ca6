import type { Decimal } from '@tidegate/trading-model'

/** Part of a position that was bought in one fill and is still held. */
export interface Lot {
  readonly orderId: string
  readonly tradeId: string
  readonly openedAtMs: number
  /** Base units left. */
  readonly size: Decimal
  /** USD per base unit; `undefined` when the quote currency had no USD price at the time. */
  readonly priceUsd: Decimal | undefined
  /** Share of the buying fee that belongs to what is left, USD. */
  readonly feeUsd: Decimal
}

/** What one fill realised. */
export interface RealizedFill {
  readonly orderId: string
  readonly tradeId: string
  readonly tradedAtMs: number
  /** Base units that were matched with lots. */
  readonly matchedSize: Decimal
  /** Base units sold that no recorded buy explains. */
  readonly unmatchedSize: Decimal
  /** Proceeds − cost of the matched part, before fees, USD. `undefined` when a price is unknown. */
  readonly grossUsd: Decimal | undefined
  /** Fees of the sale and of the lots it closed, matched part only, USD. */
  readonly feesUsd: Decimal
  /** `grossUsd − feesUsd`. */
  readonly netUsd: Decimal | undefined
}

/** Lots and results of one base asset, whatever products it was traded through. */
export interface AssetLots {
  readonly asset: string
  /** Oldest first. */
  readonly lots: readonly Lot[]
  /** Σ size of the lots. */
  readonly size: Decimal
  readonly realized: readonly RealizedFill[]
  /** Σ realised before fees, USD. */
  readonly realizedGrossUsd: Decimal
  /** Σ realised after the fees of both legs, USD. */
  readonly realizedNetUsd: Decimal
  /** Σ every fee of the asset's fills, USD, also of lots still open. */
  readonly feesUsd: Decimal
  /** Base units sold that came from outside the recorded fills: their cost is unknown and no result is made up for them. */
  readonly unmatchedSize: Decimal
  /** USD received for the unmatched part, before fees. */
  readonly unmatchedProceedsUsd: Decimal
  /** Σ fees on the unmatched part, USD. */
  readonly unmatchedFeesUsd: Decimal
  /** False when something was sold that no fill explains, or a price or fee could not be valued in USD. */
  readonly isComplete: boolean
}

/** FIFO lots by base asset. */
export type LotBook = ReadonlyMap<string, AssetLots>

/** USD per unit of a currency at a moment; `undefined` when nobody knows. */
export type UsdAt = (currency: string, atMs: number) => Decimal | undefined
