import type { Fill, FillQuery } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { iterateFills } from './iterate-fills.js'

/** Ids a request, so that the address stays short. */
const ORDER_IDS_PER_REQUEST = 50

/**
 * Lists fills, newest first, complete or not at all. Sizes are in base units whatever the venue reported.
 *
 * - Wire: `GET /api/v3/brokerage/orders/historical/fills`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @param query - `sinceMs` and `untilMs` compare with the venue's sequence time.
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` when the list cannot be shown to be complete.
 */
export async function listFills(client: HttpClient, query: FillQuery): Promise<readonly Fill[]> {
  const { orderIds } = query
  if (orderIds === undefined) return select(await listSome(client, query, undefined), query)
  const fills: Fill[] = []
  for (let start = 0; start < orderIds.length; start += ORDER_IDS_PER_REQUEST) {
    fills.push(...(await listSome(client, query, orderIds.slice(start, start + ORDER_IDS_PER_REQUEST))))
  }
  return select(fills, query)
}

/** The venue ignores filters that it does not know, so the answer is held to them here. */
function select(fills: readonly Fill[], query: FillQuery): readonly Fill[] {
  const wanted = query.orderIds === undefined ? undefined : new Set(query.orderIds)
  return fills
    .filter(
      (fill) =>
        (wanted === undefined || wanted.has(fill.orderId)) &&
        (query.productId === undefined || fill.productId === query.productId) &&
        (query.sinceMs === undefined || fill.sequenceAtMs >= query.sinceMs) &&
        (query.untilMs === undefined || fill.sequenceAtMs < query.untilMs),
    )
    .sort((a, b) => b.sequenceAtMs - a.sequenceAtMs)
}

async function listSome(
  client: HttpClient,
  { productId, sinceMs, untilMs }: FillQuery,
  orderIds: readonly string[] | undefined,
): Promise<readonly Fill[]> {
  const found: Fill[] = []
  const fills = iterateFills(client, {
    ...(orderIds === undefined ? {} : { orderIds }),
    ...(productId === undefined ? {} : { productIds: [productId] }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(untilMs === undefined ? {} : { untilMs }),
  })
  for await (const fill of fills) found.push(fill)
  return found
}
