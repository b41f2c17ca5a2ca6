import { listProductsResponseSchema, type WireProduct } from '@tidegate/coinbase-wire'
import { type Log, type Product, VenueProtocolError } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { iteratePages } from '../iterate-pages.js'
import { parseProduct } from './parse-product.js'

/** Which products to list, in the venue's words. */
export interface ProductListQuery {
  /** `SPOT`, `FUTURE`, …; spot at the venue without. */
  readonly productType?: string
  readonly productIds?: readonly string[]
  readonly contractExpiryType?: 'EXPIRING' | 'PERPETUAL'
  readonly expiringContractStatus?: string
  /** Every type, expired futures too. */
  readonly allProducts?: boolean
  readonly sortOrder?: string
  /** Products a page; everything at once without. */
  readonly pageSize?: number
}

/**
 * Hands out products page by page as asked for. One whose increments or limits are unknown cannot be traded: it is left out
 * and logged. Futures and their details: `rawOf(product)`.
 *
 * - Wire: `GET /api/v3/brokerage/products`, or its public twin without a key
 * - Key: `view`, weight 3 of the private bucket a page; without a key `none`, weight 1 of the public one
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` where the list cannot be shown to be complete; what came before stands.
 */
export async function* iterateProducts(
  client: HttpClient,
  log: Log,
  query: ProductListQuery = {},
): AsyncGenerator<Product, void, undefined> {
  const endpoint = client.canSign ? 'listProducts' : 'listPublicProducts'
  for await (const wire of productPages(client, query)) {
    try {
      yield parseProduct(wire, endpoint)
    } catch (error) {
      if (!(error instanceof VenueProtocolError)) throw error
      log.debug('product_left_out', { product_id: wire.product_id, problem: error.shortMessage })
    }
  }
}

function productPages(client: HttpClient, query: ProductListQuery): AsyncGenerator<WireProduct, void, undefined> {
  const endpoint = client.canSign ? 'listProducts' : 'listPublicProducts'
  return iteratePages({
    endpoint,
    fetch: async (cursor) => {
      const page = await client.call(endpoint, {
        schema: listProductsResponseSchema,
        query: {
          product_type: query.productType,
          product_ids: query.productIds,
          contract_expiry_type: query.contractExpiryType,
          expiring_contract_status: query.expiringContractStatus,
          get_all_products: query.allProducts,
          products_sort_order: query.sortOrder,
          get_tradability_status: client.canSign ? true : undefined,
          limit: query.pageSize,
          cursor,
        },
      })
      return { items: page.products, cursor: page.pagination?.next_cursor, hasNext: page.pagination?.has_next ?? false }
    },
    keyOf: (product) => product.product_id,
  })
}
