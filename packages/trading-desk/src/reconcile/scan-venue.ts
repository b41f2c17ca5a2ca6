import type { Fill, VenueOrder } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'

/** A complete picture of a stretch of time at the venue. */
export interface Scan {
  /** Venue time when the scan began. */
  readonly begunMs: number
  /** Venue time it reaches back to: orders created earlier are not in it. */
  readonly sinceMs: number
  readonly orders: readonly VenueOrder[]
  readonly fills: readonly Fill[]
}

/**
 * Reads all orders and all executions since `sinceMs` (venue time). Orders that only an execution speaks of are fetched one by one.
 *
 * - Wire: list orders without the OPEN filter, list fills, get order.
 *
 * @throws {VenueError} When any part of it is missing: half a picture is none.
 */
export async function scanVenue(context: DeskContext, sinceMs: number): Promise<Scan> {
  const { venue } = context
  const begunMs = context.venueNowMs()
  const fills = await venue.listFills({ sinceMs })
  const orders = new Map((await venue.listOrders({ sinceMs })).map((order) => [order.orderId, order]))
  for (const orderId of new Set(fills.map((fill) => fill.orderId))) {
    if (orders.has(orderId)) continue
    const order = await venue.getOrder(orderId)
    if (order) orders.set(orderId, order)
  }
  return { begunMs, sinceMs, orders: [...orders.values()], fills }
}
