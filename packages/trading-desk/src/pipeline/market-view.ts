import type { MarketSnapshot } from '@tidegate/risk-engine'
import { NotFoundError, NotReadyError, type Product } from '@tidegate/trading-model'
import { type DeskContext, describeError } from '../context.js'

/**
 * The product as submitted.
 *
 * @returns `undefined` when the venue lists no such product.
 * @throws {NotReadyError} `ERR_NOT_READY`: the catalogue cannot be read, so nothing is known about the product.
 */
export async function readProduct(context: DeskContext, productId: string): Promise<Product | undefined> {
  try {
    return await context.market.product(productId)
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw new NotReadyError(`The product catalogue cannot be read: ${describeError(error)}`, { cause: error })
  }
}

/** Book and last trade as they were read; the decision works out how old they are by then. */
export interface MarketView {
  readonly value: MarketSnapshot
  /** Time of the older of both, ms since epoch. */
  readonly asOfMs: number
  readonly usable: boolean
}

/** Book and last trade of a product; `undefined` when the market does not tell them. */
export async function readMarket(context: DeskContext, bookProductId: string): Promise<MarketView | undefined> {
  const { market, policy, settings } = context
  try {
    const [ticker, book] = await Promise.all([
      market.ticker(bookProductId, policy.maxMarketAgeMs),
      market.book(bookProductId, settings.bookDepth, policy.maxMarketAgeMs),
    ])
    const bid = book.value.bids[0]
    const ask = book.value.asks[0]
    if (!bid || !ask) return undefined
    return {
      value: {
        bestBid: bid.price,
        bestAsk: ask.price,
        lastTrade: ticker.value.price,
        bids: book.value.bids,
        asks: book.value.asks,
      },
      asOfMs: Math.min(ticker.asOfMs, book.asOfMs),
      usable: !ticker.stale && !book.stale && bid.price.lt(ask.price),
    }
  } catch (error) {
    context.log.warn('market_unreadable', { product: bookProductId, error: describeError(error) })
    return undefined
  }
}
