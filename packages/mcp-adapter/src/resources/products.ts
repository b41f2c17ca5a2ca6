import { formatDecimal, type Product } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { known, showFreshness } from '../shared/show-values.js'
import { untrustedText, venueWord } from '../shared/untrusted-text.js'
import type { SurfaceContext } from '../surface-deps.js'
import type { ResourceDefinition } from './resource.js'

/** A product with what it accepts. `restrictions` names what is out of the ordinary. */
export function showProduct(product: Product): JsonObject {
  const restrictions = Object.entries({
    disabled: product.isDisabled,
    trading_disabled: product.tradingDisabled,
    cancel_only: product.cancelOnly,
    limit_only: product.limitOnly,
    post_only: product.postOnly,
    auction_mode: product.auctionMode,
    view_only: product.viewOnly,
  })
    .filter(([, active]) => active)
    .map(([name]) => name)
  return {
    product_id: venueWord(product.productId),
    status: venueWord(product.status),
    tradable: isTradable(product),
    ...(restrictions.length > 0 ? { restrictions } : {}),
    base_increment: formatDecimal(product.baseIncrement),
    quote_increment: formatDecimal(product.quoteIncrement),
    price_increment: formatDecimal(product.priceIncrement),
    base_min_size: formatDecimal(product.baseMinSize),
    base_max_size: formatDecimal(product.baseMaxSize),
    quote_min_size: formatDecimal(product.quoteMinSize),
    quote_max_size: formatDecimal(product.quoteMaxSize),
    ...(product.alias ? { alias: venueWord(product.alias) } : {}),
    ...known('price', product.price),
    ...known('volume_24h', product.volume24h),
    ...known('price_change_24h_pct', product.priceChangePct24h),
    untrusted_venue_text: { display_name: untrustedText(product.displayName, 60) },
  }
}

/** True when the product takes new orders of some kind now. */
export function isTradable(product: Product): boolean {
  return !(product.isDisabled || product.tradingDisabled || product.cancelOnly || product.viewOnly)
}

async function showProducts(context: SurfaceContext): Promise<JsonObject> {
  const fresh = await context.market.products()
  return { count: fresh.value.length, products: fresh.value.map(showProduct), ...showFreshness(fresh) }
}

export const productsResource: ResourceDefinition = {
  name: 'products',
  title: 'Products',
  description: 'All trading pairs with trading status, increments, minimums and maximums.',
  path: 'market://products',
  query: [],
  permissions: ['read_market_data'],
  read: (context) => showProducts(context),
}
