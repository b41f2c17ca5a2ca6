import type { MarketCache } from '@tidegate/market-cache'
import type { Clock, Log, MarketFeed, MarketReader } from '@tidegate/trading-model'

/** After a refusal or a failure a product is not asked for again for this long, ms. */
const ASK_AGAIN_MS = 30_000

/** A market reader that puts what is read on the stream, so that the next read is live. */
export interface FollowingMarket extends MarketReader {
  /** Puts products on the stream at once; names may be aliases. */
  subscribe(
    productIds: readonly string[],
  ): Promise<{ readonly accepted: readonly string[]; readonly unknown: readonly string[] }>
}

/**
 * Wraps the cache: the first read of a product's ticker or book subscribes it in the background.
 *
 * @param maxProducts - The stream carries at most so many; further products are read by request.
 */
export function followProducts(deps: {
  readonly market: MarketCache
  readonly feed: MarketFeed
  readonly clock: Clock
  readonly log: Log
  readonly maxProducts: number
}): FollowingMarket {
  const { market, feed, clock, log, maxProducts } = deps
  const followed = new Map<string, Promise<boolean>>()
  const refusedAtMs = new Map<string, number>()

  const ask = async (bookId: string): Promise<boolean> => {
    try {
      // The stream's books need the product's increments before their first snapshot.
      await market.product(bookId)
      const { accepted } = await feed.subscribe([bookId])
      if (accepted.length > 0) return true
    } catch (error) {
      log.warn('subscribe_failed', { productId: bookId, error })
    }
    followed.delete(bookId)
    refusedAtMs.set(bookId, clock.nowMs())
    return false
  }

  const follow = async (productId: string): Promise<boolean> => {
    const bookId = await market.bookProductId(productId)
    const known = followed.get(bookId)
    if (known) return known
    const refusedSinceMs = refusedAtMs.get(bookId)
    if (refusedSinceMs !== undefined && clock.nowMs() - refusedSinceMs < ASK_AGAIN_MS) return false
    if (followed.size >= maxProducts) return false
    const asked = ask(bookId)
    followed.set(bookId, asked)
    return asked
  }

  const inBackground = (productId: string): void => {
    // The read itself says what is wrong with the product.
    follow(productId).catch(() => {})
  }

  return {
    products: () => market.products(),
    product: (productId) => market.product(productId),
    ticker: (productId, maxAgeMs) => {
      inBackground(productId)
      return market.ticker(productId, maxAgeMs)
    },
    book: (productId, depth, maxAgeMs) => {
      inBackground(productId)
      return market.book(productId, depth, maxAgeMs)
    },
    candles: (productId, granularity, startMs, endMs) => market.candles(productId, granularity, startMs, endMs),
    watch: (productId, listener) => {
      inBackground(productId)
      return market.watch(productId, listener)
    },
    async subscribe(productIds) {
      const answers = await Promise.all(
        productIds.map(async (productId) => [productId, await follow(productId).catch(() => false)] as const),
      )
      return {
        accepted: answers.filter(([, isFollowed]) => isFollowed).map(([productId]) => productId),
        unknown: answers.filter(([, isFollowed]) => !isFollowed).map(([productId]) => productId),
      }
    },
  }
}
