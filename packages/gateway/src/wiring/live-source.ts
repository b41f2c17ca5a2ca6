import {
  createAxiosTransport,
  createCoinbaseFeed,
  createCoinbaseVenue,
  createRateBudget,
  createWsTransport,
} from '@tidegate/coinbase-client'
import { createLivePrices, DEFAULT_PRODUCTS, type ListedProduct } from '@tidegate/paper-exchange'
import { ConfigError, type Log, type Metrics, type PriceSource } from '@tidegate/trading-model'
import type { Config } from '../config/config.js'
import type { Runtime } from '../runtime.js'
import { coinbaseAddresses } from './venue-addresses.js'

const metrics: Metrics = { count: () => {}, observe: () => {}, gauge: () => {} }

/** Prices of the venue's public stream, and the products they are for with the venue's own increments. */
export interface LiveSource {
  readonly prices: PriceSource
  readonly products: readonly ListedProduct[]
}

/**
 * Asks the venue for its products and makes a price source of its public stream. No key is used or needed.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID` when the venue has none of the products that the paper exchange lists.
 */
export async function openLiveSource(config: Config, runtime: Runtime, log: Log): Promise<LiveSource> {
  const addresses = coinbaseAddresses(config, 'production')
  const { clock, timers, random } = runtime
  const http = createAxiosTransport()
  const venue = createCoinbaseVenue({
    environment: 'production',
    restUrl: addresses.restUrl,
    clock,
    timers,
    random,
    http,
    budget: createRateBudget({ clock, timers, privatePerSecond: 10, publicPerSecond: 10 }),
    log,
    metrics,
  })
  const known = await venue.products().finally(() => http.close())
  const products = DEFAULT_PRODUCTS.flatMap((listed): ListedProduct[] => {
    const product = known.find(({ productId }) => productId === listed.productId)
    return product ? [{ ...listed, ...product, verified: true }] : []
  })
  const productIds = products.filter(({ alias }) => alias === undefined).map(({ productId }) => productId)
  if (productIds.length === 0) {
    throw new ConfigError('ERR_CONFIG_INVALID', `${addresses.restUrl} lists none of our products`, {
      hint: 'Correct coinbase.rest_url, or use paper.prices: synthetic',
    })
  }
  const prices = createLivePrices({
    name: `live ${addresses.marketWsUrl}`,
    products,
    subscribe({ books, onTrade }) {
      const feed = createCoinbaseFeed({
        marketUrl: addresses.marketWsUrl,
        userUrl: addresses.userWsUrl,
        clock,
        timers,
        random,
        sockets: createWsTransport(),
        books,
        log,
        metrics,
      })
      const stop = feed.listen({ onTrade })
      feed.subscribe(productIds).catch((error: unknown) => log.warn('live_prices_not_subscribed', { error }))
      return () => {
        stop()
        feed.close()
      }
    },
  })
  return { prices, products }
}
