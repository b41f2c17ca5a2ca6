import {
  errorFrameSchema,
  frameEnvelopeSchema,
  marketTradesFrameSchema,
  parseTimestamp,
  subscriptionsFrameSchema,
  tickerFrameSchema,
  userFrameSchema,
  type WireMarketTrade,
  type WireTicker,
  type WireUserOrder,
} from '@tidegate/coinbase-wire'

/** One message of the stream, read as far as its envelope. */
export type Frame =
  | {
      readonly kind: 'numbered'
      readonly channel: string
      readonly sequence: number
      /** When the venue sent it, ms since epoch (UTC); `undefined` when it does not say. */
      readonly sentAtMs: number | undefined
      readonly value: unknown
      readonly events: readonly unknown[]
    }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'unreadable'; readonly problem: string }

/** Reads the envelope. Numbers that matter are text inside the events, so plain `JSON.parse` loses nothing. */
export function parseFrame(text: string): Frame {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { kind: 'unreadable', problem: 'a message that is no JSON' }
  }
  const envelope = frameEnvelopeSchema.safeParse(value)
  if (envelope.success) {
    const { channel, sequence_num, timestamp, events } = envelope.data
    return { kind: 'numbered', channel, sequence: sequence_num, sentAtMs: parseTimestamp(timestamp), value, events }
  }
  const error = errorFrameSchema.safeParse(value)
  if (error.success) return { kind: 'error', message: error.data.message }
  return { kind: 'unreadable', problem: 'a message of unknown shape' }
}

/** The whole state of the connection's subscriptions, by channel; `undefined` when the frame is not as expected. */
export function readAck(value: unknown): ReadonlyMap<string, readonly string[]> | undefined {
  const frame = subscriptionsFrameSchema.safeParse(value)
  if (!frame.success) return undefined
  return new Map(frame.data.events.flatMap((event) => Object.entries(event.subscriptions)))
}

/** Tickers of a `ticker` frame; `undefined` when the frame has another shape. */
export function readTickers(value: unknown): readonly WireTicker[] | undefined {
  const frame = tickerFrameSchema.safeParse(value)
  return frame.success ? frame.data.events.flatMap((event) => event.tickers) : undefined
}

/** Newest first, as sent. */
export function readTrades(value: unknown): readonly WireMarketTrade[] | undefined {
  const frame = marketTradesFrameSchema.safeParse(value)
  return frame.success ? frame.data.events.flatMap((event) => event.trades) : undefined
}

/** Orders of a `user` frame, snapshot or update; `undefined` when the frame has another shape. */
export function readUserOrders(value: unknown): readonly WireUserOrder[] | undefined {
  const frame = userFrameSchema.safeParse(value)
  return frame.success ? frame.data.events.flatMap((event) => event.orders) : undefined
}
