import {
  type Candle,
  type Fresh,
  formatDecimal,
  GRANULARITIES,
  GRANULARITY_MS,
  type Granularity,
} from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { withProduct } from '../not-found.js'
import { readArguments } from '../shared/read-arguments.js'
import { showFreshness, showTime } from '../shared/show-values.js'
import { venueWord } from '../shared/untrusted-text.js'
import type { SurfaceContext } from '../surface-deps.js'
import type { ResourceDefinition } from './resource.js'
import { productOf } from './ticker.js'

/** Most candles in one answer. */
export const MAX_CANDLES = 300
export const DEFAULT_CANDLES = 100

/** Which buckets to show; `[startMs, endMs)`. */
export interface CandleWindow {
  readonly granularity: Granularity
  readonly startMs: number
  readonly endMs: number
}

/** The last `count` buckets, the running one included. */
export function lastCandles(granularity: Granularity, count: number, nowMs: number): CandleWindow {
  const step = GRANULARITY_MS[granularity]
  return { granularity, startMs: Math.floor(nowMs / step) * step - (count - 1) * step, endMs: nowMs + 1 }
}

/** @throws NotFoundError `PRODUCT_NOT_FOUND`. */
export async function readCandles(
  context: SurfaceContext,
  productId: string,
  window: CandleWindow,
): Promise<JsonObject> {
  const fresh = await withProduct(context.market, productId, () =>
    context.market.candles(productId, window.granularity, window.startMs, window.endMs),
  )
  return showCandles(productId, window, fresh)
}

/** Candles as columns, oldest first: buckets without a trade are absent, so `start` is a column too. */
export function showCandles(productId: string, window: CandleWindow, fresh: Fresh<readonly Candle[]>): JsonObject {
  const candles = fresh.value.slice(-MAX_CANDLES)
  const first = candles[0]
  return {
    product_id: venueWord(productId),
    granularity: window.granularity,
    count: candles.length,
    from: showTime(first?.startMs ?? window.startMs),
    until: showTime(window.endMs),
    start_unix_s: candles.map((candle) => Math.floor(candle.startMs / 1000)),
    open: candles.map((candle) => formatDecimal(candle.open)),
    high: candles.map((candle) => formatDecimal(candle.high)),
    low: candles.map((candle) => formatDecimal(candle.low)),
    close: candles.map((candle) => formatDecimal(candle.close)),
    volume: candles.map((candle) => formatDecimal(candle.volume)),
    ...showFreshness(fresh),
  }
}

export const candlesResource: ResourceDefinition = {
  name: 'candles',
  title: 'Candles',
  description: `OHLCV history of one product. granularity: ${GRANULARITIES.join(', ')} (default 1h); count: 1 to ${MAX_CANDLES} (default ${DEFAULT_CANDLES}).`,
  path: 'market://candles/{product_id}',
  query: ['granularity', 'count'],
  permissions: ['read_market_data'],
  read(context, params) {
    const productId = productOf(params)
    const reader = readArguments(params.query, ['granularity', 'count'])
    const granularity = reader.choice('granularity', GRANULARITIES) ?? '1h'
    const count = reader.count('count', 1, MAX_CANDLES) ?? DEFAULT_CANDLES
    reader.check()
    return readCandles(context, productId, lastCandles(granularity, count, context.clock.nowMs()))
  },
}
