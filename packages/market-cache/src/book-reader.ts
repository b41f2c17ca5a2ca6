import type { Fresh, OrderBook } from '@tidegate/trading-model'
import { ageOf, type Kept, toFresh } from './age-value.js'
import type { LiveBooks } from './live-books.js'
import type { MarketCacheOptions } from './market-cache-options.js'
import { createSingleFlight } from './single-flight.js'

/** Reads books: from the stream while it is whole and young enough, else by one request. */
export interface BookReader {
  /** `bookProductId` is the id of the book itself, never an alias. */
  read(bookProductId: string, depth: number, maxAgeMs: number | undefined): Promise<Fresh<OrderBook>>
}

/** Makes the reader over the stream's books. */
export function createBookReader(options: MarketCacheOptions, books: LiveBooks): BookReader {
  const { source, clock, ttl, log } = options
  const flight = createSingleFlight()
  const fetched = new Map<string, { depth: number; kept: Kept<OrderBook> }>()

  const fromStream = (bookProductId: string, depth: number): Kept<OrderBook> | undefined => {
    const book = books.get(bookProductId)
    const value = book?.read(depth)
    if (!book || !value) return undefined
    return { value, asOfMs: book.asOfMs, receivedAtMs: book.receivedAtMs, source: 'stream' }
  }

  const fromCache = (bookProductId: string, depth: number): Kept<OrderBook> | undefined => {
    const entry = fetched.get(bookProductId)
    if (!entry || entry.depth < depth) return undefined
    return { ...entry.kept, value: cut(entry.kept.value, depth) }
  }

  const fetchBook = (bookProductId: string, depth: number): Promise<Kept<OrderBook>> =>
    flight(`${bookProductId}|${depth}`, async () => {
      const answer = await source.book(bookProductId, depth)
      const kept: Kept<OrderBook> = {
        value: answer.book,
        asOfMs: answer.asOfMs,
        receivedAtMs: clock.nowMs(),
        source: 'cache',
      }
      fetched.set(bookProductId, { depth, kept })
      return kept
    })

  return {
    async read(bookProductId, depth, maxAgeMs) {
      const boundMs = maxAgeMs ?? ttl.orderbookMs
      const nowMs = clock.nowMs()
      const streamed = fromStream(bookProductId, depth)
      const cached = fromCache(bookProductId, depth)
      for (const kept of [streamed, cached]) {
        if (kept && ageOf(kept, nowMs) <= boundMs) return toFresh(kept, nowMs, boundMs, isCrossed(kept.value))
      }
      try {
        const answer = await fetchBook(bookProductId, depth)
        const afterMs = clock.nowMs()
        const laterStreamed = fromStream(bookProductId, depth)
        if (laterStreamed && ageOf(laterStreamed, afterMs) < ageOf(answer, afterMs)) {
          return toFresh(laterStreamed, afterMs, boundMs)
        }
        const fresh = toFresh(answer, afterMs, boundMs, isCrossed(answer.value))
        return { ...fresh, value: cut(fresh.value, depth), source: 'rest' }
      } catch (error) {
        const afterMs = clock.nowMs()
        const best = youngest(fromStream(bookProductId, depth), cached, afterMs)
        if (!best) throw error
        log?.warn('market_refresh_failed', { kind: 'book', productId: bookProductId, error })
        return toFresh(best, afterMs, boundMs, isCrossed(best.value))
      }
    },
  }
}

function cut(book: OrderBook, depth: number): OrderBook {
  if (book.bids.length <= depth && book.asks.length <= depth) return book
  return { ...book, bids: book.bids.slice(0, depth), asks: book.asks.slice(0, depth) }
}

/** A book that crosses itself is no market: it goes out marked stale, so that no decision rests on it. */
function isCrossed(book: OrderBook): boolean {
  const bid = book.bids[0]?.price
  const ask = book.asks[0]?.price
  return bid !== undefined && ask !== undefined && bid.gte(ask)
}

function youngest<T>(left: Kept<T> | undefined, right: Kept<T> | undefined, nowMs: number): Kept<T> | undefined {
  if (!left || !right) return left ?? right
  return ageOf(left, nowMs) <= ageOf(right, nowMs) ? left : right
}
