/* oxlint-disable no-restricted-globals, no-restricted-properties -- the composition root of stand-alone use: here the ports meet the machine */
import { randomBytes } from 'node:crypto'
import type { BookSink, Log, MarketFeed, Metrics, Signer, Timers } from '@tidegate/trading-model'
import { createKeySigner } from './auth/create-key-signer.js'
import { createSwappableSigner } from './auth/swappable-signer.js'
import type { TokenSource } from './auth/token-source.js'
import { type CoinbaseClient, createCoinbaseClient } from './create-coinbase-client.js'
import { createAxiosTransport } from './http/axios-transport.js'
import { createRateBudget } from './http/rate-budget.js'
import { createCoinbaseFeed } from './socket/coinbase-feed.js'
import { createWsTransport } from './socket/ws-transport.js'

export interface ConnectOptions {
  /** A CDP key: its name and its secret in any form Coinbase hands out. Absent: public market data only. */
  readonly key?: { readonly name: string; readonly secret: string }
  /** The key in an HSM or another process; instead of `key`. */
  readonly signer?: Signer
  /** OAuth access tokens; instead of a key, and without the stream of one's own orders. */
  readonly tokens?: TokenSource
  /** @default https://api.coinbase.com */
  readonly restUrl?: string
  /** One address for market and user stream. @default Coinbase's two */
  readonly socketUrl?: string
  /** @default silent */
  readonly log?: Log
  /** @default none */
  readonly metrics?: Metrics
}

/** A client on this machine's own clock, timers, randomness and network. */
export interface CoinbaseConnection {
  readonly client: CoinbaseClient
  /** Opens the stream; without `books` it carries tickers, trades and orders only. */
  readonly openFeed: (books?: BookSink) => MarketFeed
  /** Ends the feeds it opened and the connections it keeps alive. */
  readonly close: () => void
}

const silent = (): void => {}
const noBooks: BookSink = { open: () => undefined, invalidateAll: silent }

const timers: Timers = {
  after(ms, run) {
    const handle = setTimeout(run, ms).unref()
    return { cancel: () => clearTimeout(handle) }
  },
  every(ms, run) {
    const handle = setInterval(run, ms).unref()
    return { cancel: () => clearInterval(handle) }
  },
  // Somebody waits for it, so it keeps the process alive.
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}

/**
 * Connects to Coinbase with everything at its default: the short way in for a bot. Whoever wants other clocks, transports or
 * budgets calls {@link createCoinbaseClient} and {@link createCoinbaseFeed} with their own.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID` when the key cannot be used, saying what it is, or an address is not encrypted.
 *
 * @example
 * const { client, close } = connectCoinbase({ key: { name: 'organizations/…/apiKeys/…', secret: pem } })
 * const [first] = await client.listAccounts()
 * console.log(first?.currency, first?.available.toFixed())
 * close()
 */
export function connectCoinbase(options: ConnectOptions = {}): CoinbaseConnection {
  const { key } = options
  const given = options.signer ?? (key && createKeySigner(key.name, key.secret))
  const signer = given && createSwappableSigner(given)
  const http = createAxiosTransport()
  const clock = { nowMs: () => Date.now() }
  const common = {
    clock,
    timers,
    random: { bytes: (length: number) => randomBytes(length) },
    log: options.log ?? { debug: silent, info: silent, warn: silent, error: silent },
    metrics: options.metrics ?? { count: silent, observe: silent, gauge: silent },
  }
  const client = createCoinbaseClient({
    ...common,
    environment: 'production',
    restUrl: options.restUrl ?? 'https://api.coinbase.com',
    signer,
    tokens: options.tokens,
    http,
    budget: createRateBudget({ clock, timers }),
  })
  const feeds: MarketFeed[] = []
  return {
    client,
    openFeed: (books = noBooks) => {
      const feed = createCoinbaseFeed({
        ...common,
        marketUrl: options.socketUrl ?? 'wss://advanced-trade-ws.coinbase.com',
        userUrl: options.socketUrl ?? 'wss://advanced-trade-ws-user.coinbase.com',
        signer,
        sockets: createWsTransport(),
        books,
        clockSkewMs: () => client.venueClock.skewMs(),
      })
      feeds.push(feed)
      return feed
    },
    close: () => {
      for (const feed of feeds.splice(0)) feed.close()
      http.close()
    },
  }
}
