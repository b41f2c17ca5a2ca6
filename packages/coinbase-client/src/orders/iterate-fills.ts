import { formatTimestamp, listFillsResponseSchema } from '@tidegate/coinbase-wire'
import type { Fill } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { iteratePages } from '../iterate-pages.js'
import { parseFill } from './parse-fill.js'

const PAGE_SIZE = 100

/** Which fills to list, in the venue's words. */
export interface FillListQuery {
  readonly orderIds?: readonly string[]
  readonly tradeIds?: readonly string[]
  readonly productIds?: readonly string[]
  readonly orderTypes?: readonly string[]
  readonly side?: 'BUY' | 'SELL'
  readonly productTypes?: readonly string[]
  readonly assets?: readonly string[]
  /** Sequence time, ms since epoch (UTC). */
  readonly sinceMs?: number
  readonly untilMs?: number
  readonly sortBy?: 'PRICE' | 'TRADE_TIME'
  readonly retailPortfolioId?: string
}

/**
 * Hands out fills page by page as asked for, newest first. The list has no `has_next`: it ends at an empty page or
 * without a
 * cursor. Sizes are in base units whatever the venue reported.
 *
 * - Wire: `GET /api/v3/brokerage/orders/historical/fills`
 * - Key: `view`, weight 1 of the private bucket a page
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` where the list cannot be shown to be complete; what came before stands.
 */
export async function* iterateFills(
  client: HttpClient,
  query: FillListQuery = {},
): AsyncGenerator<Fill, void, undefined> {
  const filter = {
    order_ids: query.orderIds,
    trade_ids: query.tradeIds,
    product_ids: query.productIds,
    order_types: query.orderTypes,
    order_side: query.side,
    product_types: query.productTypes,
    asset_filters: query.assets,
    start_sequence_timestamp: query.sinceMs === undefined ? undefined : formatTimestamp(query.sinceMs),
    end_sequence_timestamp: query.untilMs === undefined ? undefined : formatTimestamp(query.untilMs),
    sort_by: query.sortBy,
    retail_portfolio_id: query.retailPortfolioId,
  }
  const fills = iteratePages({
    endpoint: 'listFills',
    fetch: async (cursor) => {
      const page = await client.call('listFills', {
        schema: listFillsResponseSchema,
        query: { ...filter, limit: PAGE_SIZE, cursor },
      })
      return { items: page.fills, cursor: page.cursor, hasNext: undefined }
    },
    keyOf: (fill) => fill.entry_id,
  })
  for await (const fill of fills) yield parseFill(fill)
}
