// The complete public surface of @tidegate/market-cache: named exports only.
export { createMarketCache, type MarketCache } from './create-market-cache.js'
export type { MarketCacheOptions } from './market-cache-options.js'
