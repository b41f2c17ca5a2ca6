import { BaseError, type MarketReader, NotFoundError } from '@tidegate/trading-model'
import { venueWord } from './shared/untrusted-text.js'

/** No such order, under the specification's name for it. */
export function orderNotFound(orderId: string): NotFoundError {
  return new NotFoundError(`Order ${venueWord(orderId, 128)} does not exist here or at the venue`, {
    hint: 'list orders with get_orders (or order://history) and use an order_id or intent_id from there',
    context: { publicCode: 'ORDER_NOT_FOUND' },
  })
}

/**
 * No such product, under the specification's name for it, with the ids that were probably meant.
 *
 * @param market - Asked for its list, best effort.
 */
export async function productNotFound(market: MarketReader, productId: string): Promise<NotFoundError> {
  const near = await similarProducts(market, productId)
  const hint =
    near.length > 0
      ? `did you mean ${near.join(' or ')}?`
      : 'list products with list_products (or market://products) and use a product_id from there'
  return new NotFoundError(`The venue lists no product ${venueWord(productId, 40)}`, {
    hint,
    context: { publicCode: 'PRODUCT_NOT_FOUND' },
  })
}

/** Runs a market read and turns "not found" into {@link productNotFound}. */
export async function withProduct<T>(market: MarketReader, productId: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (BaseError.isInstance(error) && error.code === 'ERR_NOT_FOUND') throw await productNotFound(market, productId)
    throw error
  }
}

async function similarProducts(market: MarketReader, productId: string): Promise<readonly string[]> {
  const wanted = productId.toUpperCase().replace(/[^A-Z0-9]/g, '')
  if (wanted === '') return []
  try {
    const products = (await market.products()).value
    const flat = products.map((product) => ({
      id: product.productId,
      text: product.productId.replace(/[^A-Z0-9]/g, ''),
    }))
    const exact = flat.filter((item) => item.text === wanted)
    const begins = flat.filter((item) => item.text.startsWith(wanted) || wanted.startsWith(item.text))
    return (exact.length > 0 ? exact : begins).slice(0, 3).map((item) => item.id)
  } catch {
    // The suggestion is a courtesy; the error it belongs to must come out either way.
    return []
  }
}
