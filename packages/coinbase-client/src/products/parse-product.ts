import type { EndpointName, WireProduct } from '@tidegate/coinbase-wire'
import { type Product, readDecimal } from '@tidegate/trading-model'
import { requireDecimal } from '../protocol-error.js'
import { rememberRaw } from '../raw-of.js'

type NumberField =
  | 'base_increment'
  | 'quote_increment'
  | 'base_min_size'
  | 'base_max_size'
  | 'quote_min_size'
  | 'quote_max_size'

/**
 * Reads a product. Increments and limits must be known, because orders are rounded and checked with them.
 *
 * @throws {VenueProtocolError} naming the field that is unknown.
 */
export function parseProduct(product: WireProduct, endpoint: EndpointName = 'getProduct'): Product {
  const require = (field: NumberField) => requireDecimal(product[field], `${product.product_id} ${field}`, endpoint)
  const [base = '', quote = ''] = product.product_id.split('-')
  const price = readDecimal(product.price)
  const volume24h = readDecimal(product.volume_24h)
  const priceChangePct24h = readDecimal(product.price_percentage_change_24h)
  const read: Product = {
    productId: product.product_id,
    baseCurrency: product.base_currency_id ?? base,
    quoteCurrency: product.quote_currency_id ?? quote,
    displayName: product.display_name ?? product.product_id,
    baseIncrement: require('base_increment'),
    quoteIncrement: require('quote_increment'),
    // Older answers have no price_increment; for them it was the quote increment.
    priceIncrement: readDecimal(product.price_increment) ?? require('quote_increment'),
    baseMinSize: require('base_min_size'),
    baseMaxSize: require('base_max_size'),
    quoteMinSize: require('quote_min_size'),
    quoteMaxSize: require('quote_max_size'),
    status: product.status ?? '',
    isDisabled: product.is_disabled ?? false,
    tradingDisabled: product.trading_disabled ?? false,
    cancelOnly: product.cancel_only ?? false,
    limitOnly: product.limit_only ?? false,
    postOnly: product.post_only ?? false,
    auctionMode: product.auction_mode ?? false,
    viewOnly: product.view_only ?? false,
    aliasTo: product.alias_to,
    ...(product.alias === undefined ? {} : { alias: product.alias }),
    ...(price ? { price } : {}),
    ...(volume24h ? { volume24h } : {}),
    ...(priceChangePct24h ? { priceChangePct24h } : {}),
  }
  return rememberRaw(read, product)
}
