import type { Product } from '@tidegate/trading-model'
import { mixText } from './seeded-noise.js'

/** How lively a synthetic market is. Invented numbers, chosen to look believable; nothing is fitted to real data. */
export interface MarketProfile {
  /** Standard deviation of a day's log return. */
  readonly dailyVolatility: number
  /** Trades a second in a normal hour. */
  readonly tradesPerSecond: number
  /** Median notional of a trade, quote units. */
  readonly tradeNotional: number
  /** Median notional of a level near the touch, quote units. */
  readonly levelNotional: number
  /** Typical spread in basis points of the mid; at least one tick. */
  readonly spreadBps: number
}

const profiles: Readonly<Record<string, MarketProfile>> = {
  BTC: { dailyVolatility: 0.022, tradesPerSecond: 3, tradeNotional: 260, levelNotional: 9_000, spreadBps: 0.06 },
  ETH: { dailyVolatility: 0.03, tradesPerSecond: 2, tradeNotional: 180, levelNotional: 6_000, spreadBps: 0.15 },
}
const ordinary: MarketProfile = {
  dailyVolatility: 0.045,
  tradesPerSecond: 0.7,
  tradeNotional: 90,
  levelNotional: 1_200,
  spreadBps: 2,
}

/** The profile of a product's base asset; others get an ordinary one, varied a little by name. */
export function profileOf(product: Product): MarketProfile {
  const known = profiles[product.baseCurrency]
  if (known) return known
  const variation = 0.7 + (mixText(7, product.productId) % 1_000) / 1_500
  return {
    ...ordinary,
    tradesPerSecond: ordinary.tradesPerSecond * variation,
    levelNotional: ordinary.levelNotional * variation,
  }
}
