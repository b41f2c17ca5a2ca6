import { formatTimestamp, listFillsResponseSchema } from '@tidegate/coinbase-wire'
import type { Fill, FillQuery } from '@tidegate/trading-model'
import { collectPages } from '../collect-pages.js'
import type { HttpClient } from '../http/http-client.js'
import { parseFill } from './parse-fill.js'

const PAGE_SIZE = 100
/** Ids a request, so that the address stays short. */
const ORDER_IDS_PER_REQUEST = 50

/**
 * Lists fills, newest first, complete or not at all. Sizes are in base units whatever the venue reported.
 *
 * - Wire: `GET /api/v3/brokerage/orders/historical/fills`
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
  query: FillQuery,
  orderIds: readonly string[] | undefined,
): Promise<readonly Fill[]> {
  const fills = await collectPages({
    endpoint: 'listFills',
    fetch: async (cursor) => {
      const page = await client.call('listFills', {
        schema: listFillsResponseSchema,
        query: {
          order_ids: orderIds,
          product_ids: query.productId === undefined ? undefined : [query.productId],
          start_sequence_timestamp: query.sinceMs === undefined ? undefined : formatTimestamp(query.sinceMs),
          end_sequence_timestamp: query.untilMs === undefined ? undefined : formatTimestamp(query.untilMs),
          limit: PAGE_SIZE,
          cursor,
        },
      })
      return { items: page.fills, cursor: page.cursor, hasNext: undefined }
    },
    keyOf: (fill) => fill.entry_id,
  })
  return fills.map(parseFill)
}
