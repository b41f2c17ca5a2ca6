import { GRANULARITIES, GRANULARITY_MS, type Granularity } from '@tidegate/trading-model'
import { type CandleWindow, DEFAULT_CANDLES, lastCandles, MAX_CANDLES, readCandles } from '../resources/candles.js'
import { isGiven, PRODUCT_ID, readArguments } from '../shared/read-arguments.js'
import { readTimeRange } from '../shared/read-time.js'
import { showTime } from '../shared/show-values.js'
import { outputSchema } from './output-schema.js'
import { argumentNames, type InputSchema, READS, type ToolDefinition } from './tool.js'

const inputSchema: InputSchema = {
  type: 'object',
  properties: {
    product_id: { type: 'string' },
    granularity: { type: 'string', enum: GRANULARITIES },
    start: { type: 'string', description: 'ISO 8601 with zone, e.g. 2026-11-24T00:00:00Z' },
    end: { type: 'string', description: 'Default now' },
  },
  required: ['product_id', 'granularity'],
}

export const getHistoricalCandlesTool: ToolDefinition = {
  name: 'get_historical_candles',
  title: 'Historical candles',
  description: `Fetch OHLCV candle data as columns, oldest first; ${DEFAULT_CANDLES} without start, at most ${MAX_CANDLES}.`,
  inputSchema,
  outputSchema: outputSchema(
    {
      product_id: 'string',
      granularity: 'string',
      count: 'integer',
      start_unix_s: 'integers',
      open: 'strings',
      high: 'strings',
      low: 'strings',
      close: 'strings',
      volume: 'strings',
      as_of: 'string',
      age_ms: 'integer',
      stale: 'boolean',
    },
    { truncated: 'boolean', continue_end: 'string' },
  ),
  hints: READS,
  permissions: ['read_market_data'],
  async run(context, args) {
    const reader = readArguments(args, argumentNames(inputSchema))
    const productId = reader.requiredText('product_id', PRODUCT_ID)
    if (!isGiven(args, 'granularity')) {
      reader.refuse({ field: 'granularity', problem: 'is missing', fix: `send one of ${GRANULARITIES.join(', ')}` })
    }
    const granularity = reader.choice('granularity', GRANULARITIES) ?? '1h'
    const range = readTimeRange(reader)
    const nowMs = context.clock.nowMs()
    if (range.startMs !== undefined && range.startMs > nowMs) {
      reader.refuse({
        field: 'start',
        problem: 'is in the future',
        fix: `it is ${showTime(nowMs)} now: send an earlier start`,
      })
    }
    reader.check()
    const asked = windowOf(granularity, range.startMs, range.endMs, nowMs)
    const window = newest(asked)
    return {
      ...(await readCandles(context, productId, window)),
      ...(window.startMs > asked.startMs ? { truncated: true, continue_end: showTime(window.startMs) } : {}),
    }
  },
}

function windowOf(
  granularity: Granularity,
  startMs: number | undefined,
  endMs: number | undefined,
  nowMs: number,
): CandleWindow {
  const until = Math.min(endMs ?? nowMs + 1, nowMs + 1)
  if (startMs !== undefined) return { granularity, startMs, endMs: until }
  return { ...lastCandles(granularity, DEFAULT_CANDLES, until - 1), endMs: until }
}

/** The last part of the window that fits into one answer. */
function newest(window: CandleWindow): CandleWindow {
  const step = GRANULARITY_MS[window.granularity]
  const earliest = Math.floor((window.endMs - 1) / step) * step - (MAX_CANDLES - 1) * step
  return earliest > window.startMs ? { ...window, startMs: earliest } : window
}
