import { formatTimestamp, listOrdersResponseSchema, type WireOrder } from '@tidegate/coinbase-wire'
import type { VenueOrder } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import type { Query } from '../http/query-string.js'
import { iteratePages } from '../iterate-pages.js'
import { parseOrder } from './parse-order.js'

const PAGE_SIZE = 250

/** Which orders to list, in the venue's words. */
export interface OrderListQuery {
  readonly orderIds?: readonly string[]
  readonly productIds?: readonly string[]
  /** `OPEN` cannot be combined with others, and leaves out pending and queued orders. */
  readonly statuses?: readonly string[]
  readonly timesInForce?: readonly string[]
  readonly orderTypes?: readonly string[]
  readonly assets?: readonly string[]
  readonly side?: 'BUY' | 'SELL'
  readonly productType?: string
  readonly contractExpiryType?: string
  readonly placementSource?: string
  /** Creation time, ms since epoch (UTC), inclusive; the venue ignores it for open orders. */
  readonly sinceMs?: number
  /** Exclusive. */
  readonly untilMs?: number
  /** Any but the venue's default order does not page stably. */
  readonly sortBy?: 'LIMIT_PRICE' | 'LAST_FILL_TIME' | 'LAST_UPDATE_TIME'
  readonly retailPortfolioId?: string
}

/**
 * Hands out orders page by page as asked for, newest first.
 *
 * - Wire: `GET /api/v3/brokerage/orders/historical/batch`
 * - Key: `view`, weight 1 of the private bucket a page
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` where the list cannot be shown to be complete; what came before stands.
 */
export async function* iterateOrders(
  client: HttpClient,
  query: OrderListQuery = {},
): AsyncGenerator<VenueOrder, void, undefined> {
  const orders = orderPages(client, {
    order_ids: query.orderIds,
    product_ids: query.productIds,
    order_status: query.statuses,
    time_in_forces: query.timesInForce,
    order_types: query.orderTypes,
    asset_filters: query.assets,
    order_side: query.side,
    product_type: query.productType,
    contract_expiry_type: query.contractExpiryType,
    order_placement_source: query.placementSource,
    start_date: query.sinceMs === undefined ? undefined : formatTimestamp(query.sinceMs),
    end_date: query.untilMs === undefined ? undefined : formatTimestamp(query.untilMs),
    sort_by: query.sortBy,
    retail_portfolio_id: query.retailPortfolioId,
  })
  for await (const order of orders) yield parseOrder(order, 'listOrders')
}

/** The pages of an order list under any filter. */
export function orderPages(client: HttpClient, filter: Query): AsyncGenerator<WireOrder, void, undefined> {
  return iteratePages({
    endpoint: 'listOrders',
    fetch: async (cursor) => {
      const page = await client.call('listOrders', {
        schema: listOrdersResponseSchema,
        query: { ...filter, limit: PAGE_SIZE, cursor },
      })
      return { items: page.orders, cursor: page.cursor, hasNext: page.has_next }
    },
    keyOf: (order) => order.order_id,
  })
}
