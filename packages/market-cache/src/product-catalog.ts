import type { Fresh, Product } from '@tidegate/trading-model'
import { NotFoundError } from '@tidegate/trading-model'
import { LRUCache } from 'lru-cache'
import { ageOf, type Kept, toFresh } from './age-value.js'
import type { MarketCacheOptions } from './market-cache-options.js'
import { createSingleFlight } from './single-flight.js'

/** How long an unknown id is answered without asking the venue again, ms at most. */
const UNKNOWN_FOR_MS = 10_000
const MAX_UNKNOWN = 1_000

/** Products with a time to live. */
export interface ProductCatalog {
  all(): Promise<Fresh<readonly Product[]>>
  /** @throws NotFoundError when the venue knows no such product. */
  one(productId: string): Promise<Product>
  /** The record as last seen, whatever its age; never asks the venue. */
  peek(productId: string): Product | undefined
}

/** Makes the catalogue over the source's product calls. */
export function createProductCatalog(options: MarketCacheOptions): ProductCatalog {
  const { source, clock, ttl, log } = options
  const flight = createSingleFlight()
  const byId = new Map<string, Kept<Product>>()
  const unknown = new LRUCache<string, number>({ max: MAX_UNKNOWN })
  let list: Kept<readonly Product[]> | undefined

  const keep = (product: Product, atMs: number): void => {
    byId.set(product.productId, { value: product, asOfMs: atMs, receivedAtMs: clock.nowMs(), source: 'cache' })
    unknown.delete(product.productId)
  }

  const loadAll = (): Promise<Kept<readonly Product[]>> =>
    flight('all', async () => {
      const askedAtMs = clock.nowMs()
      const products = await source.products()
      for (const product of products) keep(product, askedAtMs)
      list = { value: products, asOfMs: askedAtMs, receivedAtMs: clock.nowMs(), source: 'cache' }
      return list
    })

  const loadOne = (productId: string): Promise<Product | undefined> =>
    flight(`one:${productId}`, async () => {
      const askedAtMs = clock.nowMs()
      const product = await source.product(productId)
      if (product) keep(product, askedAtMs)
      else {
        byId.delete(productId)
        unknown.set(productId, clock.nowMs())
      }
      return product
    })

  return {
    async all() {
      const nowMs = clock.nowMs()
      if (list && ageOf(list, nowMs) <= ttl.productsMs) return toFresh(list, nowMs, ttl.productsMs)
      try {
        const loaded = await loadAll()
        return { ...toFresh(loaded, clock.nowMs(), ttl.productsMs), source: 'rest' }
      } catch (error) {
        if (!list) throw error
        log?.warn('market_refresh_failed', { kind: 'products', error })
        return toFresh(list, clock.nowMs(), ttl.productsMs, true)
      }
    },
    async one(productId) {
      const nowMs = clock.nowMs()
      const kept = byId.get(productId)
      if (kept && ageOf(kept, nowMs) <= ttl.productsMs) return kept.value
      const unknownSinceMs = unknown.get(productId)
      if (unknownSinceMs === undefined || nowMs - unknownSinceMs > Math.min(UNKNOWN_FOR_MS, ttl.productsMs)) {
        try {
          const product = await loadOne(productId)
          if (product) return product
        } catch (error) {
          if (!kept) throw error
          // Increments hardly ever change, and the venue checks them again: an old record is better than none.
          log?.warn('market_refresh_failed', { kind: 'product', productId, error })
          return kept.value
        }
      }
      throw new NotFoundError(`The venue lists no product ${productId}`, {
        hint: 'List products and use one of those ids, such as BTC-USD',
        context: { productId },
      })
    },
    peek: (productId) => byId.get(productId)?.value,
  }
}
