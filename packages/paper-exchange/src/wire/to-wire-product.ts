import type { WireProductInput } from '@tidegate/coinbase-wire'
import { type Decimal, formatDecimal, type Product } from '@tidegate/trading-model'
import type { Market } from '../engine/market.js'
import type { DayStatistics } from '../prices/candle-store.js'

/** Display names, where the product has them. */
export interface ProductNames {
  readonly baseName?: string
  readonly quoteName?: string
}

/** A product as `GET /products/{id}` shows it. */
export function toWireProduct(
  product: Product & ProductNames,
  market: Market,
  day: DayStatistics | undefined,
): WireProductInput & Record<string, unknown> {
  const price = market.lastPrice
  const volume = day?.volume
  return {
    product_id: product.productId,
    price: text(price),
    price_percentage_change_24h: price && day ? changePercent(price, day.open) : '',
    volume_24h: text(volume),
    volume_percentage_change_24h: '',
    base_increment: formatDecimal(product.baseIncrement),
    quote_increment: formatDecimal(product.quoteIncrement),
    quote_min_size: formatDecimal(product.quoteMinSize),
    quote_max_size: formatDecimal(product.quoteMaxSize),
    base_min_size: formatDecimal(product.baseMinSize),
    base_max_size: formatDecimal(product.baseMaxSize),
    base_name: product.baseName ?? product.baseCurrency,
    quote_name: product.quoteName ?? product.quoteCurrency,
    watched: false,
    is_disabled: product.isDisabled,
    new: false,
    status: product.status,
    cancel_only: product.cancelOnly,
    limit_only: product.limitOnly,
    post_only: product.postOnly,
    trading_disabled: product.tradingDisabled,
    auction_mode: product.auctionMode,
    product_type: 'SPOT',
    quote_currency_id: product.quoteCurrency,
    base_currency_id: product.baseCurrency,
    fcm_trading_session_details: null,
    mid_market_price: '',
    alias: product.alias ?? '',
    alias_to: [...product.aliasTo],
    base_display_symbol: product.baseCurrency,
    quote_display_symbol: product.quoteCurrency,
    view_only: product.viewOnly,
    price_increment: formatDecimal(product.priceIncrement),
    display_name: product.displayName,
    product_venue: 'CBE',
    approximate_quote_24h_volume: volume && price ? volume.mul(price).toFixed(2) : '',
    new_at: '2023-01-01T00:00:00Z',
    market_cap: '',
    best_bid_price: '',
    best_ask_price: '',
  }
}

/** Change since `open` in percent, 14 decimals as the venue shows it. */
export function changePercent(price: Decimal, open: Decimal): string {
  return formatDecimal(price.div(open).sub(1).mul(100).toDecimalPlaces(14))
}

/** Decimal text, or `""` for what is not known. */
export function text(value: Decimal | undefined): string {
  return value ? formatDecimal(value) : ''
}
