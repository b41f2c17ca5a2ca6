import { z } from 'zod'
import {
  countText,
  decimalText,
  flag,
  identifier,
  listOf,
  open,
  optionalListOf,
  optionalText,
  text,
} from './primitives.js'

/** A product of `GET /products`. Prices are multiples of `price_increment`, which may differ from `quote_increment`. */
export const productSchema = open({
  product_id: identifier,
  price: decimalText,
  price_percentage_change_24h: decimalText,
  volume_24h: decimalText,
  volume_percentage_change_24h: decimalText,
  base_increment: decimalText,
  quote_increment: decimalText,
  price_increment: decimalText,
  base_min_size: decimalText,
  base_max_size: decimalText,
  quote_min_size: decimalText,
  quote_max_size: decimalText,
  base_name: optionalText,
  quote_name: optionalText,
  base_currency_id: optionalText,
  quote_currency_id: optionalText,
  base_display_symbol: optionalText,
  quote_display_symbol: optionalText,
  display_name: optionalText,
  status: optionalText,
  product_type: optionalText,
  product_venue: optionalText,
  is_disabled: flag,
  trading_disabled: flag,
  cancel_only: flag,
  limit_only: flag,
  post_only: flag,
  auction_mode: flag,
  view_only: flag,
  new: flag,
  watched: flag,
  alias: optionalText,
  alias_to: optionalListOf(text),
  mid_market_price: decimalText,
  approximate_quote_24h_volume: decimalText,
})
export type WireProduct = z.output<typeof productSchema>
export type WireProductInput = z.input<typeof productSchema>

/** `GET /api/v3/brokerage/products` and its public twin. `GET /products/{id}` answers the bare product. */
export const listProductsResponseSchema = z.object({
  products: listOf(productSchema),
  num_products: countText,
  pagination: z
    .object({ prev_cursor: optionalText, next_cursor: optionalText, has_prev: flag, has_next: flag })
    .nullish(),
})
export type WireListProductsInput = z.input<typeof listProductsResponseSchema>

/** One price level. */
export const priceLevelSchema = z.object({ price: decimalText, size: decimalText })

/** Levels of one product: bids descending, asks ascending. */
export const priceBookSchema = z.object({
  product_id: identifier,
  bids: optionalListOf(priceLevelSchema),
  asks: optionalListOf(priceLevelSchema),
  time: optionalText,
})
export type WirePriceBook = z.output<typeof priceBookSchema>
export type WirePriceBookInput = z.input<typeof priceBookSchema>

/** `GET /api/v3/brokerage/product_book`. `last` has been seen to equal the mid; do not take it for a trade. */
export const productBookResponseSchema = z.object({
  pricebook: priceBookSchema,
  last: decimalText,
  mid_market: decimalText,
  spread_bps: decimalText,
  spread_absolute: decimalText,
})
export type WireProductBookInput = z.input<typeof productBookResponseSchema>

/** `GET /api/v3/brokerage/best_bid_ask`. */
export const bestBidAskResponseSchema = z.object({ pricebooks: listOf(priceBookSchema) })

/** A bucket; `start` is in UNIX seconds, `volume` in base units. */
export const candleSchema = z.object({
  start: z.union([z.string(), z.number()]).transform(String),
  low: decimalText,
  high: decimalText,
  open: decimalText,
  close: decimalText,
  volume: decimalText,
})
export type WireCandle = z.output<typeof candleSchema>
export type WireCandleInput = z.input<typeof candleSchema>

/** `GET /api/v3/brokerage/products/{product_id}/candles`: newest first, at most 350, empty buckets absent. */
export const candlesResponseSchema = z.object({ candles: listOf(candleSchema) })

/** A public trade. `side` is the maker's. */
export const marketTradeSchema = open({
  trade_id: identifier,
  product_id: identifier,
  price: decimalText,
  size: decimalText,
  time: optionalText,
  side: text,
})
export type WireMarketTrade = z.output<typeof marketTradeSchema>
export type WireMarketTradeInput = z.input<typeof marketTradeSchema>

/** `GET /api/v3/brokerage/products/{product_id}/ticker`: last trades, newest first. */
export const marketTradesResponseSchema = z.object({
  trades: listOf(marketTradeSchema),
  best_bid: decimalText,
  best_ask: decimalText,
})
export type WireMarketTradesInput = z.input<typeof marketTradesResponseSchema>

/** `GET /api/v3/brokerage/time`. */
export const serverTimeResponseSchema = z.object({
  iso: text,
  epochSeconds: countText,
  epochMillis: countText,
})
