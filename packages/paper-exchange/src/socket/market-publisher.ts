import type { Timers } from '@tidegate/trading-model'
import type { Market, PublicTrade } from '../engine/market.js'
import type { EngineEvent } from '../engine/work.js'
import type { ExchangeContext } from '../http/route.js'
import { Batcher } from './batcher.js'
import {
  bookSnapshot,
  candleEvents,
  type DirtyLevel,
  levelEvents,
  statusEvents,
  tickerEvents,
  tradeEvents,
} from './channel-frames.js'
import type { SocketSession } from './socket-session.js'

/** Market channels by subscription name. */
export const MARKET_CHANNELS = ['ticker', 'ticker_batch', 'level2', 'market_trades', 'candles', 'status'] as const
export type MarketChannel = (typeof MARKET_CHANNELS)[number]

const frameNames: Readonly<Record<MarketChannel, string>> = {
  ticker: 'ticker',
  ticker_batch: 'ticker_batch',
  level2: 'l2_data',
  market_trades: 'market_trades',
  candles: 'candles',
  status: 'status',
}
const fiveMinutesMs = 300_000
const snapshotTrades = 100
const snapshotCandles = 12

/** Turns what the engine tells into the market channels' frames, each at its own pace. Nothing is formatted that nobody wants. */
export class MarketPublisher {
  private readonly levels: Batcher<DirtyLevel>
  private readonly trades: Batcher<PublicTrade>
  private readonly tickers: Batcher<true>

  constructor(
    private readonly context: ExchangeContext,
    private readonly sessions: ReadonlySet<SocketSession>,
    timers: Timers,
  ) {
    this.levels = new Batcher(timers, 50, (bookId, items) => this.sendLevels(bookId, items))
    this.trades = new Batcher(timers, 250, (bookId, items) =>
      this.broadcast('market_trades', bookId, () => tradeEvents('update', items)),
    )
    this.tickers = new Batcher(timers, 50, (bookId) =>
      this.broadcast('ticker', bookId, (market) => tickerEvents('update', [market], 'ticker', this.context)),
    )
  }

  onEvent(event: EngineEvent): void {
    if (event.kind === 'level' && this.isWanted('level2', event.bookId)) {
      this.levels.add(event.bookId, { side: event.side, ticks: event.ticks })
    } else if (event.kind === 'trade') {
      const { bookId } = event.trade
      if (this.isWanted('market_trades', bookId)) this.trades.add(bookId, event.trade)
      if (this.isWanted('ticker', bookId)) this.tickers.add(bookId, true)
    }
  }

  snapshot(session: SocketSession, channel: MarketChannel, bookIds: readonly string[]): void {
    const markets = bookIds.flatMap((bookId) => this.context.engine.market(bookId) ?? [])
    if (channel === 'status') {
      session.send('status', statusEvents(this.context.engine.listProducts()))
      return
    }
    for (const market of markets) session.send(frameNames[channel], this.snapshotOf(channel, market))
  }

  /** `ticker_batch` of every session that wants it. */
  sendTickerBatches(): void {
    for (const session of this.sessions) {
      const markets = session.books('ticker_batch').flatMap((bookId) => this.context.engine.market(bookId) ?? [])
      if (markets.length === 0) continue
      session.send('ticker_batch', tickerEvents('update', markets, 'ticker_batch', this.context))
    }
  }

  /** The current five-minute bucket of every book that somebody watches. */
  sendCandles(): void {
    for (const market of this.context.engine.listMarkets()) {
      this.broadcast('candles', market.bookId, () =>
        candleEvents('update', market.bookId, this.recentCandles(market, 1)),
      )
    }
  }

  close(): void {
    this.levels.clear()
    this.trades.clear()
    this.tickers.clear()
  }

  private snapshotOf(channel: Exclude<MarketChannel, 'status'>, market: Market): string {
    switch (channel) {
      case 'level2':
        return bookSnapshot(market, this.context.clock.nowMs())
      case 'market_trades':
        return tradeEvents('snapshot', market.trades.slice(-snapshotTrades))
      case 'candles':
        return candleEvents('snapshot', market.bookId, this.recentCandles(market, snapshotCandles))
      case 'ticker':
      case 'ticker_batch':
        return tickerEvents('snapshot', [market], channel, this.context)
    }
  }

  private recentCandles(market: Market, count: number) {
    const nowMs = this.context.clock.nowMs()
    const current = Math.floor(nowMs / fiveMinutesMs) * fiveMinutesMs
    const from = current - (count - 1) * fiveMinutesMs
    return this.context.candles.candles(market.bookId, fiveMinutesMs, from, nowMs + 1)
  }

  private sendLevels(bookId: string, items: readonly DirtyLevel[]): void {
    const unique = new Map(items.map((item) => [`${item.side}${item.ticks}`, item]))
    this.broadcast('level2', bookId, (market) =>
      levelEvents('update', market, [...unique.values()], this.context.clock.nowMs()),
    )
  }

  private isWanted(channel: MarketChannel, bookId: string): boolean {
    for (const session of this.sessions) if (session.wants(channel, bookId)) return true
    return false
  }

  /** Formats once, sends to all who want it. */
  private broadcast(channel: MarketChannel, bookId: string, format: (market: Market) => string): void {
    const market = this.context.engine.market(bookId)
    let json: string | undefined
    for (const session of this.sessions) {
      if (!market || !session.wants(channel, bookId)) continue
      json ??= format(market)
      session.send(frameNames[channel], json)
    }
  }
}
