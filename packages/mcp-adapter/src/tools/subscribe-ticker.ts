import { BaseError } from '@tidegate/trading-model'
import type { CallControl, JsonObject } from '../backend.js'
import { readTicker, showTicker } from '../resources/ticker.js'
import { PRODUCT_ID, readArguments } from '../shared/read-arguments.js'
import { venueWord } from '../shared/untrusted-text.js'
import type { SurfaceContext } from '../surface-deps.js'
import { describeError, showError } from '../to-tool-result.js'
import type { Condition } from '../waits/condition.js'
import { outputSchema } from './output-schema.js'
import { argumentNames, type InputSchema, READS, type ToolDefinition } from './tool.js'

const MAX_SYMBOLS = 20
const MAX_UPDATES = 50
/** Hosts give up on a call after a minute. */
const MAX_WAIT_MS = 50_000
const DEFAULT_WAIT_MS = 10_000

const inputSchema: InputSchema = {
  type: 'object',
  properties: {
    symbols: { type: 'array', items: { type: 'string' }, description: 'Product ids, e.g. ["BTC-USD"]' },
    max_updates: {
      type: 'integer',
      description: 'Also wait for so many price changes',
      minimum: 0,
      maximum: MAX_UPDATES,
    },
    wait_ms: {
      type: 'integer',
      description: `Longest wait, default ${DEFAULT_WAIT_MS}`,
      minimum: 0,
      maximum: MAX_WAIT_MS,
    },
  },
  required: ['symbols'],
}

export const subscribeTickerTool: ToolDefinition = {
  name: 'subscribe_ticker',
  title: 'Subscribe to tickers',
  description:
    'Open the live price stream for products; returns the first value and the resource URI of each, and up to max_updates changes.',
  inputSchema,
  outputSchema: outputSchema({ subscribed: 'objects', unknown: 'strings', updates: 'objects' }),
  hints: READS,
  permissions: ['read_market_data'],
  waits: true,
  async run(context, args, control) {
    const reader = readArguments(args, argumentNames(inputSchema))
    const symbols = reader.texts('symbols', PRODUCT_ID, MAX_SYMBOLS)
    const maxUpdates = reader.count('max_updates', 0, MAX_UPDATES) ?? 0
    const waitMs = reader.count('wait_ms', 0, MAX_WAIT_MS) ?? DEFAULT_WAIT_MS
    reader.check()
    const opened = context.subscribeTicker ? await context.subscribeTicker(symbols) : { accepted: symbols, unknown: [] }
    const first = await Promise.all(opened.accepted.map((symbol) => firstValue(context, symbol)))
    const unknown = [...opened.unknown, ...first.flatMap((item) => (item.known ? [] : [item.symbol]))]
    const subscribed = first.flatMap((item) => (item.known ? [item.shown] : []))
    const followed = first.flatMap((item) => (item.known ? [item.symbol] : []))
    const updates =
      maxUpdates > 0 && followed.length > 0 ? await collect(context, followed, { maxUpdates, waitMs }, control) : []
    return {
      subscribed,
      unknown: unknown.map((symbol) => venueWord(symbol)),
      updates,
      ...(unknown.length > 0 ? { next: 'unknown symbols are not listed by the venue: use list_products' } : {}),
    }
  },
}

type First =
  | { readonly known: true; readonly symbol: string; readonly shown: JsonObject }
  | { readonly known: false; readonly symbol: string }

async function firstValue(context: SurfaceContext, symbol: string): Promise<First> {
  const uri = `market://ticker/${symbol}`
  try {
    const ticker = await readTicker(context, symbol)
    return { known: true, symbol, shown: { symbol: venueWord(symbol), uri, ticker } }
  } catch (error) {
    if (!BaseError.isInstance(error)) throw error
    if (error.code === 'ERR_NOT_FOUND') return { known: false, symbol }
    // Known but without a price yet: the subscription stands, its first value comes later.
    return { known: true, symbol, shown: { symbol: venueWord(symbol), uri, error: showError(describeError(error)) } }
  }
}

/** Gathers changes until there are enough, time is up, or the caller leaves. */
async function collect(
  context: SurfaceContext,
  symbols: readonly string[],
  { maxUpdates, waitMs }: { readonly maxUpdates: number; readonly waitMs: number },
  control: CallControl | undefined,
): Promise<readonly JsonObject[]> {
  const updates: JsonObject[] = []
  const enough: Condition = {
    known: () => ({
      happened: updates.length >= maxUpdates,
      shown: {},
      words: `${updates.length} of ${maxUpdates} updates`,
    }),
    watch(changed) {
      const stops = symbols.map((symbol) =>
        context.market.watch(symbol, (ticker) => {
          // A watch may tell its current value at once, and that may have been the last one wanted.
          if (updates.length < maxUpdates) updates.push(showTicker(ticker))
          changed()
        }),
      )
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
  await context.waits.wait(context.principal.name, enough, waitMs, control)
  return updates
}
