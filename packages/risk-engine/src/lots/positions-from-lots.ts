import { type Decimal, ZERO } from '@tidegate/trading-model'
import type { AssetLots, LotBook } from './lot-book.js'

/** What is held of one asset according to the fills alone. */
export interface LotPosition {
  readonly asset: string
  /** Base units. */
  readonly size: Decimal
  /** Σ price × size + fees of the open lots, USD; `undefined` when a lot has no USD price. */
  readonly costUsd: Decimal | undefined
  /** Cost per base unit with the buying fees in it, USD. */
  readonly averageCostUsd: Decimal | undefined
  /** Average price paid without fees, USD. */
  readonly averageEntryPriceUsd: Decimal | undefined
  /** After fees of both legs, USD. */
  readonly realizedNetUsd: Decimal
  readonly feesUsd: Decimal
  readonly isComplete: boolean
}

/** One position per asset that was ever traded, also where nothing is left of it. */
export function positionsFromLots(book: LotBook): readonly LotPosition[] {
  return [...book.values()].map((asset) => {
    const price = entryValueUsd(asset.lots)
    const fees = asset.lots.reduce((sum, lot) => sum.plus(lot.feeUsd), ZERO)
    const isOpen = asset.size.gt(0)
    return {
      asset: asset.asset,
      size: asset.size,
      costUsd: price?.plus(fees),
      averageCostUsd: isOpen ? price?.plus(fees).div(asset.size) : undefined,
      averageEntryPriceUsd: isOpen ? price?.div(asset.size) : undefined,
      realizedNetUsd: asset.realizedNetUsd,
      feesUsd: asset.feesUsd,
      isComplete: asset.isComplete,
    }
  })
}

/** Σ price × size, USD; `undefined` when a lot has no USD price. */
export function entryValueUsd(lots: AssetLots['lots']): Decimal | undefined {
  let sum = ZERO
  for (const lot of lots) {
    if (!lot.priceUsd) return undefined
    sum = sum.plus(lot.size.mul(lot.priceUsd))
  }
  return sum
}
