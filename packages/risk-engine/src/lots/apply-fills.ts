import { Decimal, type Fill, ZERO } from '@tidegate/trading-model'
import { type Leg, legsOf } from './fill-legs.js'
import type { AssetLots, Lot, LotBook, RealizedFill, UsdAt } from './lot-book.js'
import { sortFills } from './sort-fills.js'

/** Fee shares are cut at this many places; the remainder stays with the lot, so nothing is ever lost or made. */
const feePlaces = 18

/**
 * Turns fills into FIFO lots and realised results, by base asset: BTC-USD and BTC-USDC are one position. A pure function of the set
 * of fills: order and repetition of the input do not matter.
 *
 * - Fees are in the cost: `netUsd` is after the fees of both legs; gross and fees are there separately.
 * - A sale of more than the recorded buys explain leaves `unmatchedSize` and no result: cost is unknown, never 0.
 *
 * @param usdAt - USD per unit for quote currencies other than USD and USDC. Without it such fills have no USD price, and the asset is
 * marked incomplete.
 */
export function applyFills(fills: readonly Fill[], usdAt: UsdAt = () => undefined): LotBook {
  const book = new Map<string, Tally>()
  for (const fill of sortFills(fills)) {
    for (const leg of legsOf(fill, usdAt)) {
      const tally = book.get(leg.asset) ?? openTally()
      book.set(leg.asset, tally)
      applyLeg(tally, fill, leg)
    }
  }
  return new Map([...book].sort(([a], [b]) => (a < b ? -1 : 1)).map(([asset, tally]) => [asset, close(asset, tally)]))
}

interface Tally {
  lots: Lot[]
  /** Lots before this index are used up. */
  head: number
  realized: RealizedFill[]
  feesUsd: Decimal
  unmatchedSize: Decimal
  unmatchedProceedsUsd: Decimal
  unmatchedFeesUsd: Decimal
  isComplete: boolean
}

function openTally(): Tally {
  return {
    lots: [],
    head: 0,
    realized: [],
    feesUsd: ZERO,
    unmatchedSize: ZERO,
    unmatchedProceedsUsd: ZERO,
    unmatchedFeesUsd: ZERO,
    isComplete: true,
  }
}

function applyLeg(tally: Tally, fill: Fill, leg: Leg): void {
  tally.feesUsd = tally.feesUsd.plus(leg.feeUsd)
  tally.isComplete = tally.isComplete && leg.isFeeKnown && leg.priceUsd !== undefined
  const { orderId, tradeId, tradedAtMs } = fill
  if (leg.direction === 'in') {
    tally.lots.push({
      orderId,
      tradeId,
      openedAtMs: tradedAtMs,
      size: leg.size,
      priceUsd: leg.priceUsd,
      feeUsd: leg.feeUsd,
    })
    return
  }
  const closed = closeLots(tally, leg)
  const unmatchedSize = leg.size.minus(closed.size)
  const saleFee = unmatchedSize.isZero() ? leg.feeUsd : feeShare(leg.feeUsd, closed.size, leg.size)
  if (unmatchedSize.gt(0)) {
    tally.isComplete = false
    tally.unmatchedSize = tally.unmatchedSize.plus(unmatchedSize)
    tally.unmatchedProceedsUsd = tally.unmatchedProceedsUsd.plus(unmatchedSize.mul(leg.priceUsd ?? ZERO))
    tally.unmatchedFeesUsd = tally.unmatchedFeesUsd.plus(leg.feeUsd.minus(saleFee))
  }
  const grossUsd = leg.priceUsd && closed.costUsd && closed.size.mul(leg.priceUsd).minus(closed.costUsd)
  const feesUsd = saleFee.plus(closed.feeUsd)
  tally.realized.push({
    orderId,
    tradeId,
    tradedAtMs,
    matchedSize: closed.size,
    unmatchedSize,
    grossUsd,
    feesUsd,
    netUsd: grossUsd?.minus(feesUsd),
  })
}

interface Closed {
  readonly size: Decimal
  readonly costUsd: Decimal | undefined
  readonly feeUsd: Decimal
}

/** Takes up to `leg.size` from the oldest lots. */
function closeLots(tally: Tally, leg: Leg): Closed {
  let left = leg.size
  let costUsd: Decimal | undefined = ZERO
  let feeUsd = ZERO
  while (left.gt(0)) {
    const lot = tally.lots[tally.head]
    if (!lot) break
    const taken = Decimal.min(left, lot.size)
    const isWhole = taken.eq(lot.size)
    const fee = isWhole ? lot.feeUsd : feeShare(lot.feeUsd, taken, lot.size)
    costUsd = costUsd && lot.priceUsd && costUsd.plus(taken.mul(lot.priceUsd))
    feeUsd = feeUsd.plus(fee)
    left = left.minus(taken)
    if (isWhole) tally.head++
    else tally.lots[tally.head] = { ...lot, size: lot.size.minus(taken), feeUsd: lot.feeUsd.minus(fee) }
  }
  return { size: leg.size.minus(left), costUsd, feeUsd }
}

function feeShare(feeUsd: Decimal, part: Decimal, whole: Decimal): Decimal {
  return feeUsd.mul(part).div(whole).toDecimalPlaces(feePlaces, Decimal.ROUND_HALF_EVEN)
}

function close(asset: string, tally: Tally): AssetLots {
  const lots = tally.lots.slice(tally.head)
  const sum = (pick: (entry: RealizedFill) => Decimal | undefined): Decimal =>
    tally.realized.reduce((total, entry) => total.plus(pick(entry) ?? ZERO), ZERO)
  return {
    asset,
    lots,
    size: lots.reduce((total, lot) => total.plus(lot.size), ZERO),
    realized: tally.realized,
    realizedGrossUsd: sum((entry) => entry.grossUsd),
    realizedNetUsd: sum((entry) => entry.netUsd),
    feesUsd: tally.feesUsd,
    unmatchedSize: tally.unmatchedSize,
    unmatchedProceedsUsd: tally.unmatchedProceedsUsd,
    unmatchedFeesUsd: tally.unmatchedFeesUsd,
    isComplete: tally.isComplete,
  }
}
