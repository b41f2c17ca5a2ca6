import { createCoinbaseFeed, createCoinbaseVenue, createRateBudget } from '@tidegate/coinbase-client'
import { createMarketCache } from '@tidegate/market-cache'
import type { Policy } from '@tidegate/risk-engine'
import { createTradingDesk, type DeskSettings, type ReconcileReport, type TradingDesk } from '@tidegate/trading-desk'
import type { HttpTransport, Ids, Journal, Log, Metrics, Random, SocketTransport } from '@tidegate/trading-model'
import { stubSigner } from '../venue/stub-tokens.js'
import type { Incarnation } from './incarnation.js'

const restUrl = 'http://127.0.0.1:8080'
const wsUrl = 'ws://127.0.0.1:8080'
const measureClockMs = 300_000

const noMetrics: Metrics = { count: () => {}, observe: () => {}, gauge: () => {} }

export interface ProcessParts {
  readonly incarnation: Incarnation
  readonly journal: Journal
  readonly http: HttpTransport
  readonly sockets: SocketTransport
  readonly random: Random
  readonly ids: Ids
  readonly log: Log
  readonly policy: Policy
  readonly settings: Partial<DeskSettings>
  readonly hasStream: boolean
  readonly onReconciled: (report: ReconcileReport) => void
}

/** Client, cache, stream and desk of one process, wired as the gateway wires them. */
export function startProcess(parts: ProcessParts): TradingDesk {
  const { incarnation, journal, random, ids, log } = parts
  const { clock, timers } = incarnation
  const common = { clock, timers, random, log, metrics: noMetrics }
  const venue = createCoinbaseVenue({
    ...common,
    environment: 'paper',
    restUrl,
    signer: stubSigner,
    http: parts.http,
    budget: createRateBudget({ clock, timers }),
  })
  const market = createMarketCache({
    source: venue,
    clock,
    timers,
    log,
    ttl: { productsMs: 3_600_000, tickerMs: 5_000, orderbookMs: 1_000 },
  })
  const feed = parts.hasStream
    ? createCoinbaseFeed({
        ...common,
        marketUrl: wsUrl,
        userUrl: wsUrl,
        signer: stubSigner,
        sockets: parts.sockets,
        books: market,
        clockSkewMs: () => venue.clockSkewMs(),
      })
    : undefined
  feed?.listen({
    onTicker: (ticker, asOfMs) => market.onTicker(ticker, asOfMs),
    onTrade: (trade) => market.onTrade(trade),
  })
  const desk = createTradingDesk({
    environment: 'paper',
    accountId: 'simulated',
    policy: parts.policy,
    dryRun: false,
    journal,
    venue,
    account: venue,
    market,
    ...(feed ? { feed } : {}),
    clock,
    timers,
    ids,
    log,
    metrics: noMetrics,
    settings: parts.settings,
  })
  desk.listen((event) => {
    if (event.type === 'reconciled') parts.onReconciled(event.report)
  })
  timers.every(measureClockMs, () => void venue.measureClock())
  const ready = venue.measureClock().then(() => desk.start())
  ready.catch(() => {
    // A store that fails at this moment ends the process, as the gateway does; whoever supervises it starts it again.
    incarnation.kill('start failed')
  })
  if (feed) {
    market
      .products()
      .then(() => feed.subscribe(['BTC-USD', 'ETH-USD']))
      .catch(() => {})
  }
  return desk
}
