import type { EndpointName, WirePriceBook } from '@tidegate/coinbase-wire'
import type { BookLevel, OrderBook } from '@tidegate/trading-model'
import { requireDecimal } from '../protocol-error.js'

/** Reads the levels of one product, best first on both sides; `productId` is the id that was asked for. */
export function parseBook(book: WirePriceBook, productId: string, depth: number, endpoint: EndpointName): OrderBook {
  const read = (levels: WirePriceBook['bids']): BookLevel[] =>
    levels.map((level) => ({
      price: requireDecimal(level.price, 'price', endpoint),
      size: requireDecimal(level.size, 'size', endpoint),
    }))
  return {
    productId,
    bids: read(book.bids)
      .sort((a, b) => b.price.cmp(a.price))
      .slice(0, depth),
    asks: read(book.asks)
      .sort((a, b) => a.price.cmp(b.price))
      .slice(0, depth),
  }
}
