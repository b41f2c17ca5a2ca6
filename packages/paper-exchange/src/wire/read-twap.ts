import { parseTimestamp } from '@tidegate/coinbase-wire'
import type { TwapTerms } from '../engine/terms.js'
import type { Refusal } from '../engine/validate-order.js'
import { positive, type VariantInput } from './variant.js'

/** Length of a bucket where the request says nothing about buckets; the venue's own default is not known. */
const defaultBucketMs = 30_000

/**
 * Reads a TWAP. One of `number_buckets`, `bucket_duration` and `bucket_size` is enough; what follows from one has to agree with the
 * others. A start in the past is now.
 */
export function readTwap({ fields, productId, side, size, nowMs }: VariantInput): TwapTerms | Refusal {
  const limitPrice = positive(fields.limit_price)
  if (!limitPrice) return refuse('INVALID_LIMIT_PRICE', 'limit_price is not a positive decimal')
  const startMs = parseTimestamp(fields.start_time)
  if (startMs === undefined) return refuse('START_TIME_MUST_BE_SPECIFIED', 'start_time is missing or unreadable')
  const endTimeMs = parseTimestamp(fields.end_time)
  if (endTimeMs === undefined) return refuse('GTD_ORDERS_MUST_HAVE_END_TIME', 'end_time is missing or unreadable')
  if (endTimeMs <= nowMs) return refuse('END_TIME_IS_IN_THE_PAST', 'end_time is in the past')
  const startTimeMs = Math.max(startMs, nowMs)
  const durationMs = endTimeMs - startTimeMs
  if (durationMs <= 0) return refuse('DURATION_TOO_SMALL', 'end_time is not after start_time')
  const total = size.kind === 'base' ? size.baseSize : size.quoteSize
  const counts: number[] = []
  if (fields.number_buckets !== undefined) counts.push(Number(fields.number_buckets))
  if (fields.bucket_duration !== undefined) {
    const seconds = Number(/^(\d+)s$/.exec(fields.bucket_duration)?.[1] ?? 0)
    counts.push(seconds > 0 ? Math.floor(durationMs / (seconds * 1_000)) : 0)
  }
  if (fields.bucket_size !== undefined) {
    const bucket = positive(fields.bucket_size)
    counts.push(bucket ? total.div(bucket).ceil().toNumber() : 0)
  }
  const [bucketCount = Math.floor(durationMs / defaultBucketMs)] = counts
  if (counts.some((count) => !Number.isSafeInteger(count) || count < 0 || Math.abs(count - bucketCount) > 1)) {
    return refuse('PREVIEW_INVALID_ORDER_CONFIG', 'number_buckets, bucket_size and bucket_duration do not fit together')
  }
  return {
    orderType: 'TWAP',
    timeInForce: 'GTD',
    productId,
    side,
    size,
    limitPrice,
    startTimeMs,
    endTimeMs,
    bucketCount,
    bucketDurationMs: bucketCount === 0 ? 0 : Math.floor(durationMs / bucketCount),
  }
}

function refuse(reason: string, message: string): Refusal {
  return { reason, message }
}
