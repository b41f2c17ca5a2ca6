import type { Log, Product } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { rawOf } from '../raw-of.js'
import { iterateProducts, type ProductListQuery } from './iterate-products.js'

/**
 * Lists products, spot ones without a query, complete or not at all. One whose increments or limits are unknown cannot be
 * traded: it is left out and logged.
 *
 * - Wire: `GET /api/v3/brokerage/products`, or its public twin without a key
 * - Key: `view`, weight 3 of the private bucket; without a key `none`, weight 1 of the public one
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` when the list cannot be shown to be complete.
 */
export async function listProducts(
  client: HttpClient,
  log: Log,
  query: ProductListQuery = { productType: 'SPOT' },
): Promise<readonly Product[]> {
  const products: Product[] = []
  for await (const product of iterateProducts(client, log, query)) {
    // The venue ignores filters that it does not know, so the answer is held to this one here.
    const type = rawOf(product)?.['product_type']
    if (query.productType === undefined || type === undefined || type === query.productType) products.push(product)
  }
  return products
}
