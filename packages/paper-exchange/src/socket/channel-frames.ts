import { formatTimestamp } from '@tidegate/coinbase-wire'
import { type Candle, formatDecimal, type Product, ZERO } from '@tidegate/trading-model'
import type { BookSide } from '../engine/displayed-book.js'
import type { Market, PublicTrade } from '../engine/market.js'
import type { ExchangeContext } from '../http/route.js'
import { toWireTrade } from '../http/routes/market-data.js'
import { changePercent, text } from '../wire/to-wire-product.js'

/** The sides as the level2 channel calls them. */
const sideNames = { bid: 'bid', ask: 'offer' } as const

export interface DirtyLevel {
  readonly side: BookSide
  readonly ticks: number
}

/** Events of one `l2_data` frame: bids from the best down, then offers from the best up, one event time. */
export function levelEvents(
  type: 'snapshot' | 'update',
  market: Market,
  levels: readonly DirtyLevel[],
  nowMs: number,
): string {
  const eventTime = formatTimestamp(nowMs)
  const ordered = [...levels].sort((a, b) =>
    a.side !== b.side ? (a.side === 'bid' ? -1 : 1) : a.side === 'bid' ? b.ticks - a.ticks : a.ticks - b.ticks,
  )
  const updates = ordered.map(({ side, ticks }) => ({
    side: sideNames[side],
    event_time: eventTime,
    price_level: formatDecimal(market.priceOf(ticks)),
    new_quantity: formatDecimal(market.quantityAt(side, ticks)),
  }))
  return JSON.stringify([{ type, product_id: market.bookId, updates }])
}

/** The whole book as one snapshot event. */
export function bookSnapshot(market: Market, nowMs: number): string {
  const levels = (['bid', 'ask'] as const).flatMap((side) => market.levels(side).map(({ ticks }) => ({ side, ticks })))
  return levelEvents('snapshot', market, levels, nowMs)
}

/** Newest first, as the channel sends them. */
export function tradeEvents(type: 'snapshot' | 'update', trades: readonly PublicTrade[]): string {
  const rows = [...trades].reverse().map((trade) => toWireTrade(trade, trade.bookId))
  return JSON.stringify([{ type, trades: rows }])
}

/** Events of one ticker frame; `ticker_batch` has no quotes. */
export function tickerEvents(
  type: 'snapshot' | 'update',
  markets: readonly Market[],
  channel: 'ticker' | 'ticker_batch',
  context: ExchangeContext,
): string {
  const nowMs = context.clock.nowMs()
  const tickers = markets.map((market) => {
    const day = context.candles.day(market.bookId, nowMs)
    const price = market.lastPrice
    const bid = market.best('bid')
    const ask = market.best('ask')
    return {
      type: 'ticker',
      product_id: market.bookId,
      price: text(price),
      volume_24_h: text(day?.volume),
      low_24_h: text(day?.low),
      high_24_h: text(day?.high),
      low_52_w: '',
      high_52_w: '',
      price_percent_chg_24_h: price && day ? changePercent(price, day.open) : '',
      ...(channel === 'ticker'
        ? {
            best_bid: text(bid?.price),
            best_bid_quantity: text(bid?.size),
            best_ask: text(ask?.price),
            best_ask_quantity: text(ask?.size),
          }
        : {}),
    }
  })
  return JSON.stringify([{ type, tickers }])
}

/** Events of one candles frame, newest bucket first. */
export function candleEvents(type: 'snapshot' | 'update', bookId: string, candles: readonly Candle[]): string {
  const rows = [...candles].reverse().map((candle) => ({
    start: String(candle.startMs / 1_000),
    high: formatDecimal(candle.high),
    low: formatDecimal(candle.low),
    open: formatDecimal(candle.open),
    close: formatDecimal(candle.close),
    volume: formatDecimal(candle.volume),
    product_id: bookId,
  }))
  return JSON.stringify([{ type, candles: rows }])
}

/** Events of the status frame: every product. */
export function statusEvents(products: readonly Product[]): string {
  const rows = products.map((product) => ({
    product_type: 'SPOT',
    id: product.productId,
    base_currency: product.baseCurrency,
    quote_currency: product.quoteCurrency,
    base_increment: formatDecimal(product.baseIncrement),
    quote_increment: formatDecimal(product.quoteIncrement),
    display_name: `${product.baseCurrency}/${product.quoteCurrency}`,
    status: product.status,
    status_message: '',
    min_market_funds: formatDecimal(product.quoteMinSize.gt(ZERO) ? product.quoteMinSize : ZERO),
  }))
  return JSON.stringify([{ type: 'snapshot', products: rows }])
}

/** The counter is the server's uptime in seconds, not the connection's. */
export function heartbeatEvents(nowMs: number, startedAtMs: number): string {
  const uptime = Math.max(0, nowMs - startedAtMs) / 1_000
  const stamp = new Date(nowMs).toISOString().replace('T', ' ').replace('Z', '')
  return JSON.stringify([
    { current_time: `${stamp} +0000 UTC m=+${uptime.toFixed(9)}`, heartbeat_counter: Math.floor(uptime) },
  ])
}
