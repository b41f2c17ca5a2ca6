import {
  type Balance,
  Decimal,
  EXTERNAL_PRINCIPAL,
  type Intent,
  isTerminal,
  ONE,
  worstPriceOf,
  ZERO,
} from '@tidegate/trading-model'
import { isUsdLike, pairOf } from './currencies.js'
import type { RiskSnapshot } from './snapshot.js'

/** USD per unit by currency; `undefined` when nobody knows. */
export type UsdPrices = (currency: string) => Decimal | undefined

/**
 * USD prices of the snapshot. The traded base asset is valued at `mid` when that is known, which is the freshest price there is.
 * A price that is missing, zero, negative or not a number is unavailable; nothing defaults to 0.
 */
export function usdPricesOf(snapshot: RiskSnapshot, mid: Decimal | undefined): UsdPrices {
  const listed = (currency: string): Decimal | undefined => {
    if (currency === 'USD') return ONE
    return lookUp(snapshot.usdPrices, currency)
  }
  const product = snapshot.product
  const usdPerQuote = product ? listed(product.quoteCurrency) : undefined
  return (currency) =>
    product && mid && usdPerQuote && currency === product.baseCurrency && !isUsdLike(currency)
      ? mid.mul(usdPerQuote)
      : listed(currency)
}

/** The price of a currency in a list; `undefined` when it is missing or not positive. */
export function lookUp(prices: Readonly<Record<string, Decimal>>, currency: string): Decimal | undefined {
  const price = Object.hasOwn(prices, currency) ? prices[currency] : undefined
  return isPositivePrice(price) ? price : undefined
}

/** True for a price that can be used: known, finite, above zero. */
export function isPositivePrice(price: Decimal | undefined): price is Decimal {
  return price?.isFinite() === true && price.gt(0)
}

/** Everything in the wallet of a currency, held or not. */
export function walletTotal(balances: readonly Balance[], currency: string): Decimal {
  return balances
    .filter((balance) => balance.currency === currency)
    .reduce((sum, balance) => sum.plus(balance.available).plus(balance.hold), ZERO)
}

/**
 * Value of the portfolio in USD. Holdings without a price count for nothing: that makes the portfolio smaller than it is, and so the
 * position rule stricter, never looser.
 */
export function equityUsd(balances: readonly Balance[], prices: UsdPrices): Decimal {
  return balances.reduce((sum, balance) => {
    const price = prices(balance.currency)
    return price ? sum.plus(balance.available.plus(balance.hold).mul(price)) : sum
  }, ZERO)
}

/** Base units of an intent not filled yet; `undefined` for quote-sized intents. */
export function remainingBase(intent: Intent): Decimal | undefined {
  if (intent.terms.size.kind === 'quote') return undefined
  const left = intent.terms.size.baseSize.minus(intent.filledSize)
  return left.isNegative() ? ZERO : left
}

/**
 * Quote units that a base-sized order with a limit may still exchange, at the worst price it can get: of a ladder what its rungs come to
 * without what has filled, of a selling bracket at its profit.
 */
export function valueLeft(intent: Intent): Decimal {
  const { terms } = intent
  if (terms.orderType === 'MARKET') return ZERO
  if (terms.orderType === 'SCALED') {
    const whole = terms.rungs.reduce((sum, rung) => sum.plus(rung.baseSize.mul(rung.limitPrice)), ZERO)
    const left = whole.minus(intent.filledValue)
    return left.isNegative() ? ZERO : left
  }
  return (remainingBase(intent) ?? ZERO).mul(Decimal.max(terms.limitPrice, worstPriceOf(terms)))
}

/** Quote units of a quote-sized intent not spent yet; `undefined` for base-sized intents. */
export function remainingQuote(intent: Intent): Decimal | undefined {
  if (intent.terms.size.kind === 'base') return undefined
  const left = intent.terms.size.quoteSize.minus(intent.filledValue).minus(intent.totalFees)
  return left.isNegative() ? ZERO : left
}

/**
 * USD value that orders placed outside Tidegate may still add to an asset. Ours are in the limit rows; these are not.
 *
 * @returns `undefined` when one of them cannot be valued.
 */
export function externalBuysUsd(snapshot: RiskSnapshot, asset: string, prices: UsdPrices): Decimal | undefined {
  let sum = ZERO
  for (const intent of snapshot.openIntents) {
    if (intent.principal !== EXTERNAL_PRINCIPAL || isTerminal(intent.state)) continue
    const { base, quote } = pairOf(intent.terms.productId)
    if ((intent.terms.side === 'BUY' ? base : quote) !== asset) continue
    const value = remainingUsd(intent, prices(base), prices(quote))
    if (!value) return undefined
    sum = sum.plus(value)
  }
  return sum
}

/** USD value of what an order from outside may still trade; `undefined` when nobody knows the prices. */
export function externalOrderUsd(intent: Intent, prices: UsdPrices): Decimal | undefined {
  const { base, quote } = pairOf(intent.terms.productId)
  return remainingUsd(intent, prices(base), prices(quote))
}

function remainingUsd(
  intent: Intent,
  baseUsd: Decimal | undefined,
  quoteUsd: Decimal | undefined,
): Decimal | undefined {
  const quoteLeft = remainingQuote(intent)
  if (quoteLeft) return quoteUsd && quoteLeft.mul(quoteUsd)
  const baseLeft = remainingBase(intent) ?? ZERO
  if (intent.terms.orderType === 'MARKET') return baseUsd && baseLeft.mul(baseUsd)
  return quoteUsd && valueLeft(intent).mul(quoteUsd)
}
