import { type DecimalInput, parseTimestamp, productBookResponseSchema } from '@tidegate/coinbase-wire'
import type { OrderBook } from '@tidegate/trading-model'
import { amountText } from '../check-input.js'
import type { HttpClient } from '../http/http-client.js'
import { requireMs } from '../protocol-error.js'
import { parseBook } from './parse-book.js'

/**
 * Gets the book of one product. It carries no sequence number: it cannot be joined to the stream.
 *
 * - Wire: `GET /api/v3/brokerage/product_book`, or its public twin without a key
 * - Key: `view`, weight 3 of the private bucket; without a key `none`, weight 1 of the public one
 *
 * @param depth - Levels a side, at most.
 * @param aggregationIncrement - Joins levels into steps of this many quote units per base unit.
 * @returns `asOfMs` is the venue's own time of the book, ms since epoch (UTC).
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getProductBook(
  client: HttpClient,
  productId: string,
  depth: number,
  aggregationIncrement?: DecimalInput,
): Promise<{ book: OrderBook; asOfMs: number }> {
  const endpoint = client.canSign ? 'getProductBook' : 'getPublicProductBook'
  const { pricebook } = await client.call(endpoint, {
    schema: productBookResponseSchema,
    query: {
      product_id: productId,
      limit: depth,
      aggregation_price_increment:
        aggregationIncrement === undefined ? undefined : amountText(aggregationIncrement, 'aggregationIncrement'),
    },
  })
  return {
    book: parseBook(pricebook, productId, depth, endpoint),
    asOfMs: requireMs(parseTimestamp(pricebook.time), 'time', endpoint),
  }
}
