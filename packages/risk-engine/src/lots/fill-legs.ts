import { type Decimal, type Fill, ONE, ZERO } from '@tidegate/trading-model'
import { isCash, isUsdLike, pairOf } from '../currencies.js'
import type { UsdAt } from './lot-book.js'

/** One asset going in or out. */
export interface Leg {
  readonly asset: string
  readonly direction: 'in' | 'out'
  readonly size: Decimal
  /** USD per unit of the asset; `undefined` when unknown. */
  readonly priceUsd: Decimal | undefined
  readonly feeUsd: Decimal
  /** False when the fee's currency had no USD price: the fee counts as nothing and the result as incomplete. */
  readonly isFeeKnown: boolean
}

/**
 * What a fill does to positions. The base asset always moves; the quote moves too when it is no money (buying ETH with BTC sells BTC).
 * The fee stays with the base leg.
 */
export function legsOf(fill: Fill, usdAt: UsdAt): readonly Leg[] {
  const { base, quote } = pairOf(fill.productId)
  const usdPerQuote = isUsdLike(quote) ? ONE : usdAt(quote, fill.tradedAtMs)
  const priceUsd = usdPerQuote && fill.price.mul(usdPerQuote)
  const fee = feeUsd(fill, base, priceUsd, quote, usdPerQuote, usdAt)
  const baseLeg: Leg = {
    asset: base,
    direction: fill.side === 'BUY' ? 'in' : 'out',
    size: fill.baseSize,
    priceUsd,
    feeUsd: fee ?? ZERO,
    isFeeKnown: fee !== undefined,
  }
  if (isCash(quote)) return [baseLeg]
  const quoteLeg: Leg = {
    asset: quote,
    direction: fill.side === 'BUY' ? 'out' : 'in',
    size: fill.baseSize.mul(fill.price),
    priceUsd: usdPerQuote,
    feeUsd: ZERO,
    isFeeKnown: true,
  }
  return [baseLeg, quoteLeg]
}

function feeUsd(
  fill: Fill,
  base: string,
  basePriceUsd: Decimal | undefined,
  quote: string,
  usdPerQuote: Decimal | undefined,
  usdAt: UsdAt,
): Decimal | undefined {
  if (fill.fee.isZero()) return ZERO
  const currency = fill.feeCurrency
  const price = isUsdLike(currency)
    ? ONE
    : currency === base
      ? basePriceUsd
      : currency === quote
        ? usdPerQuote
        : usdAt(currency, fill.tradedAtMs)
  return price && fill.fee.mul(price)
}
