/** Which products want what arrives under which id. */
export interface AliasMap {
  /** The wanted ids that the data of `productId` is for: itself where wanted, and wanted aliases of it. */
  targetsOf(productId: string): readonly string[]
  /** The id under which data of `productId` may arrive besides its own. */
  canonicalOf(productId: string): string | undefined
}

/**
 * The venue answers `BTC-USDC` under `BTC-USD`, because the two share a book. With the catalogue's `alias` at hand
 * (`aliasOf`) the mapping is exact; without it a `-USDC` id is taken for an alias of its `-USD` twin until data arrives under
 * its own id (as for `USDT-USDC`).
 */
export function createAliasMap(
  wanted: ReadonlySet<string>,
  aliasOf?: (productId: string) => string | undefined,
): AliasMap {
  const hasOwnBook = new Set<string>()

  function canonicalOf(productId: string): string | undefined {
    if (aliasOf) return aliasOf(productId)
    return productId.endsWith('-USDC') && !hasOwnBook.has(productId) ? productId.slice(0, -1) : undefined
  }

  return {
    canonicalOf,
    targetsOf: (productId) => {
      if (productId.endsWith('-USDC')) hasOwnBook.add(productId)
      return [...wanted].filter((each) => each === productId || canonicalOf(each) === productId)
    },
  }
}
