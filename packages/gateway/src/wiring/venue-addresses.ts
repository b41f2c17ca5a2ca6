import type { Config } from '../config/config.js'

/** Where a venue is reached. */
export interface VenueAddresses {
  readonly restUrl: string
  readonly marketWsUrl: string
  readonly userWsUrl: string
}

const coinbase = {
  production: {
    restUrl: 'https://api.coinbase.com',
    marketWsUrl: 'wss://advanced-trade-ws.coinbase.com',
    userWsUrl: 'wss://advanced-trade-ws-user.coinbase.com',
  },
  // The sandbox has no sockets; the addresses are never opened.
  sandbox: {
    restUrl: 'https://api-sandbox.coinbase.com',
    marketWsUrl: 'wss://advanced-trade-ws.coinbase.com',
    userWsUrl: 'wss://advanced-trade-ws-user.coinbase.com',
  },
} as const

/** Coinbase's addresses, as far as the configuration names no others. */
export function coinbaseAddresses(config: Config, environment: 'production' | 'sandbox'): VenueAddresses {
  const usual = coinbase[environment]
  return {
    restUrl: config.coinbase.restUrl ?? usual.restUrl,
    marketWsUrl: config.coinbase.marketWsUrl ?? usual.marketWsUrl,
    userWsUrl: config.coinbase.userWsUrl ?? config.coinbase.marketWsUrl ?? usual.userWsUrl,
  }
}
