// Not part of the published package: the exchange without servers, for whoever drives it inside one process (tests/simulator) or
// measures its parts (tests/bench).

import type { Clock, Ids, Log, Timers } from '@tidegate/trading-model'
import { CAPTURED_FEE_TIERS } from './accounts/fee-tiers.js'
import type { EngineOptions } from './engine/engine-options.js'
import { ExchangeEngine } from './engine/exchange-engine.js'
import { ExchangeState } from './engine/exchange-state.js'
import type { Effect } from './engine/records.js'
import type { EngineEvent } from './engine/work.js'
import type { Answer } from './http/answer.js'
import { RateLimiter } from './http/rate-limiter.js'
import { createAnswerer, type WireRequest } from './http/request-handler.js'
import type { ExchangeContext } from './http/route.js'
import { identityOf } from './keys/identity.js'
import type { TokenVerifier } from './keys/token-verifier.js'
import { CandleStore } from './prices/candle-store.js'
import type { ListedProduct } from './products.js'
import { SocketHub } from './socket/socket-hub.js'
import type { ServerSocket } from './socket/socket-session.js'

export type { Wallet } from './accounts/wallets.js'
export { ExchangeEngine } from './engine/exchange-engine.js'
export { ExchangeState } from './engine/exchange-state.js'
export { OrderQueue, type Taker } from './engine/matching/order-queue.js'
export { reconcile } from './engine/reconcile.js'
export type { Effect, FillRecord, OrderRecord } from './engine/records.js'
export type { Answer } from './http/answer.js'
export type { WireRequest } from './http/request-handler.js'
export type { ExchangeKey } from './keys/exchange-key.js'
export type { TokenVerifier } from './keys/token-verifier.js'
export type { TokenUse } from './keys/verify-jwt.js'
export { DEFAULT_PRODUCTS, type ListedProduct } from './products.js'
export type { ServerSocket } from './socket/socket-session.js'

export interface InProcessOptions extends Pick<EngineOptions, 'openDelayMs' | 'cancelDelayMs' | 'editDelayMs'> {
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  readonly log: Log
  readonly products: readonly ListedProduct[]
  /** Of the one customer: `organizations/{uuid}/apiKeys/{uuid}`. */
  readonly keyName: string
  readonly tokens: TokenVerifier
  /** Absent: requests are not counted. */
  readonly privatePerSecond?: number
  /** Told of every batch of effects before anybody hears of it. */
  readonly onEffects?: (effects: readonly Effect[]) => void
}

/** The exchange that {@link createPaperExchange} serves, without sockets: engine, routes and stream are called directly. */
export interface InProcessExchange {
  readonly engine: ExchangeEngine
  verbOf(method: string, path: string): string | undefined
  answer(request: WireRequest): Answer
  /** Takes the server's end of an open connection. */
  connect(socket: ServerSocket): void
}

/** @returns An exchange in memory; whoever holds it calls `engine.advance()` as time passes. */
export function createInProcessExchange(options: InProcessOptions): InProcessExchange {
  const { clock, timers, ids, log, products } = options
  const candles = new CandleStore(clock.nowMs(), undefined)
  const listeners: ((event: EngineEvent) => void)[] = []
  const engine = new ExchangeEngine({
    state: new ExchangeState(),
    products,
    clock,
    ids,
    log,
    feeTiers: CAPTURED_FEE_TIERS,
    openDelayMs: options.openDelayMs ?? 0,
    cancelDelayMs: options.cancelDelayMs ?? 0,
    editDelayMs: options.editDelayMs ?? 0,
    commit: (effects) => options.onEffects?.(effects),
    publish: (event) => {
      if (event.kind === 'trade') candles.onTrade(event.trade)
      for (const listener of listeners) listener(event)
    },
  })
  const fees = {
    get tier() {
      return engine.feeTier().name
    },
    get takerRate() {
      return engine.feeTier().takerRate
    },
    get makerRate() {
      return engine.feeTier().makerRate
    },
  }
  const context: ExchangeContext = { engine, candles, identity: identityOf(options.keyName), clock, ids, fees }
  const hub = new SocketHub({
    context,
    tokens: options.tokens,
    faults: {
      pass: ({ eventsJson, deliver }) => {
        deliver(eventsJson)
        return 'sent'
      },
    },
    timers,
    log,
    subscribeDeadlineMs: 5_000,
    idleMs: 90_000,
    acknowledgeFirst: false,
  })
  listeners.push((event) => hub.onEvent(event))
  const perSecond = options.privatePerSecond
  const answerer = createAnswerer({
    context,
    tokens: options.tokens,
    limiters: perSecond
      ? { private: new RateLimiter(clock, perSecond), public: new RateLimiter(clock, perSecond) }
      : undefined,
    log,
  })
  return {
    engine,
    verbOf: (method, path) => answerer.verbOf(method, path),
    answer: (request) => answerer.answer(request),
    connect: (socket) => hub.open(socket),
  }
}
