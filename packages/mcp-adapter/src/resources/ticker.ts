import { type Fresh, formatDecimal, type Ticker } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { withProduct } from '../not-found.js'
import { PRODUCT_ID, readArguments } from '../shared/read-arguments.js'
import { known, showBps, showFreshness } from '../shared/show-values.js'
import { venueWord } from '../shared/untrusted-text.js'
import type { SurfaceContext } from '../surface-deps.js'
import type { ResourceDefinition, ResourceParams } from './resource.js'
import { watchPrice } from './watch-price.js'

/** A ticker with its age. Prices are quote per base, volume is base units. */
export function showTicker(fresh: Fresh<Ticker>): JsonObject {
  const ticker = fresh.value
  const { bestBid, bestAsk } = ticker
  const spread = bestBid && bestAsk ? bestAsk.minus(bestBid) : undefined
  return {
    product_id: venueWord(ticker.productId),
    price: formatDecimal(ticker.price),
    ...known('volume_24h', ticker.volume24h),
    ...known('price_change_24h_pct', ticker.priceChangePct24h),
    ...known('low_24h', ticker.low24h),
    ...known('high_24h', ticker.high24h),
    ...known('best_bid', bestBid),
    ...known('best_bid_size', ticker.bestBidSize),
    ...known('best_ask', bestAsk),
    ...known('best_ask_size', ticker.bestAskSize),
    ...known('spread', spread),
    ...(spread && bestBid && bestAsk ? known('spread_bps', showBps(spread, bestBid.plus(bestAsk).div(2))) : {}),
    ...showFreshness(fresh),
  }
}

/** @throws NotFoundError `PRODUCT_NOT_FOUND` with the ids that were probably meant. */
export async function readTicker(context: SurfaceContext, productId: string): Promise<JsonObject> {
  return showTicker(await withProduct(context.market, productId, () => context.market.ticker(productId)))
}

/** The product id of a URI's path. @throws InputError when it cannot be one. */
export function productOf(params: ResourceParams): string {
  const reader = readArguments(params.path, ['product_id'])
  const productId = reader.requiredText('product_id', PRODUCT_ID)
  reader.check()
  return productId
}

export const tickerResource: ResourceDefinition = {
  name: 'ticker',
  title: 'Ticker',
  description: 'Last price, 24 h volume and change, best bid and ask of one product, with age and source.',
  path: 'market://ticker/{product_id}',
  query: [],
  permissions: ['read_market_data'],
  read: (context, params) => readTicker(context, productOf(params)),
  watch: (context, params, changed) => watchPrice(context, productOf(params), changed),
}
