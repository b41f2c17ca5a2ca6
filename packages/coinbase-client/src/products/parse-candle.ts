import type { EndpointName, WireCandle } from '@tidegate/coinbase-wire'
import type { Candle } from '@tidegate/trading-model'
import { requireDecimal, unreadable } from '../protocol-error.js'

/** Reads a bucket; its start arrives in UNIX seconds. */
export function parseCandle(candle: WireCandle, endpoint: EndpointName): Candle {
  if (!/^\d{1,12}$/.test(candle.start))
    throw unreadable(endpoint, 'start of a candle is no time', { start: candle.start })
  const require = (field: 'open' | 'high' | 'low' | 'close' | 'volume') =>
    requireDecimal(candle[field], field, endpoint)
  return {
    startMs: Number(candle.start) * 1000,
    open: require('open'),
    high: require('high'),
    low: require('low'),
    close: require('close'),
    volume: require('volume'),
  }
}
