import { Decimal } from '@tidegate/trading-model'

/** Coinbase keeps 16 decimals, half up (checked against two real quote-sized orders, coinbase-api §14.3). */
export const WIRE_DECIMALS = 16

/** Rounds to the venue's 16 decimals, half up. */
export function roundHalfUp16(value: Decimal): Decimal {
  return value.toDecimalPlaces(WIRE_DECIMALS, Decimal.ROUND_HALF_UP)
}

/** Rounds up to 16 decimals: for holds, which must cover. */
export function roundUp16(value: Decimal): Decimal {
  return value.toDecimalPlaces(WIRE_DECIMALS, Decimal.ROUND_UP)
}

/** Rounds down to 16 decimals. */
export function roundDown16(value: Decimal): Decimal {
  return value.toDecimalPlaces(WIRE_DECIMALS, Decimal.ROUND_DOWN)
}

/** Money that a quote-sized buy of `quoteSize` (fee inside) spends on the asset itself: `round16(Q / (1 + r))`. */
export function valueInsideQuoteSize(quoteSize: Decimal, takerRate: Decimal): Decimal {
  return roundHalfUp16(quoteSize.div(takerRate.add(1)))
}

/** Fee of a base-sized fill: `round16(value × rate)`. */
export function feeOn(value: Decimal, rate: Decimal): Decimal {
  return roundHalfUp16(value.mul(rate))
}

/** Average price as the venue shows it: `round16(value / size)`; zero before the first fill. */
export function averagePrice(value: Decimal, size: Decimal): Decimal {
  return size.isZero() ? size : roundHalfUp16(value.div(size))
}
