import type { MarketReader, Product } from '@tidegate/trading-model'

/** Which products share a book. Knows what the catalogue told it so far; never has to ask to give an answer. */
export interface SameBook {
  /** The product whose book `productId` trades on. */
  bookOf(productId: string): string
  isSame(a: string, b: string): boolean
  learn(product: Product): void
  /** Reads the catalogue; failures are ignored, because cancels must not need market data. */
  refresh(): Promise<void>
}

/** @returns Alias lookup over the catalogue, with USDC pairs standing for their USD book until the catalogue is known. */
export function createSameBook(market: MarketReader): SameBook {
  const books = new Map<string, string>()

  function learn(product: Product): void {
    books.set(product.productId, product.alias ?? product.productId)
    for (const alias of product.aliasTo) books.set(alias, product.productId)
  }

  function bookOf(productId: string): string {
    return books.get(productId) ?? productId.replace(/-USDC$/, '-USD')
  }

  return {
    bookOf,
    isSame: (a, b) => a === b || bookOf(a) === bookOf(b),
    learn,
    async refresh() {
      try {
        const { value } = await market.products()
        for (const product of value) learn(product)
      } catch {
        // Guessing by name still finds the aliases that exist today.
      }
    },
  }
}
