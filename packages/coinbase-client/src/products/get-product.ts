import { productSchema } from '@tidegate/coinbase-wire'
import { type Product, VenueRejectedError } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { parseProduct } from './parse-product.js'

/**
 * Gets one product.
 *
 * - Wire: `GET /api/v3/brokerage/products/{product_id}`, or its public twin without a key
 * - Key: `view`, weight 3 of the private bucket; without a key `none`, weight 1 of the public one
 *
 * @returns `undefined` when the venue knows no such product.
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL` for an answer that cannot be used.
 */
export async function getProduct(client: HttpClient, productId: string): Promise<Product | undefined> {
  const endpoint = client.canSign ? 'getProduct' : 'getPublicProduct'
  try {
    const product = await client.call(endpoint, {
      schema: productSchema,
      parameters: { product_id: productId },
      query: { get_tradability_status: client.canSign ? true : undefined },
    })
    return parseProduct(product, endpoint)
  } catch (error) {
    if (error instanceof VenueRejectedError && isUnknownProduct(error)) return undefined
    throw error
  }
}

function isUnknownProduct(error: VenueRejectedError): boolean {
  if (error.httpStatus === 404) return true
  // Some answers call an unknown id an invalid argument.
  return error.httpStatus === 400 && /product/i.test(error.shortMessage)
}
