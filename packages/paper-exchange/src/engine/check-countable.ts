import type { Decimal, Product } from '@tidegate/trading-model'
import type { AttachedTerms, ExchangeTerms } from './terms.js'
import type { Refusal } from './validate-order.js'

/**
 * The book counts in whole increments up to 2^53 - 1 (90 million BTC; 90 trillion USD a coin at a cent a tick). What is beyond is refused
 * rather than counted wrongly.
 *
 * @param workable - Base units that the order works, where they are known.
 */
export function checkCountable(
  product: Product,
  terms: ExchangeTerms,
  workable: Decimal | undefined,
  attached: AttachedTerms | undefined,
): Refusal | undefined {
  const highest = product.priceIncrement.mul(Number.MAX_SAFE_INTEGER)
  const prices = [...pricesOf(terms), ...(attached ? [attached.limitPrice] : [])]
  if (prices.some((price) => price.gt(highest))) {
    return { reason: 'PREVIEW_INVALID_PRICE_TOO_LARGE', message: `no price here is above ${highest.toFixed()}` }
  }
  const largest = product.baseIncrement.mul(Number.MAX_SAFE_INTEGER)
  return workable?.gt(largest)
    ? { reason: 'PREVIEW_INVALID_BASE_SIZE_TOO_LARGE', message: `no size here is above ${largest.toFixed()}` }
    : undefined
}

function pricesOf(terms: ExchangeTerms): readonly Decimal[] {
  if (terms.orderType === 'MARKET') return []
  if (terms.orderType === 'SCALED') return terms.rungs.map((rung) => rung.limitPrice)
  // A triggered bracket is worked 5 % beyond its trigger, which is below twice the trigger.
  return terms.orderType === 'BRACKET' ? [terms.limitPrice, terms.stopTriggerPrice.mul(2)] : [terms.limitPrice]
}
