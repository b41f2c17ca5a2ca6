import { z } from 'zod'
import {
  countText,
  decimalText,
  identifier,
  listOf,
  openEnum,
  optionalListOf,
  optionalText,
  text,
} from '../primitives.js'
import { marketTradeSchema } from '../products.js'

const envelope = {
  timestamp: optionalText,
  sequence_num: z.number().int().nonnegative(),
}

/** Once a second on every connection that asked for it; the counter is the server's uptime, not the connection's. */
export const heartbeatsFrameSchema = z.object({
  channel: z.literal('heartbeats'),
  ...envelope,
  events: z.array(z.object({ current_time: optionalText, heartbeat_counter: decimalText })),
})

/** Acknowledgement: the whole current state of the connection, by the name one subscribed with. */
export const subscriptionsFrameSchema = z.object({
  channel: z.literal('subscriptions'),
  ...envelope,
  events: z.array(z.object({ subscriptions: z.record(z.string(), optionalListOf(text)) })),
})
export type WireSubscriptionsFrame = z.output<typeof subscriptionsFrameSchema>

/** One product's ticker; a snapshot may consist of empty texts. */
export const tickerSchema = z.object({
  type: optionalText,
  product_id: text,
  price: decimalText,
  volume_24_h: decimalText,
  low_24_h: decimalText,
  high_24_h: decimalText,
  price_percent_chg_24_h: decimalText,
  best_bid: decimalText,
  best_bid_quantity: decimalText,
  best_ask: decimalText,
  best_ask_quantity: decimalText,
})
export type WireTicker = z.output<typeof tickerSchema>

/** `ticker` on every match, `ticker_batch` every five seconds. */
export const tickerFrameSchema = z.object({
  channel: z.enum(['ticker', 'ticker_batch']),
  ...envelope,
  events: z.array(z.object({ type: optionalText, tickers: listOf(tickerSchema) })),
})

/** One change of a book: `new_quantity` is absolute, `"0"` removes the level. Sides are `bid` and `offer`. */
export const l2UpdateSchema = z.object({
  side: text,
  event_time: optionalText,
  price_level: text,
  new_quantity: text,
})

/** Books: a `snapshot` is the whole book in one frame, tens of thousands of levels. */
export const l2FrameSchema = z.object({
  channel: z.literal('l2_data'),
  ...envelope,
  events: z.array(z.object({ type: text, product_id: identifier, updates: listOf(l2UpdateSchema) })),
})
export type WireL2Frame = z.output<typeof l2FrameSchema>

/** Public trades in batches of 250 ms, newest first; `side` is the maker's. */
export const marketTradesFrameSchema = z.object({
  channel: z.literal('market_trades'),
  ...envelope,
  events: z.array(z.object({ type: optionalText, trades: listOf(marketTradeSchema) })),
})

/** An order on the user channel: cumulative state under other names than REST has. Booleans are text here. */
export const userOrderSchema = z.object({
  order_id: identifier,
  client_order_id: text,
  product_id: identifier,
  product_type: optionalText,
  status: openEnum,
  order_side: openEnum,
  order_type: optionalText,
  avg_price: decimalText,
  limit_price: decimalText,
  stop_price: decimalText,
  cumulative_quantity: decimalText,
  leaves_quantity: decimalText,
  filled_value: decimalText,
  number_of_fills: countText,
  completion_percentage: decimalText,
  total_fees: decimalText,
  total_value_after_fees: decimalText,
  outstanding_hold_amount: decimalText,
  post_only: z.union([z.string(), z.boolean()]).nullish(),
  time_in_force: optionalText,
  trigger_status: optionalText,
  creation_time: optionalText,
  end_time: optionalText,
  cancel_reason: optionalText,
  reject_reason: optionalText,
  retail_portfolio_id: optionalText,
})
export type WireUserOrder = z.output<typeof userOrderSchema>
export type WireUserOrderInput = z.input<typeof userOrderSchema>

/** Snapshot of open orders in batches of 50, then a frame on every change. */
export const userFrameSchema = z.object({
  channel: z.literal('user'),
  ...envelope,
  events: z.array(z.object({ type: optionalText, orders: optionalListOf(userOrderSchema) })),
})

/** Has neither channel nor sequence; the socket may stay open after it. */
export const errorFrameSchema = z.object({ type: z.literal('error'), message: text })

/** What every numbered frame has in common. */
export const frameEnvelopeSchema = z.object({ channel: identifier, ...envelope, events: z.array(z.unknown()) })
