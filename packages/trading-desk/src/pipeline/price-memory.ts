import type { PriceMark } from '@tidegate/risk-engine'
import { type Clock, Decimal } from '@tidegate/trading-model'

/** Prices of books as they were seen in the last while, so that a jump can be told from a move. */
export interface PriceMemory {
  /** Keeps a price of a book, quote per base, as seen now. */
  note(bookProductId: string, price: Decimal): void
  /** Newest first, `windowMs` back. */
  marks(bookProductId: string, windowMs: number): readonly PriceMark[]
}

interface Bucket {
  readonly sinceMs: number
  readonly atMs: number
  readonly low: Decimal
  readonly high: Decimal
}

/** Prices seen within this time are kept as one, lowest and highest. */
const bucketMs = 5_000

/**
 * @param keepMs - How long a price is remembered.
 * @returns An empty memory: after a start the first look is all there is to compare with.
 */
export function createPriceMemory(clock: Clock, keepMs: number): PriceMemory {
  const books = new Map<string, Bucket[]>()

  return {
    note(bookProductId, price) {
      const nowMs = clock.nowMs()
      const buckets = (books.get(bookProductId) ?? []).filter(({ atMs }) => nowMs - atMs <= keepMs)
      const last = buckets.at(-1)
      if (last && nowMs - last.sinceMs < bucketMs) {
        buckets[buckets.length - 1] = {
          ...last,
          atMs: nowMs,
          low: Decimal.min(last.low, price),
          high: Decimal.max(last.high, price),
        }
      } else {
        buckets.push({ sinceMs: nowMs, atMs: nowMs, low: price, high: price })
      }
      books.set(bookProductId, buckets)
    },
    marks(bookProductId, windowMs) {
      const nowMs = clock.nowMs()
      return (books.get(bookProductId) ?? [])
        .map(({ atMs, low, high }) => ({ ageMs: Math.max(0, nowMs - atMs), low, high }))
        .filter(({ ageMs }) => ageMs <= windowMs)
        .reverse()
    },
  }
}
