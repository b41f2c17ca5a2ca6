import { Decimal, type PriceEvent } from '@tidegate/trading-model'
import type { Prng } from '../core/prng.js'
import type { World } from '../core/world.js'
import type { SimExchange } from './sim-exchange.js'

/** The best prices of a book from a moment on. */
export interface Quote {
  readonly fromMs: number
  readonly bid: string
  readonly ask: string
}

/** Moves the market, so that orders fill, rest and wake; remembers what it showed. */
export interface MarketDriver {
  /** What was shown, oldest first, by book. */
  quotes(bookId: string): readonly Quote[]
  mid(bookId: string): Decimal
  stop(): void
}

interface Book {
  readonly bookId: string
  /** In ticks of a cent. */
  midCents: number
  readonly unit: number
  readonly decimals: number
  readonly quotes: Quote[]
}

const levels = 5

/** @param restlessness - Largest step of the mid, as a fraction. */
export function createMarketDriver(
  world: World,
  exchange: SimExchange,
  prng: Prng,
  restlessness: number,
): MarketDriver {
  const books: readonly Book[] = [
    { bookId: 'BTC-USD', midCents: 6_000_000, unit: 0.4, decimals: 4, quotes: [] },
    { bookId: 'ETH-USD', midCents: 300_000, unit: 6, decimals: 3, quotes: [] },
  ]
  let isStopped = false

  function show(book: Book): void {
    const atMs = world.nowMs()
    const half = Math.max(1, Math.round(book.midCents / 20_000))
    const changes: Extract<PriceEvent, { kind: 'levels' }>['changes'][number][] = []
    for (let level = 0; level < levels; level++) {
      const size = new Decimal((book.unit * (0.3 + prng.unit())).toFixed(book.decimals))
      changes.push({ side: 'bid', price: cents(book.midCents - half * (level + 1)), size })
      changes.push({ side: 'ask', price: cents(book.midCents + half * (level + 1)), size })
    }
    exchange.engine.onPrice({ kind: 'levels', productId: book.bookId, atMs, isSnapshot: true, changes })
    const bid = cents(book.midCents - half).toFixed()
    const ask = cents(book.midCents + half).toFixed()
    book.quotes.push({ fromMs: atMs, bid, ask })
  }

  function trade(book: Book): void {
    const isBuy = prng.chance(0.5)
    const half = Math.max(1, Math.round(book.midCents / 20_000))
    exchange.engine.onPrice({
      kind: 'trade',
      productId: book.bookId,
      atMs: world.nowMs(),
      price: cents(book.midCents + (isBuy ? half : -half)),
      size: new Decimal((book.unit * (0.05 + 0.5 * prng.unit())).toFixed(book.decimals)),
      aggressor: isBuy ? 'BUY' : 'SELL',
    })
  }

  function move(book: Book): void {
    if (isStopped) return
    exchange.engine.advance()
    if (prng.chance(0.6)) {
      const step = (prng.unit() * 2 - 1) * restlessness
      book.midCents = Math.max(1_000, Math.round(book.midCents * (1 + step)))
      show(book)
    }
    trade(book)
    next(book)
  }

  function next(book: Book): void {
    world.schedule(prng.between(700, 6_000), 'market', () => move(book))
  }

  for (const book of books) {
    show(book)
    trade(book)
    next(book)
  }
  return {
    quotes: (bookId) => books.find((book) => book.bookId === bookId)?.quotes ?? [],
    mid: (bookId) => cents(books.find((book) => book.bookId === bookId)?.midCents ?? 0),
    stop() {
      isStopped = true
    },
  }
}

function cents(amount: number): Decimal {
  return new Decimal(amount).div(100)
}
