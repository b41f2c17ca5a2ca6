import type { BookSink, BookWriter, Clock, Log, Metrics, Product } from '@tidegate/trading-model'
import { LiveBook } from './live-book.js'

export interface LiveBooksOptions {
  readonly clock: Clock
  /** The product's record as last seen; never asks the venue. */
  readonly peek: (productId: string) => Product | undefined
  /** Called when a writer was asked for a product whose record is unknown. */
  readonly onUnknown: (productId: string) => void
  readonly onChange: (bookProductId: string) => void
  readonly log: Log | undefined
  readonly metrics: Metrics | undefined
}

/** All books of the stream, one per book: `BTC-USDC` writes to and reads from `BTC-USD`'s. */
export interface LiveBooks extends BookSink {
  /** The book under its own id, when a stream ever opened it. */
  get(bookProductId: string): LiveBook | undefined
}

/** Makes an empty set of books. */
export function createLiveBooks(options: LiveBooksOptions): LiveBooks {
  const books = new Map<string, LiveBook>()

  const openBook = (productId: string): BookWriter | undefined => {
    const asked = options.peek(productId)
    if (!asked) {
      options.onUnknown(productId)
      return undefined
    }
    const bookProductId = asked.alias ?? asked.productId
    const product = options.peek(bookProductId) ?? asked
    const priceDecimals = product.priceIncrement.decimalPlaces()
    const sizeDecimals = product.baseIncrement.decimalPlaces()
    const existing = books.get(bookProductId)
    if (existing?.priceDecimals === priceDecimals && existing.sizeDecimals === sizeDecimals) return existing
    existing?.invalidate('the product’s increments changed')
    const book = new LiveBook({
      productId: bookProductId,
      priceDecimals,
      sizeDecimals,
      nowMs: () => options.clock.nowMs(),
      onChange: () => options.onChange(bookProductId),
      onInvalid: (reason) => {
        options.log?.warn('book_invalidated', { productId: bookProductId, reason })
        options.metrics?.count('market_book_invalidations_total', { product: bookProductId })
      },
    })
    books.set(bookProductId, book)
    return book
  }

  return {
    open: openBook,
    invalidateAll(reason) {
      for (const book of books.values()) book.invalidate(reason)
    },
    get: (bookProductId) => books.get(bookProductId),
  }
}
