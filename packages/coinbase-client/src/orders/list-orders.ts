import { formatTimestamp } from '@tidegate/coinbase-wire'
import { type Clock, isTerminal, type OrderQuery, type VenueOrder } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import type { Query } from '../http/query-string.js'
import { orderPages } from './iterate-orders.js'
import { parseOrder } from './parse-order.js'

/** States that the OPEN filter leaves out though the order still lives. */
const LIVE_BESIDES_OPEN = ['PENDING', 'QUEUED', 'CANCEL_QUEUED', 'EDIT_QUEUED'] as const
/** How far back live orders in a state we have no word for are searched. */
const LIVE_LOOK_BACK_MS = 24 * 3_600_000

/**
 * Lists orders, newest first, complete or not at all.
 *
 * `only: 'live'` asks three times, because the OPEN filter misses pending and queued orders: OPEN, the other live
 * states, and everything of the last day, of which whatever is not terminal is kept. The last answer about an order counts.
 *
 * - Wire: `GET /api/v3/brokerage/orders/historical/batch`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` when the list cannot be shown to be complete.
 */
export async function listOrders(client: HttpClient, clock: Clock, query: OrderQuery): Promise<readonly VenueOrder[]> {
  const orders = query.only === 'live' ? await listLive(client, clock, query) : await listAll(client, query, {})
  // The venue ignores the time filter for open orders, and unknown parameters everywhere.
  return orders
    .filter(
      (order) =>
        (query.productId === undefined || order.productId === query.productId) &&
        (query.sinceMs === undefined || order.createdAtMs >= query.sinceMs) &&
        (query.untilMs === undefined || order.createdAtMs < query.untilMs),
    )
    .sort((a, b) => b.createdAtMs - a.createdAtMs)
}

async function listLive(client: HttpClient, clock: Clock, query: OrderQuery): Promise<VenueOrder[]> {
  const found = new Map<string, VenueOrder>()
  const recent = { ...query, sinceMs: query.sinceMs ?? clock.nowMs() - LIVE_LOOK_BACK_MS }
  for (const orders of [
    await listAll(client, query, { order_status: ['OPEN'] }),
    await listAll(client, query, { order_status: LIVE_BESIDES_OPEN }),
    await listAll(client, recent, {}),
  ]) {
    for (const order of orders) found.set(order.orderId, order)
  }
  return [...found.values()].filter((order) => !isTerminalStatus(order.status))
}

/** An unknown word is not terminal. */
function isTerminalStatus(status: string): boolean {
  return (
    (status === 'FILLED' || status === 'CANCELLED' || status === 'EXPIRED' || status === 'FAILED') && isTerminal(status)
  )
}

async function listAll(client: HttpClient, query: OrderQuery, filter: Query): Promise<readonly VenueOrder[]> {
  const found: VenueOrder[] = []
  const orders = orderPages(client, {
    ...filter,
    product_ids: query.productId === undefined ? undefined : [query.productId],
    start_date: query.sinceMs === undefined ? undefined : formatTimestamp(query.sinceMs),
    end_date: query.untilMs === undefined ? undefined : formatTimestamp(query.untilMs),
  })
  for await (const order of orders) found.push(parseOrder(order, 'listOrders'))
  return found
}
