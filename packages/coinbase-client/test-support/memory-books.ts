import type { BookSink, BookWriter } from '@tidegate/trading-model'

export interface MemoryBook {
  bids: Map<number, number>
  asks: Map<number, number>
  valid: boolean
  asOfMs: number
  commits: number
  reason: string
}

/** A sink that keeps whole books, strict about the order of calls, and takes no crossed one. */
export function memoryBooks(
  decimals: Record<string, { price: number; size: number }> = {},
): BookSink & { readonly books: Map<string, MemoryBook>; readonly invalidations: string[] } {
  const books = new Map<string, MemoryBook>()
  const invalidations: string[] = []
  return {
    books,
    invalidations,
    invalidateAll: (reason) => {
      invalidations.push(reason)
      for (const book of books.values()) Object.assign(book, { valid: false, reason })
    },
    open: (productId): BookWriter | undefined => {
      const scale = decimals[productId]
      if (!scale) return undefined
      const book = books.get(productId) ?? {
        bids: new Map<number, number>(),
        asks: new Map<number, number>(),
        valid: false,
        asOfMs: 0,
        commits: 0,
        reason: '',
      }
      books.set(productId, book)
      let hasSnapshot = book.valid
      return {
        priceDecimals: scale.price,
        sizeDecimals: scale.size,
        beginSnapshot: () => {
          book.bids.clear()
          book.asks.clear()
          hasSnapshot = true
        },
        level: (side, ticks, units) => {
          const levels = side === 'bid' ? book.bids : book.asks
          if (units === 0) levels.delete(ticks)
          else levels.set(ticks, units)
        },
        commit: (asOfMs) => {
          if (!hasSnapshot) throw new Error(`${productId} was committed without a snapshot`)
          const bestBid = Math.max(...book.bids.keys())
          const bestAsk = Math.min(...book.asks.keys())
          if (bestBid >= bestAsk) {
            hasSnapshot = false
            const reason = `crossed: ${bestBid} over ${bestAsk}`
            Object.assign(book, { valid: false, reason })
            return reason
          }
          Object.assign(book, { valid: true, asOfMs, commits: book.commits + 1 })
          return undefined
        },
        invalidate: (reason) => Object.assign(book, { valid: false, reason }),
      }
    },
  }
}
