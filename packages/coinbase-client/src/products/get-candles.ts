import { candlesResponseSchema, GRANULARITY_TO_WIRE, MAX_CANDLES_PER_REQUEST } from '@tidegate/coinbase-wire'
import { type Candle, GRANULARITY_MS, type Granularity } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { parseCandle } from './parse-candle.js'

/** Below the venue's 350: whether it counts both ends of a range is not documented. */
const BUCKETS_PER_REQUEST = MAX_CANDLES_PER_REQUEST - 50

/**
 * Gets candles, oldest first, with as many requests as the range needs. Buckets without a trade are absent; the current
 * one is partial.
 *
 * - Wire: `GET /api/v3/brokerage/products/{product_id}/candles`, or its public twin without a key
 * - Key: `view`, weight 3 of the private bucket; without a key `none`, weight 1 of the public one
 *
 * @param startMs - First moment, ms since epoch (UTC), inclusive.
 * @param endMs - Last moment, exclusive.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getCandles(
  client: HttpClient,
  productId: string,
  granularity: Granularity,
  startMs: number,
  endMs: number,
): Promise<readonly Candle[]> {
  const endpoint = client.canSign ? 'getCandles' : 'getPublicCandles'
  const spanMs = BUCKETS_PER_REQUEST * GRANULARITY_MS[granularity]
  const found = new Map<number, Candle>()
  for (let fromMs = startMs; fromMs < endMs; fromMs += spanMs) {
    const { candles } = await client.call(endpoint, {
      schema: candlesResponseSchema,
      parameters: { product_id: productId },
      query: {
        start: Math.floor(fromMs / 1000),
        end: Math.ceil(Math.min(fromMs + spanMs, endMs) / 1000),
        granularity: GRANULARITY_TO_WIRE[granularity],
        limit: MAX_CANDLES_PER_REQUEST,
      },
    })
    for (const candle of candles.map((each) => parseCandle(each, endpoint))) {
      if (candle.startMs >= startMs && candle.startMs < endMs) found.set(candle.startMs, candle)
    }
  }
  return [...found.values()].sort((a, b) => a.startMs - b.startMs)
}
