// The complete public surface of @tidegate/coinbase-client: named exports only.

export { createKeySigner } from './auth/create-key-signer.js'
export { type CoinbaseKey, parseCoinbaseKey } from './auth/parse-key.js'
export { type SignTokenOptions, signRestToken, signSocketToken } from './auth/sign-jwt.js'
export {
  type BorrowedSigner,
  createSwappableSigner,
  type SwappableSigner,
} from './auth/swappable-signer.js'
export type { TokenSource } from './auth/token-source.js'
export { type CoinbaseClient, type CoinbaseClientOptions, createCoinbaseClient } from './create-coinbase-client.js'
export { type CoinbaseVenue, createCoinbaseVenue } from './create-coinbase-venue.js'
export { type AxiosTransportOptions, createAxiosTransport } from './http/axios-transport.js'
export type { Backoff } from './http/jitter.js'
export { createRateBudget, type RateBudgetOptions } from './http/rate-budget.js'
export type { VenueClock } from './http/venue-clock.js'
export type { NewOrder } from './orders/create-order.js'
export type { OrderPreview } from './orders/preview-order.js'
export { type CoinbaseFeedOptions, createCoinbaseFeed } from './socket/coinbase-feed.js'
export { createWsTransport, type WsTransportOptions } from './socket/ws-transport.js'
