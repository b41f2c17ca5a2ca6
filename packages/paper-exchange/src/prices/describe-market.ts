import { type Clock, formatDecimal, type Timers } from '@tidegate/trading-model'
import { createExchangeClock } from '../clock/exchange-clock.js'
import type { ListedProduct } from '../products.js'
import type { MarketStatistics } from './market-tally.js'
import { createSyntheticPrices } from './synthetic.js'

/**
 * Runs the synthetic market of a seed for a while, without waiting, and tells what it was like. Same seed and start: same figures.
 *
 * @param options - `startMs`: from when; `seconds`: how long.
 */
export function measureSyntheticMarket(options: {
  readonly seed: number
  readonly startMs: number
  readonly seconds: number
  readonly products?: readonly ListedProduct[]
}): readonly MarketStatistics[] {
  const base: { readonly clock: Clock; readonly timers: Timers } = {
    clock: { nowMs: () => options.startMs },
    timers: { after: never, every: never, sleep: never },
  }
  const { clock, timers } = createExchangeClock(base, { kind: 'stepped' })
  const prices = createSyntheticPrices({
    seed: options.seed,
    clock,
    timers,
    ...(options.products === undefined ? {} : { products: options.products }),
  })
  const stop = prices.open(() => {})
  clock.advance(options.seconds * 1_000)
  stop()
  return prices.statistics()
}

function never(): never {
  throw new RangeError('a stepped clock needs no timers')
}

/** Statistics as a table for people, one line a market. */
export function describeMarkets(statistics: readonly MarketStatistics[]): readonly string[] {
  const head = ['product', 'trades', 'bought', 'median', 'p90', 'spread bps', 'at touch', 'within 10 bps', 'levels']
  const rows = statistics.map((market) => [
    market.productId,
    String(market.trades),
    `${Math.round(market.buyShare * 100)} %`,
    formatDecimal(market.medianTradeSize),
    formatDecimal(market.largeTradeSize),
    market.medianSpreadBps.toFixed(3),
    market.medianTouchDepth.toFixed(0),
    market.medianNearDepth.toFixed(0),
    String(market.minLevelsPerSide),
  ])
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
