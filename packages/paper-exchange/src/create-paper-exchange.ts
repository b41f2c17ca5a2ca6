import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Decimal, formatDecimal, InputError, type PriceSource, type Product } from '@tidegate/trading-model'
import { CAPTURED_FEE_TIERS, type FeeTier } from './accounts/fee-tiers.js'
import type { Wallet } from './accounts/wallets.js'
import { createExchangeClock, type ExchangeClock } from './clock/exchange-clock.js'
import { type ExchangeControl, openControl, type ResetReport } from './control/control-server.js'
import { ExchangeEngine } from './engine/exchange-engine.js'
import { type FidelityCard, fidelityCard } from './engine/fidelity.js'
import { type Discrepancy, reconcile } from './engine/reconcile.js'
import { DEFAULT_PORTFOLIO, type FillRecord, type OrderRecord } from './engine/records.js'
import { createExchangeWorld } from './exchange-world.js'
import { createFaultQueue, type FaultPlan } from './faults/fault-plan.js'
import { createStateFaults } from './faults/state-faults.js'
import { RateLimiter } from './http/rate-limiter.js'
import { createRequestHandler } from './http/request-handler.js'
import { type ExchangeContext, portfolioOf } from './http/route.js'
import { type ExchangeKey, exchangeKeyOf, generateClientKey, loadOrCreateClientKey } from './keys/exchange-key.js'
import { identityOf, portfolioOfUuid } from './keys/identity.js'
import { createTokenVerifier } from './keys/token-verifier.js'
import type { ExchangePrices, PaperExchangeOptions } from './paper-exchange-options.js'
import { CandleStore } from './prices/candle-store.js'
import { mixText } from './prices/seeded-noise.js'
import { createSyntheticPrices, type PriceHistory } from './prices/synthetic.js'
import { DEFAULT_PRODUCTS, type ListedProduct } from './products.js'
import { createStreamFaults } from './socket/faulty-frames.js'
import { SocketHub } from './socket/socket-hub.js'
import { passGap } from './state/pass-gap.js'
import { memoryStateStore, openStateStore } from './state/state-store.js'
import { type PaperRuntime, systemRuntime } from './system-runtime.js'
import { serverCertificate } from './tls/server-certificate.js'

/** A running exchange. */
export interface PaperExchange {
  /** Base URL for REST clients, e.g. `http://127.0.0.1:41234`. */
  readonly rest: string
  /** URL for WebSocket clients; serves market and user channels. */
  readonly ws: string
  /** The certificate to trust, PEM; with {@link PaperExchangeOptions.tls} only. */
  readonly certificatePem: string | undefined
  /** The same as a file; absent without a folder. */
  readonly certificateFile: string | undefined
  /** With {@link PaperExchangeOptions.controlPort} only. */
  readonly control: Pick<ExchangeControl, 'url' | 'token'> | undefined
  /** The time of the exchange, to be stepped or put wrong. */
  readonly clock: ExchangeClock
  /** CDP key file for clients; absent without a folder. */
  readonly keyFile: string | undefined
  readonly keyName: string
  /** EC P-256, SEC1 PEM. */
  readonly privateKeyPem: string
  readonly portfolioId: string
  /** Of the synthetic market; `undefined` with other prices. */
  readonly seed: number | undefined
  /** Name of the price source; says "synthetic" where it is. */
  readonly priceSource: string
  /** What is listed; a tape may bring its own. */
  readonly products: readonly ListedProduct[]
  readonly faults: FaultPlan
  /** Of a portfolio by its id; of the default one when none is named. */
  balances(portfolioId?: string): readonly Wallet[]
  /** Of all portfolios; copies as of now, oldest first. */
  orders(): readonly OrderRecord[]
  /** Oldest first, each with the evidence that it stands on. */
  fills(): readonly FillRecord[]
  /** Adds everything up again; empty when it reconciles to the last digit. */
  reconcile(): readonly Discrepancy[]
  /** What the fills so far are worth as evidence, and where they are not. Warns above this participation, 10 % by default. */
  fidelity(warnAbovePercent?: number): FidelityCard
  /**
   * Lets another key in, e.g. an Ed25519 one, one without trade permission, or one bound to another portfolio.
   *
   * @throws {InputError} `ERR_INPUT_INVALID` for a portfolio that is not there.
   */
  addKey(key: ExchangeKey): void
  /** Changes a product's trading flags. */
  changeProduct(productId: string, change: Partial<Product>): void
  /**
   * Puts everything back to the start: no order, fill, portfolio or fault is left, the default portfolio has its first balances, products
   * have their first flags, a stepped clock is back where it began and the market begins anew. Ids and public keys go on, except keys of
   * portfolios that are gone. Sockets are closed with 1001, as in a restart: what they knew is gone.
   */
  reset(): ResetReport
  close(): Promise<void>
}

const defaultBalances = { USD: '10000', USDC: '10000' }
const seededTrades = 100

/**
 * Starts an exchange on loopback that speaks Coinbase Advanced Trade's REST and WebSocket protocol, with real matching, real
 * accounts and (unless told otherwise) a synthetic market.
 *
 * @throws {StoreError} `ERR_STORE_CORRUPT` when the folder's state is damaged.
 *
 * @example
 * const exchange = await createPaperExchange({ seed: 7 })
 * // exchange.rest: 'http://127.0.0.1:…', exchange.keyName, exchange.privateKeyPem
 * await exchange.close()
 */
export async function createPaperExchange(options: PaperExchangeOptions = {}): Promise<PaperExchange> {
  const runtime = { ...systemRuntime(), ...definedOnly(options) }
  const { random, ids, disk, log } = runtime
  const host = options.host ?? '127.0.0.1'
  const keyFile = options.folder === undefined ? undefined : `${options.folder}/paper-key.json`
  const store =
    options.folder === undefined
      ? memoryStateStore()
      : openStateStore({ disk, folder: options.folder, clock: runtime.clock, log })
  const { clock, timers } = createExchangeClock(runtime, options.pace, store.lastRecordAtMs)
  const clientKey =
    keyFile === undefined ? generateClientKey(random, ids) : loadOrCreateClientKey({ disk, path: keyFile, random, ids })
  const keys = new Map<string, ExchangeKey>([[clientKey.name, exchangeKeyOf(clientKey)]])
  const identity = identityOf(clientKey.name)
  const seed = options.seed ?? mixText(1, clientKey.name)
  const given = typeof options.prices === 'function' ? options.prices({ clock, timers }) : options.prices
  const products = options.products ?? given?.products ?? DEFAULT_PRODUCTS
  const prices: ExchangePrices = given ?? createSyntheticPrices({ seed, products, clock, timers })
  const startedAtMs = clock.nowMs()
  const candles = new CandleStore(startedAtMs, hasHistory(prices) ? prices : undefined)

  let isReplaying = false
  const listeners: ((event: Parameters<SocketHub['onEvent']>[0]) => void)[] = []
  const engine = new ExchangeEngine({
    state: store.state,
    products,
    clock,
    ids,
    log,
    feeTiers: options.feeTiers ?? (options.feeRates ? [onlyTier(options.feeRates)] : CAPTURED_FEE_TIERS),
    priceSource: prices.name,
    openDelayMs: options.openDelayMs ?? 0,
    cancelDelayMs: options.cancelDelayMs ?? 0,
    editDelayMs: options.editDelayMs ?? 0,
    commit: (effects, atMs) => store.commit(effects, atMs),
    publish: (event) => {
      // What happened in a gap is in the records; nobody is told about it as news.
      if (isReplaying) return
      if (event.kind === 'trade') candles.onTrade(event.trade)
      for (const listener of listeners) listener(event)
    },
  })
  /** The tier of the moment, asked anew each time. */
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
  const endowment = new Map(
    Object.entries(options.initialBalances ?? defaultBalances).map(([currency, text]) => [currency, new Decimal(text)]),
  )
  if (store.state.deposits.length === 0) engine.endow(endowment)
  if (store.lastRecordAtMs !== undefined) {
    isReplaying = true
    const gap = { fromMs: store.lastRecordAtMs, toMs: startedAtMs }
    const { pricesOpened } = store.state
    if (pricesOpened?.source === prices.name) prices.resumeFrom?.(pricesOpened.openedAtMs)
    const passed = passGap(engine, gap, prices.replay)
    isReplaying = false
    if (passed.orderIds.length > 0) log.warn('paper_gap_passed', { ...gap, ...passed })
  }
  const seedMarkets = () => {
    if (!hasHistory(prices)) return
    for (const market of engine.listMarkets()) {
      market.seedTrades(prices.pastTrades(market.bookId, clock.nowMs(), seededTrades))
    }
  }
  seedMarkets()

  const context: ExchangeContext = {
    engine,
    candles,
    identity,
    clock,
    sendClock: { nowMs: () => clock.sentMs() },
    ids,
    fees,
  }
  let hosts: readonly string[] = []
  const tokens =
    options.requireAuth === false
      ? undefined
      : createTokenVerifier({
          mode: options.tokenMode ?? 'lenient',
          // Clients live in real time, however ours passes.
          clock: { nowMs: () => runtime.clock.nowMs() + clock.skewMs },
          venueClock: clock,
          findKey: (name) => keys.get(name),
          hosts: () => hosts,
        })
  const faults = createFaultQueue(
    createStateFaults({
      clock,
      keys,
      product: (productId) => engine.product(productId),
      changeProduct: (productId, change) => engine.changeProduct(productId, change),
    }),
    runtime.timers,
  )
  const hub = new SocketHub({
    context,
    tokens,
    faults: createStreamFaults(faults, context, runtime.timers),
    // Connections live in real time too.
    timers: runtime.timers,
    log,
    subscribeDeadlineMs: options.sockets?.subscribeDeadlineMs ?? 5_000,
    idleMs: options.sockets?.idleMs ?? 90_000,
    maxBufferedBytes: options.sockets?.maxBufferedBytes,
    acknowledgeFirst: options.sockets?.acknowledgeFirst ?? false,
  })
  listeners.push((event) => {
    const isHeldBack = event.kind === 'order' && options.userEvents === 'after-answer'
    if (isHeldBack) runtime.timers.after(options.userEventDelayMs ?? 5, () => hub.onEvent(event))
    else hub.onEvent(event)
  })
  const limits = options.rateLimits ?? { privatePerSecond: 30, publicPerSecond: 10 }
  const certificateFile = options.tls && options.folder !== undefined ? `${options.folder}/paper-cert.pem` : undefined
  const certificate = options.tls
    ? await serverCertificate({
        host,
        clock: runtime.clock,
        random,
        ...(certificateFile === undefined
          ? {}
          : {
              files: { disk, certificate: certificateFile, privateKey: `${options.folder}/paper-cert-key.pem` },
            }),
      })
    : undefined
  const handler = createRequestHandler({
    context,
    tokens,
    faults,
    limiters:
      limits === 'off'
        ? undefined
        : {
            private: new RateLimiter(runtime.clock, limits.privatePerSecond),
            public: new RateLimiter(runtime.clock, limits.publicPerSecond),
          },
    timers: runtime.timers,
    log,
  })
  const server: Server = certificate
    ? createTlsServer({ cert: certificate.certificate, key: certificate.privateKey }, handler)
    : createServer(handler)
  // Longer than clients keep idle connections: a request must not meet a socket that we are just closing.
  server.keepAliveTimeout = 75_000
  hub.attach(server)

  const world = createExchangeWorld({
    engine,
    prices,
    timers,
    log,
    hasDelays: [options.openDelayMs, options.cancelDelayMs, options.editDelayMs].some((ms) => (ms ?? 0) > 0),
    isDurable: store.isDurable,
  })
  world.start()
  const reset = (): ResetReport => {
    world.stop()
    faults.clear()
    hub.restart()
    clock.restart()
    const gone = engine.reset(endowment)
    candles.restart(clock.nowMs())
    for (const [name, key] of keys) if (!engine.hasPortfolio(portfolioOf(key))) keys.delete(name)
    seedMarkets()
    world.start()
    log.warn('paper_exchange_reset', gone)
    return {
      gone,
      balances: Object.fromEntries([...endowment].map(([currency, amount]) => [currency, formatDecimal(amount)])),
    }
  }
  let control: ExchangeControl | undefined
  const stop = async () => {
    world.stop()
    faults.clear()
    await control?.close()
    await hub.close()
    if (server.listening) {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    }
    store.close()
  }
  const port = await listen(server, options.port ?? 0, host).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  // An IPv6 address stands in brackets wherever a port follows.
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
  hosts = [address, `localhost:${port}`, `127.0.0.1:${port}`]
  if (options.controlPort !== undefined) {
    control = await openControl({ faults, clock, reset, random, log, port: options.controlPort }).catch(
      async (error: unknown) => {
        await stop()
        throw error
      },
    )
  }
  for (const fault of options.faults ?? []) faults.next(fault)
  log.info('paper_exchange_started', { host, port, priceSource: prices.name, products: products.length })

  return {
    rest: `${certificate ? 'https' : 'http'}://${address}`,
    ws: `${certificate ? 'wss' : 'ws'}://${address}`,
    certificatePem: certificate?.certificate,
    certificateFile,
    control: control && { url: control.url, token: control.token },
    clock,
    keyFile,
    keyName: clientKey.name,
    privateKeyPem: clientKey.privateKeyPem,
    portfolioId: identity.portfolioId,
    seed: given ? undefined : seed,
    priceSource: prices.name,
    products,
    faults,
    balances: (portfolioId = identity.portfolioId) => {
      const wanted = portfolioOfUuid(identity, portfolioId)
      return engine.hasPortfolio(wanted) ? store.state.walletsOf(wanted).all() : []
    },
    orders: () => [...store.state.orders.values()].map((order) => ({ ...order })),
    fills: () => store.state.fills,
    reconcile: () => reconcile(store.state),
    fidelity: (warnAbovePercent) =>
      fidelityCard(engine, {
        priceSource: prices.name,
        latency: {
          openDelayMs: options.openDelayMs ?? 0,
          cancelDelayMs: options.cancelDelayMs ?? 0,
          editDelayMs: options.editDelayMs ?? 0,
        },
        ...(warnAbovePercent === undefined ? {} : { warnAbovePercent }),
      }),
    addKey: (key) => {
      const { portfolioId: bound, ...rights } = key
      const portfolioId = bound === undefined ? DEFAULT_PORTFOLIO : portfolioOfUuid(identity, bound)
      if (!engine.hasPortfolio(portfolioId)) {
        throw new InputError([
          { field: 'portfolioId', problem: `names no portfolio: ${bound}`, fix: 'Open it first: POST /portfolios' },
        ])
      }
      keys.set(key.name, portfolioId === DEFAULT_PORTFOLIO ? rights : { ...rights, portfolioId })
    },
    changeProduct: (productId, change) => engine.changeProduct(productId, change),
    reset,
    close: stop,
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function onlyTier(rates: NonNullable<PaperExchangeOptions['feeRates']>): FeeTier {
  return {
    name: rates.tier,
    fromVolumeUsd: new Decimal(0),
    takerRate: new Decimal(rates.takerRate),
    makerRate: new Decimal(rates.makerRate),
  }
}

function hasHistory(prices: PriceSource & Partial<PriceHistory>): prices is PriceSource & PriceHistory {
  return prices.candles !== undefined && prices.pastTrades !== undefined
}

/** Given parts of the runtime only: an explicit `undefined` must not hide the default. */
function definedOnly(options: PaperExchangeOptions): Partial<PaperRuntime> {
  const names = ['clock', 'timers', 'random', 'ids', 'disk', 'log'] as const
  return Object.fromEntries(names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]))
}
