import { InputError, suggest } from '@tidegate/trading-model'
import { DEFAULT_PRODUCTS, type ListedProduct } from './products.js'

/**
 * Named products, with the books that their aliases trade in.
 *
 * @throws {InputError} for a product that is not listed, naming the one that was meant.
 */
export function listProducts(products: readonly string[] | readonly ListedProduct[]): readonly ListedProduct[] {
  const known = DEFAULT_PRODUCTS.map(({ productId }) => productId)
  const all = products.map((product) => {
    if (typeof product !== 'string') return product
    const found = DEFAULT_PRODUCTS.find(({ productId }) => productId === product)
    if (found) return found
    const meant = suggest(product, known)
    throw new InputError([
      {
        field: 'products',
        problem: `has ${JSON.stringify(product)}, which is not listed`,
        fix: `${meant ? `Did you mean ${meant}? ` : ''}Listed are ${known.join(', ')}`,
      },
    ])
  })
  const books = all.flatMap(({ alias }) => DEFAULT_PRODUCTS.filter(({ productId }) => productId === alias))
  return [...new Set([...all, ...books])]
}
