import type { Product } from '@tidegate/trading-model'
import type { ExchangeTerms } from './terms.js'
import type { Refusal } from './validate-order.js'

/** Bounds of a TWAP's life; the venue's own are not known. */
const shortestMs = 60_000
const longestMs = 7 * 86_400_000
const shortestBucketMs = 1_000

/** A bucket must be an order that the product would take, and the whole must last long enough to have two. */
export function checkTwap(product: Product, terms: ExchangeTerms): Refusal | undefined {
  if (terms.orderType !== 'TWAP') return undefined
  const { size, limitPrice, bucketCount, startTimeMs, endTimeMs, bucketDurationMs } = terms
  const durationMs = endTimeMs - startTimeMs
  if (durationMs < shortestMs || bucketCount < 2 || bucketDurationMs < shortestBucketMs) {
    return {
      reason: 'DURATION_TOO_SMALL',
      message: `a TWAP lasts at least ${shortestMs / 1_000} s, two buckets and a second a bucket`,
    }
  }
  if (durationMs > longestMs) return { reason: 'DURATION_TOO_LARGE', message: 'a TWAP lasts at most seven days' }
  if (size.kind === 'quote') {
    return size.quoteSize.div(bucketCount).lt(product.quoteMinSize)
      ? {
          reason: 'BUCKET_SIZE_SMALLER_THAN_QUOTE_MIN',
          message: `a bucket is worth less than ${product.quoteMinSize.toFixed()} ${product.quoteCurrency}`,
        }
      : undefined
  }
  const bucket = size.baseSize.div(bucketCount)
  if (bucket.lt(product.baseMinSize) || bucket.lt(product.baseIncrement)) {
    return {
      reason: 'BUCKET_SIZE_SMALLER_THAN_BASE_MIN',
      message: `a bucket is smaller than ${product.baseMinSize.toFixed()} ${product.baseCurrency}`,
    }
  }
  if (bucket.mul(limitPrice).lt(product.quoteMinSize)) {
    return {
      reason: 'BUCKET_SIZE_SMALLER_THAN_QUOTE_MIN',
      message: `a bucket is worth less than ${product.quoteMinSize.toFixed()} ${product.quoteCurrency}`,
    }
  }
  return undefined
}
