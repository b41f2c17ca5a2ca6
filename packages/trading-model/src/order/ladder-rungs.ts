import { Decimal, ZERO } from '../money/decimal.js'
import { roundDownToIncrement } from '../money/increment.js'
import type { OrderSize, Rung, Side } from './order.js'

export const PRICE_DISTRIBUTIONS = ['FLAT', 'LINEAR_INCREASING', 'LINEAR_DECREASING'] as const
export type PriceDistribution = (typeof PRICE_DISTRIBUTIONS)[number]

export const SIZE_DISTRIBUTIONS = ['EVENLY_SPLIT', 'INCREASING', 'DECREASING'] as const
export type SizeDistribution = (typeof SIZE_DISTRIBUTIONS)[number]

export interface LadderPlan {
  readonly side: Side
  readonly size: OrderSize
  /** From 2. */
  readonly count: number
  readonly minPrice: Decimal
  readonly maxPrice: Decimal
  /** Gaps between the prices: equal, growing upward, or shrinking upward. */
  readonly prices: PriceDistribution
  /** Sizes from the lowest price to the highest. */
  readonly sizes: SizeDistribution
  /** Base or quote units between neighbours; wins over `ratio`. Without both, sizes grow like 1, 2, 3. */
  readonly difference: Decimal | undefined
  /** Each size over the one before. */
  readonly ratio: Decimal | undefined
  readonly priceIncrement: Decimal
  readonly baseIncrement: Decimal
  /** Reserved inside a quote-sized ladder; zero for a base-sized one. */
  readonly takerRate: Decimal
}

/**
 * Works out the rungs of a ladder, best price for the market first. Prices are rounded toward the passive side, sizes down to the
 * increment; what rounding leaves of a base-sized total goes to the last rung, so that the rungs add up exactly.
 *
 * @returns `undefined` when a rung would be empty.
 */
export function ladderRungs(plan: LadderPlan): readonly Rung[] | undefined {
  const total = plan.size.kind === 'base' ? plan.size.baseSize : plan.size.quoteSize
  const shares = sharesOf(plan, total)
  if (!shares) return undefined
  const prices = pricesOf(plan)
  let left = total
  const rungs: Rung[] = []
  for (const [index, share] of shares.entries()) {
    const limitPrice = prices[index]
    if (!limitPrice || limitPrice.lte(ZERO)) return undefined
    const isLast = index === shares.length - 1
    const exact = plan.size.kind === 'quote' ? share.div(limitPrice.mul(plan.takerRate.add(1))) : isLast ? left : share
    const baseSize = isLast && plan.size.kind === 'base' ? exact : roundDownToIncrement(exact, plan.baseIncrement)
    left = left.sub(baseSize)
    if (baseSize.lte(ZERO)) return undefined
    rungs.push({ limitPrice, baseSize })
  }
  // The rung nearest to the market goes first, as it would be sent.
  return plan.side === 'BUY' ? rungs.reverse() : rungs
}

function pricesOf({ count, minPrice, maxPrice, prices, priceIncrement, side }: LadderPlan): readonly Decimal[] {
  const span = maxPrice.sub(minPrice)
  const gaps = count - 1
  const all = (gaps * (gaps + 1)) / 2
  return Array.from({ length: count }, (_, index) => {
    const done =
      prices === 'FLAT'
        ? new Decimal(index).div(gaps)
        : prices === 'LINEAR_INCREASING'
          ? new Decimal((index * (index + 1)) / 2).div(all)
          : new Decimal(index * gaps - (index * (index - 1)) / 2).div(all)
    const ticks = minPrice.add(span.mul(done)).div(priceIncrement).toDecimalPlaces(12)
    return (side === 'BUY' ? ticks.floor() : ticks.ceil()).mul(priceIncrement)
  })
}

/** Amounts from the lowest price to the highest, adding up to `total` before rounding. */
function sharesOf({ count, sizes, difference, ratio }: LadderPlan, total: Decimal): readonly Decimal[] | undefined {
  if (sizes === 'EVENLY_SPLIT') return Array.from({ length: count }, () => total.div(count))
  let shares: Decimal[]
  if (difference) {
    const first = total.sub(difference.mul((count * (count - 1)) / 2)).div(count)
    shares = Array.from({ length: count }, (_, index) => first.add(difference.mul(index)))
  } else {
    const weights = Array.from({ length: count }, (_, index) => (ratio ? ratio.pow(index) : new Decimal(index + 1)))
    const sum = weights.reduce((all, weight) => all.add(weight), ZERO)
    shares = weights.map((weight) => total.mul(weight).div(sum))
  }
  if (shares.some((share) => share.lte(ZERO))) return undefined
  return sizes === 'INCREASING' ? shares : shares.reverse()
}
