import { z } from 'zod'
import { identifier, optionalListOf, optionalText } from '../primitives.js'

/** Channels by the name one subscribes with. `level2` data arrives as `l2_data`. */
export const SOCKET_CHANNELS = ['heartbeats', 'ticker', 'ticker_batch', 'level2', 'market_trades', 'user'] as const
export type SocketChannel = (typeof SOCKET_CHANNELS)[number]

/** What a client sends: one channel a message. */
export const socketRequestSchema = z.object({
  type: z.enum(['subscribe', 'unsubscribe']),
  channel: identifier,
  product_ids: optionalListOf(z.string()),
  jwt: optionalText,
})
export type WireSocketRequest = z.output<typeof socketRequestSchema>

/** Writes a subscribe or unsubscribe message. `jwt` is left out where there is none. */
export function formatSocketRequest(request: {
  readonly type: 'subscribe' | 'unsubscribe'
  readonly channel: SocketChannel
  readonly productIds: readonly string[]
  readonly jwt?: string
}): string {
  return JSON.stringify({
    type: request.type,
    channel: request.channel,
    product_ids: request.productIds,
    ...(request.jwt === undefined ? {} : { jwt: request.jwt }),
  })
}
