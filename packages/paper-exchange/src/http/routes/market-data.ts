import {
  formatTimestamp,
  granularityFromWire,
  MAX_CANDLES_PER_REQUEST,
  type WireCandleInput,
  type WireMarketTradeInput,
  type WirePriceBookInput,
} from '@tidegate/coinbase-wire'
import { type Decimal, formatDecimal, GRANULARITY_MS, readDecimal } from '@tidegate/trading-model'
import type { BookSide } from '../../engine/displayed-book.js'
import { type Market, opposite, type PublicTrade } from '../../engine/market.js'
import { text } from '../../wire/to-wire-product.js'
import { type ExchangeContext, type Route, type RouteRequest, v3 } from '../route.js'
import { badRequest } from '../wire-fault.js'
import { findProduct } from './products.js'

function priceBook(
  productId: string,
  market: Market,
  depth: number | undefined,
  nowMs: number,
  group?: Decimal,
): WirePriceBookInput {
  const side = (name: BookSide) => {
    const levels = group ? grouped(market, name, group).slice(0, depth) : market.levels(name, depth)
    return levels.map(({ price, size }) => ({ price: formatDecimal(price), size: formatDecimal(size) }))
  }
  return {
    product_id: productId,
    bids: side('bid'),
    asks: side('ask'),
    time: formatTimestamp(market.dataAtMs ?? nowMs),
  }
}

/** Adds levels up on a coarser grid: bids down, asks up, so that nobody looks better than they are. */
function grouped(market: Market, side: BookSide, group: Decimal): { price: Decimal; size: Decimal }[] {
  const groups: { price: Decimal; size: Decimal }[] = []
  for (const { price, size } of market.levels(side)) {
    const steps = side === 'bid' ? price.div(group).floor() : price.div(group).ceil()
    const at = steps.mul(group)
    const last = groups.at(-1)
    if (last?.price.eq(at)) last.size = last.size.add(size)
    else groups.push({ price: at, size })
  }
  return groups
}

function productBook({ query }: RouteRequest, context: ExchangeContext) {
  const { product, market } = findProduct(query.text('product_id'), context)
  const group = query.text('aggregation_price_increment')
  const step = group === undefined ? undefined : readDecimal(group)
  if (group !== undefined && !step?.gt(0)) throw badRequest('aggregation_price_increment is not a positive decimal')
  const depth = query.count('limit') || undefined
  const bid = market.best('bid')?.price
  const ask = market.best('ask')?.price
  const mid = bid && ask ? bid.add(ask).div(2) : undefined
  const spread = bid && ask ? ask.sub(bid) : undefined
  return {
    pricebook: priceBook(product.productId, market, depth, context.clock.nowMs(), step),
    // A capture shows the mid here, not a trade.
    last: text(mid),
    mid_market: text(mid),
    spread_bps: mid && spread ? formatDecimal(spread.div(mid).mul(10_000).toDecimalPlaces(12)) : '',
    spread_absolute: text(spread),
  }
}

function bestBidAsk({ query }: RouteRequest, context: ExchangeContext) {
  const wanted = query.list('product_ids')
  const ids = wanted.length > 0 ? wanted : context.engine.listProducts().map((product) => product.productId)
  return {
    pricebooks: ids.flatMap((productId) => {
      const market = context.engine.market(productId)
      return market ? [priceBook(productId, market, 1, context.clock.nowMs())] : []
    }),
  }
}

function candles({ parameters, query }: RouteRequest, context: ExchangeContext) {
  const { market } = findProduct(parameters['product_id'], context)
  const granularity = granularityFromWire(query.text('granularity') ?? '')
  if (!granularity) throw badRequest('granularity is not one of ours')
  const startMs = query.seconds('start')
  const endMs = query.seconds('end')
  if (startMs === undefined || endMs === undefined) throw badRequest('start and end are required')
  const stepMs = GRANULARITY_MS[granularity]
  if ((endMs - startMs) / stepMs > MAX_CANDLES_PER_REQUEST) {
    throw badRequest(`number of candles requested should be at most ${MAX_CANDLES_PER_REQUEST}`)
  }
  const now = context.clock.nowMs() + 1
  const found = context.candles.candles(market.bookId, stepMs, startMs, Math.min(endMs, now))
  const limit = Math.min(query.count('limit') || MAX_CANDLES_PER_REQUEST, MAX_CANDLES_PER_REQUEST)
  return {
    candles: found
      .slice(-limit)
      .reverse()
      .map(
        (candle): WireCandleInput => ({
          start: String(candle.startMs / 1_000),
          low: formatDecimal(candle.low),
          high: formatDecimal(candle.high),
          open: formatDecimal(candle.open),
          close: formatDecimal(candle.close),
          volume: formatDecimal(candle.volume),
        }),
      ),
  }
}

/** A print as the wire shows it: `side` is the maker's. */
export function toWireTrade(trade: PublicTrade, productId: string): WireMarketTradeInput {
  return {
    trade_id: String(trade.tradeId),
    product_id: productId,
    price: formatDecimal(trade.price),
    size: formatDecimal(trade.size),
    time: formatTimestamp(trade.atMs),
    side: opposite[trade.aggressor],
  }
}

function marketTrades({ parameters, query }: RouteRequest, context: ExchangeContext) {
  const { product, market } = findProduct(parameters['product_id'], context)
  const startMs = query.seconds('start') ?? 0
  const endMs = query.seconds('end') ?? Number.POSITIVE_INFINITY
  const limit = Math.min(1_000, query.count('limit') || 100)
  const shown = market.trades.filter((trade) => trade.atMs >= startMs && trade.atMs <= endMs).slice(-limit)
  return {
    trades: shown
      .reverse()
      .map((trade) => ({ ...toWireTrade(trade, product.productId), bid: '', ask: '', exchange: 'coinbase' })),
    best_bid: text(market.best('bid')?.price),
    best_ask: text(market.best('ask')?.price),
  }
}

function twice(path: string, verb: string, handle: Route['handle']): readonly Route[] {
  return [
    { method: 'GET', path: `${v3}${path}`, verb, access: 'view', handle },
    { method: 'GET', path: `${v3}/market${path}`, verb, access: 'public', handle },
  ]
}

/** Books, candles and trades; all but `best_bid_ask` also without a key. */
export const marketDataRoutes: readonly Route[] = [
  ...twice('/product_book', 'get-product-book', productBook),
  ...twice('/products/{product_id}/candles', 'get-candles', candles),
  ...twice('/products/{product_id}/ticker', 'get-market-trades', marketTrades),
  { method: 'GET', path: `${v3}/best_bid_ask`, verb: 'get-best-bid-ask', access: 'view', handle: bestBidAsk },
]
