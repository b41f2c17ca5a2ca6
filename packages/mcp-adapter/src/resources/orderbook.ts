import { type BookLevel, type Fresh, formatDecimal, type OrderBook, ZERO } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { withProduct } from '../not-found.js'
import { known, showBps, showFreshness } from '../shared/show-values.js'
import { venueWord } from '../shared/untrusted-text.js'
import type { SurfaceContext } from '../surface-deps.js'
import type { ResourceDefinition } from './resource.js'
import { productOf } from './ticker.js'
import { watchPrice } from './watch-price.js'

/** Levels a side in the resource. */
export const BOOK_DEPTH = 50

/** A book as `[price, size]` rows, best first, with its spread. */
export function showOrderBook(fresh: Fresh<OrderBook>, depth: number): JsonObject {
  const { productId, bids, asks } = fresh.value
  const bid = bids[0]?.price
  const ask = asks[0]?.price
  const mid = bid && ask ? bid.plus(ask).div(2) : undefined
  const spread = bid && ask ? ask.minus(bid) : undefined
  return {
    product_id: venueWord(productId),
    ...known('best_bid', bid),
    ...known('best_ask', ask),
    ...known('mid', mid),
    ...known('spread', spread),
    ...(spread && mid ? known('spread_bps', showBps(spread, mid)) : {}),
    columns: ['price', 'size'],
    bids: rows(bids, depth),
    asks: rows(asks, depth),
    bid_size_total: formatDecimal(total(bids, depth)),
    ask_size_total: formatDecimal(total(asks, depth)),
    levels: depth,
    ...showFreshness(fresh),
  }
}

/** @throws NotFoundError `PRODUCT_NOT_FOUND`. */
export async function readOrderBook(context: SurfaceContext, productId: string, depth: number): Promise<JsonObject> {
  const fresh = await withProduct(context.market, productId, () => context.market.book(productId, depth))
  return showOrderBook(fresh, depth)
}

function rows(levels: readonly BookLevel[], depth: number): readonly (readonly string[])[] {
  return levels.slice(0, depth).map((level) => [formatDecimal(level.price), formatDecimal(level.size)])
}

function total(levels: readonly BookLevel[], depth: number) {
  return levels.slice(0, depth).reduce((sum, level) => sum.plus(level.size), ZERO)
}

export const orderbookResource: ResourceDefinition = {
  name: 'orderbook',
  title: 'Order book',
  description: 'Level 2 book of one product: 50 levels a side, spread absolute and in basis points.',
  path: 'market://orderbook/{product_id}',
  query: [],
  permissions: ['read_market_data'],
  read: (context, params) => readOrderBook(context, productOf(params), BOOK_DEPTH),
  watch: (context, params, changed) => watchPrice(context, productOf(params), changed),
}
