import { type Balance, Decimal, formatDecimal, ONE, ZERO } from '@tidegate/trading-model'
import { isCash, pairOf } from '../currencies.js'
import type { AssetLots, Lot, LotBook } from '../lots/lot-book.js'
import { entryValueUsd } from '../lots/positions-from-lots.js'
import type { PortfolioMetrics, PositionMetrics } from '../metrics-types.js'
import { equityUsd, isPositivePrice, lookUp, type UsdPrices, walletTotal } from '../valuation.js'

/** Base units: a smaller difference between fills and wallet is rounding. */
const dust = '0.00000001'

export interface MetricsInput {
  readonly lots: LotBook
  /** Wallets now; the size of a position is what the wallet holds, whatever the fills say. */
  readonly balances: readonly Balance[]
  /** USD per unit, by currency. */
  readonly usdPrices: Readonly<Record<string, Decimal>>
  /** Taker rate as a fraction, for the break-even price. */
  readonly takerRate: Decimal
  /** Product that prices an asset. @default `<ASSET>-USD` */
  readonly productIds?: Readonly<Record<string, string>>
  /** Only the position in this product's base asset; totals stay those of the portfolio. */
  readonly productId?: string
}

/**
 * Metrics of every position and of the portfolio, by base asset. Largest value first.
 *
 * Cost and results come from recorded fills. Where the wallet holds more than they explain, they speak of the explained part only and
 * `costBasisComplete` is false; where it holds less, the oldest lots are taken as gone.
 */
export function positionMetrics(input: MetricsInput): PortfolioMetrics {
  const { lots, balances, productId } = input
  const prices: UsdPrices = (currency) => (currency === 'USD' ? ONE : lookUp(input.usdPrices, currency))
  const equity = equityUsd(balances, prices)
  const assets = new Set([
    ...lots.keys(),
    ...balances.filter(({ available, hold }) => available.plus(hold).gt(0)).map(({ currency }) => currency),
  ])
  const parts = [...assets].filter((asset) => !isCash(asset)).map((asset) => measure(asset, input, prices))
  const sum = (pick: (part: Part) => Decimal | undefined): Decimal =>
    parts.reduce((total, part) => total.plus(pick(part) ?? ZERO), ZERO)
  const invested = sum((part) => part.valueUsd)
  const wanted = productId === undefined ? undefined : pairOf(productId).base
  return {
    positions: parts
      .filter((part) => wanted === undefined || part.asset === wanted)
      .sort((a, b) => (b.valueUsd ?? ZERO).cmp(a.valueUsd ?? ZERO) || (a.asset < b.asset ? -1 : 1))
      .map((part) => present(part, input, equity)),
    portfolioValueUsd: usd(equity),
    cashUsd: usd(equity.minus(invested)),
    investedUsd: usd(invested),
    unrealizedPnlUsd: usd(sum((part) => part.unrealizedUsd)),
    realizedPnlUsd: usd(sum((part) => part.lots?.realizedNetUsd)),
    feesUsd: usd(sum((part) => part.lots?.feesUsd)),
    unpriced: [...assets].filter((asset) => walletTotal(balances, asset).gt(0) && !prices(asset)).sort(),
    costBasisComplete: parts.every((part) => part.isComplete),
  }
}

interface Part {
  readonly asset: string
  readonly size: Decimal
  readonly lots: AssetLots | undefined
  readonly priceUsd: Decimal | undefined
  readonly valueUsd: Decimal | undefined
  /** Part of `size` whose cost the fills explain. */
  readonly knownSize: Decimal
  /** Σ price × size of the known part, and with fees. */
  readonly entryUsd: Decimal | undefined
  readonly costUsd: Decimal | undefined
  readonly unrealizedUsd: Decimal | undefined
  readonly isComplete: boolean
}

function measure(asset: string, { lots: book, balances }: MetricsInput, prices: UsdPrices): Part {
  const lots = book.get(asset)
  const size = walletTotal(balances, asset)
  const priceUsd = prices(asset)
  const kept = newest(lots?.lots ?? [], size)
  const knownSize = kept.reduce((sum, lot) => sum.plus(lot.size), ZERO)
  const entryUsd = knownSize.gt(0) ? entryValueUsd(kept) : undefined
  const costUsd = entryUsd && kept.reduce((sum, lot) => sum.plus(lot.feeUsd), entryUsd)
  const gap = size.minus(lots?.size ?? ZERO).abs()
  return {
    asset,
    size,
    lots,
    priceUsd,
    valueUsd: size.isZero() ? ZERO : priceUsd?.mul(size),
    knownSize,
    entryUsd,
    costUsd,
    unrealizedUsd: costUsd && priceUsd?.mul(knownSize).minus(costUsd),
    isComplete: gap.lte(dust) && (lots?.isComplete ?? true),
  }
}

/** The newest lots that make up at most `size`. */
function newest(lots: readonly Lot[], size: Decimal): readonly Lot[] {
  const kept: Lot[] = []
  let left = size
  for (const lot of [...lots].reverse()) {
    if (!left.gt(0)) break
    const taken = Decimal.min(left, lot.size)
    kept.push(taken.eq(lot.size) ? lot : { ...lot, size: taken, feeUsd: lot.feeUsd.mul(taken).div(lot.size) })
    left = left.minus(taken)
  }
  return kept
}

function present(part: Part, { takerRate, productIds }: MetricsInput, equity: Decimal): PositionMetrics {
  const { asset, lots, priceUsd, valueUsd, knownSize, entryUsd, costUsd, unrealizedUsd } = part
  const afterFee = ONE.minus(takerRate)
  return {
    asset,
    productId: (productIds && Object.hasOwn(productIds, asset) ? productIds[asset] : undefined) ?? `${asset}-USD`,
    size: formatDecimal(part.size),
    averageEntryPrice: entryUsd && price(entryUsd.div(knownSize)),
    costBasisUsd: costUsd && usd(costUsd),
    marketPrice: priceUsd && formatDecimal(priceUsd),
    marketValueUsd: valueUsd && usd(valueUsd),
    unrealizedPnlUsd: unrealizedUsd && usd(unrealizedUsd),
    unrealizedPnlPct: unrealizedUsd && costUsd?.gt(0) ? pct(unrealizedUsd.div(costUsd)) : undefined,
    realizedPnlUsd: usd(lots?.realizedNetUsd ?? ZERO),
    feesUsd: usd(lots?.feesUsd ?? ZERO),
    portfolioSharePct: valueUsd && equity.gt(0) ? pct(valueUsd.div(equity)) : undefined,
    breakEvenPrice: costUsd && afterFee.gt(0) ? price(costUsd.div(knownSize.mul(afterFee))) : undefined,
    onePctMoveUsd: valueUsd && usd(valueUsd.div(100)),
    costBasisComplete: part.isComplete,
  }
}

function usd(value: Decimal): string {
  return formatDecimal(value.toDecimalPlaces(8, Decimal.ROUND_HALF_EVEN))
}

/** A computed price: 12 digits, because prices may be tiny and places would cut them away. */
function price(value: Decimal): string {
  return formatDecimal(isPositivePrice(value) ? value.toSignificantDigits(12) : value)
}

function pct(fraction: Decimal): string {
  return formatDecimal(fraction.mul(100).toDecimalPlaces(4, Decimal.ROUND_HALF_EVEN))
}
