import { listProductsResponseSchema, type WireProduct } from '@tidegate/coinbase-wire'
import { type Log, type Product, VenueProtocolError } from '@tidegate/trading-model'
import { collectPages } from '../collect-pages.js'
import type { HttpClient } from '../http/http-client.js'
import { parseProduct } from './parse-product.js'

/**
 * Lists all spot products. One whose increments or limits are unknown cannot be traded: it is left out and logged.
 *
 * - Wire: `GET /api/v3/brokerage/products`, or its public twin without a key
 */
export async function listProducts(client: HttpClient, log: Log): Promise<readonly Product[]> {
  const endpoint = client.canSign ? 'listProducts' : 'listPublicProducts'
  const products = await collectPages({
    endpoint,
    fetch: async (cursor) => {
      const page = await client.call(endpoint, {
        schema: listProductsResponseSchema,
        query: { product_type: 'SPOT', get_tradability_status: client.canSign ? true : undefined, cursor },
      })
      return { items: page.products, cursor: page.pagination?.next_cursor, hasNext: page.pagination?.has_next ?? false }
    },
    keyOf: (product) => product.product_id,
  })
  return products.filter(isSpot).flatMap((product) => {
    try {
      return [parseProduct(product, endpoint)]
    } catch (error) {
      if (!(error instanceof VenueProtocolError)) throw error
      log.debug('product_left_out', { product_id: product.product_id, problem: error.shortMessage })
      return []
    }
  })
}

function isSpot(product: WireProduct): boolean {
  return product.product_type === undefined || product.product_type === 'SPOT'
}
