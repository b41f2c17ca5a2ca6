import { bestBidAskResponseSchema } from '@tidegate/coinbase-wire'
import type { OrderBook } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { parseBook } from './parse-book.js'

/**
 * Gets the best bid and ask of several products. Needs a key: there is no public twin.
 *
 * - Wire: `GET /api/v3/brokerage/best_bid_ask`
 * - Key: `view`, weight 3 of the private bucket
 *
 * @param productIds - All products without.
 * @returns One book of at most one level a side for each product; a side may be empty.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getBestBidAsk(client: HttpClient, productIds?: readonly string[]): Promise<readonly OrderBook[]> {
  const answer = await client.call('getBestBidAsk', {
    schema: bestBidAskResponseSchema,
    query: { product_ids: productIds },
  })
  return answer.pricebooks.map((book) => parseBook(book, book.product_id, 1, 'getBestBidAsk'))
}
