import {
  type CoinbaseVenue,
  createAxiosTransport,
  createCoinbaseFeed,
  createCoinbaseVenue,
  createKeySigner,
  createRateBudget,
  createSwappableSigner,
  createWsTransport,
} from '@tidegate/coinbase-client'
import { createMarketCache, type MarketCache } from '@tidegate/market-cache'
import type { Environment, Log, MarketFeed, Metrics, Signer } from '@tidegate/trading-model'
import type { Config } from '../config/config.js'
import type { Runtime } from '../runtime.js'
import type { VenueAddresses } from './venue-addresses.js'

/** Shares of the allowed connections: one for markets, one for our orders. */
const CONNECTIONS_NEEDED = 2

/** A venue with its market view. Nothing is connected before it is used. */
export interface ConnectedVenue {
  readonly venue: CoinbaseVenue
  readonly market: MarketCache
  /** Absent where the venue has no stream. */
  readonly feed?: MarketFeed
  close(): void
}

/** Builds client, cache and stream for one venue and plugs them into each other. */
export function connectVenue(options: {
  readonly config: Config
  readonly environment: Environment
  readonly addresses: VenueAddresses
  readonly key: { readonly name: string; readonly secret: string } | undefined
  readonly runtime: Runtime
  readonly log: Log
  readonly metrics: Metrics
}): ConnectedVenue {
  const { config, environment, addresses, key, log, metrics } = options
  const { clock, timers, random } = options.runtime
  // One signer for requests and stream, so that a key that is swapped is swapped for both.
  const signer: Signer | undefined = key && createSwappableSigner(createKeySigner(key.name, key.secret))
  const http = createAxiosTransport()
  const perSecond = config.rateLimits.restRequestsPerSecond
  const venue = createCoinbaseVenue({
    environment,
    restUrl: addresses.restUrl,
    signer,
    clock,
    timers,
    random,
    http,
    budget: createRateBudget({ clock, timers, privatePerSecond: perSecond, publicPerSecond: Math.min(perSecond, 10) }),
    log,
    metrics,
  })
  const market = createMarketCache({
    source: venue,
    clock,
    timers,
    log,
    metrics,
    ttl: {
      productsMs: config.caching.productsTtlMs,
      tickerMs: config.caching.tickerTtlMs,
      orderbookMs: config.caching.orderbookTtlMs,
    },
  })
  const hasStream = environment !== 'sandbox' && config.rateLimits.websocketMaxConnections >= CONNECTIONS_NEEDED
  const feed = hasStream
    ? createCoinbaseFeed({
        marketUrl: addresses.marketWsUrl,
        userUrl: addresses.userWsUrl,
        signer,
        clock,
        timers,
        random,
        sockets: createWsTransport(),
        books: market,
        log,
        metrics,
        clockSkewMs: () => venue.clockSkewMs(),
      })
    : undefined
  const stopListening = feed?.listen({
    onTicker: (ticker, asOfMs) => market.onTicker(ticker, asOfMs),
    onTrade: (trade) => market.onTrade(trade),
    onStatus: (status) => log.info('stream_status', { ...status }),
  })
  return {
    venue,
    market,
    ...(feed === undefined ? {} : { feed }),
    close() {
      stopListening?.()
      feed?.close()
      market.close()
      http.close()
    },
  }
}
