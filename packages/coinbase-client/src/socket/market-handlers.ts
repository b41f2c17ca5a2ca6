import type { BookSink, Log, MarketTrade, Metrics, Ticker } from '@tidegate/trading-model'
import { parseMarketTrade } from '../products/parse-market-trade.js'
import type { AliasMap } from './alias-map.js'
import { applyBookEvents, type BookFault } from './apply-book-events.js'
import type { NumberedFrame } from './connection.js'
import { readTickers, readTrades } from './parse-frame.js'
import { parseTicker } from './parse-ticker.js'

export interface MarketHandlersOptions {
  readonly books: BookSink
  readonly aliases: AliasMap
  readonly log: Log
  readonly metrics: Metrics
  readonly venueNowMs: () => number
  /** A book on the stream is not what the venue's is any more. */
  readonly onBookFault: (fault: BookFault) => void
  readonly onTicker: (ticker: Ticker, asOfMs: number) => void
  readonly onTrade: (trade: MarketTrade) => void
}

/** Turns the frames of the market connection into books, tickers and trades under the ids that were asked for. */
export function createMarketHandlers(options: MarketHandlersOptions) {
  const { aliases, log } = options
  const snapshots = new Set<string>()
  const lastTradeIds = new Map<string, bigint>()

  function onFrame(frame: NumberedFrame): void {
    observeLatency(frame)
    const asOfMs = frame.sentAtMs ?? options.venueNowMs()
    switch (frame.channel) {
      case 'l2_data': {
        const faults = applyBookEvents(frame.events, {
          sink: options.books,
          targetsOf: (productId) => aliases.targetsOf(productId),
          snapshots,
          asOfMs,
        })
        for (const fault of faults) {
          log.warn('book_invalidated', { reason: fault.reason })
          options.onBookFault(fault)
        }
        return
      }
      case 'ticker':
        onTickers(frame, asOfMs)
        return
      case 'market_trades':
        onTrades(frame)
        return
      default:
        return
    }
  }

  function onTickers(frame: NumberedFrame, asOfMs: number): void {
    const tickers = readTickers(frame.value)
    if (!tickers) log.warn('frame_unreadable', { channel: frame.channel })
    for (const wire of tickers ?? []) {
      for (const productId of aliases.targetsOf(wire.product_id)) {
        const ticker = parseTicker(wire, productId)
        if (ticker) options.onTicker(ticker, asOfMs)
      }
    }
  }

  function onTrades(frame: NumberedFrame): void {
    const trades = readTrades(frame.value)
    if (!trades) log.warn('frame_unreadable', { channel: frame.channel })
    // Sent newest first; told in the order they happened.
    for (const wire of (trades ?? []).toReversed()) {
      if (isOld(wire.product_id, wire.trade_id)) continue
      for (const productId of aliases.targetsOf(wire.product_id)) {
        const trade = parseMarketTrade(wire, productId)
        if (trade) options.onTrade(trade)
      }
    }
  }

  /** Every snapshot repeats trades from before the reconnect; their ids count up per product. */
  function isOld(productId: string, tradeId: string): boolean {
    if (!/^\d{1,18}$/.test(tradeId)) return false
    const id = BigInt(tradeId)
    const last = lastTradeIds.get(productId)
    if (last !== undefined && id <= last) return true
    lastTradeIds.set(productId, id)
    return false
  }

  function observeLatency(frame: NumberedFrame): void {
    if (frame.sentAtMs === undefined) return
    const latencyMs = Math.max(0, options.venueNowMs() - frame.sentAtMs)
    options.metrics.observe('websocket_message_latency_ms', latencyMs, { channel: frame.channel })
  }

  return {
    onFrame,
    observeLatency,
    /** A new connection starts without books. */
    reset: () => snapshots.clear(),
  }
}
