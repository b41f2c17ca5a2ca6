import {
  type BookSink,
  Decimal,
  type MarketTrade,
  type PriceEvent,
  type PriceSource,
  type Product,
  ZERO,
} from '@tidegate/trading-model'

/** What a live price source listens with. Books come by way of a {@link BookSink}: exact, gapless or invalidated. */
export interface LiveListeners {
  readonly books: BookSink
  readonly onTrade: (trade: MarketTrade) => void
}

export interface LivePricesOptions {
  /** Where the prices come from, e.g. `live wss://advanced-trade-ws.coinbase.com`. */
  readonly name: string
  /** The products that are listed here, with the venue's own increments. */
  readonly products: readonly Product[]
  /** Connects the venue's public stream to the listeners; returns the way to stop. Injected: this package knows no client. */
  readonly subscribe: (listeners: LiveListeners) => () => void
}

/**
 * Prices of a real market, as its public stream tells them. While the stream is down or has a gap, the book is empty: nothing
 * fills on prices that nobody sees.
 */
export function createLivePrices(options: LivePricesOptions): PriceSource {
  const products = new Map(options.products.map((product) => [product.productId, product]))
  return {
    name: options.name,
    open(sink) {
      const shown = new Map<string, number>()
      const clear = (productId: string) => {
        const atMs = shown.get(productId)
        if (atMs === undefined) return
        shown.delete(productId)
        sink({ kind: 'levels', productId, atMs, isSnapshot: true, changes: [] })
      }
      const books: BookSink = {
        open: (productId) => {
          const product = products.get(productId)
          return product && createWriter(product, sink, shown, () => clear(productId))
        },
        invalidateAll: () => {
          for (const productId of shown.keys()) clear(productId)
        },
      }
      return options.subscribe({
        books,
        onTrade({ productId, price, size, makerSide, tradedAtMs: atMs }) {
          const aggressor = makerSide === 'BUY' ? 'SELL' : 'BUY'
          if (products.has(productId)) sink({ kind: 'trade', productId, atMs, price, size, aggressor })
        },
      })
    },
  }
}

type Change = Extract<PriceEvent, { kind: 'levels' }>['changes'][number]

function createWriter(
  product: Product,
  sink: (event: PriceEvent) => void,
  shown: Map<string, number>,
  clear: () => void,
): NonNullable<ReturnType<BookSink['open']>> {
  const { productId } = product
  const priceDecimals = product.priceIncrement.decimalPlaces()
  const sizeDecimals = product.baseIncrement.decimalPlaces()
  const price = new Decimal(1).div(new Decimal(10).pow(priceDecimals))
  const size = new Decimal(1).div(new Decimal(10).pow(sizeDecimals))
  let changes: Change[] = []
  let isSnapshot = false
  return {
    priceDecimals,
    sizeDecimals,
    beginSnapshot() {
      changes = []
      isSnapshot = true
    },
    level(side, ticks, units) {
      changes.push({ side, price: price.mul(ticks), size: units === 0 ? ZERO : size.mul(units) })
    },
    commit(asOfMs) {
      const event: PriceEvent = { kind: 'levels', productId, atMs: asOfMs, isSnapshot, changes }
      changes = []
      isSnapshot = false
      shown.set(productId, asOfMs)
      sink(event)
    },
    invalidate() {
      changes = []
      isSnapshot = false
      clear()
    },
  }
}
