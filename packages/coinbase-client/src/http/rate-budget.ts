import type { Clock, RateBudget, Timers } from '@tidegate/trading-model'
import { createTokenBucket } from './token-bucket.js'

export interface RateBudgetOptions {
  readonly clock: Clock
  readonly timers: Timers
  /** Tokens a second on signed requests. @default 30 */
  readonly privatePerSecond?: number
  /** Tokens a second on public requests. @default 10 */
  readonly publicPerSecond?: number
  /** Share of each bucket that only urgent requests (cancels) may touch, 0 to 1. @default 0.2 */
  readonly urgentShare?: number
}

/**
 * Token buckets in this process: a second's worth at most, refilled steadily. Requests go in the order they came; urgent
 * ones go first and alone may spend the reserved share.
 *
 * A request heavier than the bucket waits for the full bucket and empties it. While slowed the bucket is half as large and fills
 * half as fast.
 */
export function createRateBudget(options: RateBudgetOptions): RateBudget {
  const share = options.urgentShare ?? 0.2
  const buckets = {
    private: createTokenBucket(options, options.privatePerSecond ?? 30, share),
    public: createTokenBucket(options, options.publicPerSecond ?? 10, share),
  }
  return {
    take: (bucket, weight, urgent) => buckets[bucket].take(weight, urgent),
    pause: (bucket, ms) => buckets[bucket].pause(ms),
    slow: (bucket, ms) => buckets[bucket].slow(ms),
  }
}
