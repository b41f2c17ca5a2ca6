import type { DecimalInput } from '@tidegate/coinbase-wire'
import {
  type Balance,
  type CancelResult,
  type Candle,
  type Clock,
  ConfigError,
  type Decimal,
  type Environment,
  type FeeRates,
  type Fill,
  type FillQuery,
  type Granularity,
  type HttpTransport,
  type KeyPermissions,
  type Log,
  type MarketTrade,
  type Metrics,
  type OrderBook,
  type OrderQuery,
  type OrderTerms,
  type Product,
  type Random,
  type RateBudget,
  type Signer,
  type Timers,
  type Transfer,
  type VenueAck,
  type VenueOrder,
} from '@tidegate/trading-model'
import { getAccount } from './accounts/get-account.js'
import { getKeyPermissions } from './accounts/get-key-permissions.js'
import { type FeeQuery, getTransactionSummary } from './accounts/get-transaction-summary.js'
import { listAccounts } from './accounts/list-accounts.js'
import { listTransfers } from './accounts/list-transfers.js'
import { swapKey } from './auth/swap-key.js'
import { createSwappableSigner, isSwappable } from './auth/swappable-signer.js'
import type { TokenSource } from './auth/token-source.js'
import { checkUrl } from './http/check-url.js'
import { createHttpClient, type HttpClient } from './http/http-client.js'
import type { Backoff } from './http/jitter.js'
import { createVenueClock, type VenueClock } from './http/venue-clock.js'
import { cancelOrders } from './orders/cancel-orders.js'
import { closePosition, type PositionClose } from './orders/close-position.js'
import { type AnyOrder, createOrder } from './orders/create-order.js'
import { getOrder } from './orders/get-order.js'
import { listFills } from './orders/list-fills.js'
import { listOrders } from './orders/list-orders.js'
import { type OrderPreview, previewOrder } from './orders/preview-order.js'
import type { RawTerms } from './orders/raw-order.js'
import { getBestBidAsk } from './products/get-best-bid-ask.js'
import { getCandles } from './products/get-candles.js'
import { getMarketTrades } from './products/get-market-trades.js'
import { getProduct } from './products/get-product.js'
import { getProductBook } from './products/get-product-book.js'
import { getServerTime } from './products/get-server-time.js'
import { iterateProducts, type ProductListQuery } from './products/iterate-products.js'
import { listProducts } from './products/list-products.js'
import { bindVerbs, type RestVerbs } from './rest-verbs.js'

/** What the client works with. Everything that touches the world comes in from outside. */
export interface CoinbaseClientOptions {
  /** `sandbox` is Coinbase's static sandbox: no authentication, few endpoints. */
  readonly environment: Environment
  /** `https://api.coinbase.com`, or a paper exchange; plain http on this machine only. */
  readonly restUrl: string
  /** Absent: public market data only. */
  readonly signer?: Signer | undefined
  /** OAuth access tokens, used instead of a signer on everything but the stream. */
  readonly tokens?: TokenSource | undefined
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly http: HttpTransport
  readonly budget: RateBudget
  readonly log: Log
  readonly metrics: Metrics
  /** For one exchange, connecting included. @default 10000 */
  readonly timeoutMs?: number
  /** Attempts at a read, the first included. @default 3 */
  readonly readAttempts?: number
  /** Between attempts at a read. @default { baseMs: 250, maxMs: 4000 } */
  readonly backoff?: Backoff
}

/** Coinbase Advanced Trade over REST: one function per request, exact decimals in and out. */
export interface CoinbaseClient extends RestVerbs {
  readonly environment: Environment
  createOrder(order: AnyOrder | (() => AnyOrder)): Promise<VenueAck>
  previewOrder(terms: OrderTerms | RawTerms): Promise<OrderPreview>
  closePosition(close: PositionClose): Promise<Omit<VenueAck, 'side'>>
  cancelOrders(orderIds: readonly string[]): Promise<readonly CancelResult[]>
  getOrder(orderId: string): Promise<VenueOrder | undefined>
  listOrders(query?: OrderQuery): Promise<readonly VenueOrder[]>
  listFills(query?: FillQuery): Promise<readonly Fill[]>
  listAccounts(): Promise<readonly Balance[]>
  getAccount(accountId: string): Promise<Balance>
  getTransactionSummary(query?: FeeQuery): Promise<FeeRates>
  getKeyPermissions(): Promise<KeyPermissions>
  /**
   * Puts another key in force without a pause and waits until the old one is out of use; see {@link createSwappableSigner}.
   * Share one swappable signer with the feed, or it keeps the old key.
   *
   * @throws {VenueAuthError} or {ConfigError}: the old key stays in force.
   */
  swapKey(next: Signer): Promise<KeyPermissions>
  listTransfers(limit: number): Promise<readonly Transfer[]>
  listProducts(query?: ProductListQuery): Promise<readonly Product[]>
  iterateProducts(query?: ProductListQuery): AsyncGenerator<Product, void, undefined>
  getProduct(productId: string): Promise<Product | undefined>
  getProductBook(
    productId: string,
    depth: number,
    aggregationIncrement?: DecimalInput,
  ): Promise<{ book: OrderBook; asOfMs: number }>
  getBestBidAsk(productIds?: readonly string[]): Promise<readonly OrderBook[]>
  getCandles(productId: string, granularity: Granularity, startMs: number, endMs: number): Promise<readonly Candle[]>
  getMarketTrades(
    productId: string,
    limit: number,
    window?: { readonly sinceMs?: number; readonly untilMs?: number },
  ): Promise<{ trades: readonly MarketTrade[]; bestBid?: Decimal; bestAsk?: Decimal }>
  getServerTime(): Promise<number>
  /** Measures the venue's clock against ours; after that tokens carry the venue's time. Never throws. */
  measureClock(): Promise<void>
  /** The venue's time as measured. */
  readonly venueClock: VenueClock
}

/**
 * Makes a client for Coinbase Advanced Trade. See {@link createCoinbaseVenue} for the ports the desk works with.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID` when `restUrl` is not https outside this machine.
 *
 * @example
 * const client = createCoinbaseClient({ environment: 'production', restUrl: 'https://api.coinbase.com', ...runtime })
 * const { book } = await client.getProductBook('BTC-USD', 10)
 */
export function createCoinbaseClient(options: CoinbaseClientOptions): CoinbaseClient {
  const { clock, log } = options
  const venueClock = createVenueClock(clock)
  let measuring: Promise<void> | undefined
  const given = options.signer
  const signer = given && !isSwappable(given) ? createSwappableSigner(given) : given
  const client: HttpClient = createHttpClient({
    ...options,
    signer,
    origin: checkUrl(options.restUrl, ['https:', 'http:'], 'restUrl'),
    venueClock,
    measureClock,
    timeoutMs: options.timeoutMs ?? 10_000,
    readAttempts: options.readAttempts ?? 3,
    backoff: options.backoff ?? { baseMs: 250, maxMs: 4_000 },
  })

  function measureClock(): Promise<void> {
    measuring ??= measureOnce().finally(() => {
      measuring = undefined
    })
    return measuring
  }

  async function measureOnce(): Promise<void> {
    let exchange = { sentAtMs: 0, receivedAtMs: 0 }
    try {
      const venueMs = await getServerTime(client, (sentAtMs, receivedAtMs) => {
        exchange = { sentAtMs, receivedAtMs }
      })
      venueClock.observe(venueMs, exchange.sentAtMs, exchange.receivedAtMs)
    } catch (error) {
      // Only told: the call that wanted the time says for itself what its absence means.
      log.warn('clock_not_measured', { reason: String((error as { code?: string }).code ?? error) })
    }
  }

  return {
    ...bindVerbs(client),
    environment: options.environment,
    createOrder: (order) => createOrder(client, clock, order),
    previewOrder: (terms) => previewOrder(client, terms),
    closePosition: (close) => closePosition(client, clock, close),
    cancelOrders: (orderIds) => cancelOrders(client, orderIds),
    getOrder: (orderId) => getOrder(client, orderId),
    listOrders: (query = {}) => listOrders(client, clock, query),
    listFills: (query = {}) => listFills(client, query),
    listAccounts: () => listAccounts(client),
    getAccount: (accountId) => getAccount(client, accountId),
    getTransactionSummary: (query) => getTransactionSummary(client, query),
    getKeyPermissions: () => getKeyPermissions(client),
    swapKey: async (next) => {
      if (!signer || options.tokens) {
        throw new ConfigError('ERR_CONFIG_MISSING', 'There is no key in force that could be swapped', {
          hint: 'give the client a signer from the start',
        })
      }
      return swapKey(client, signer, next, log)
    },
    listTransfers: (limit) => listTransfers(client, limit),
    listProducts: (query) => listProducts(client, log, query),
    iterateProducts: (query) => iterateProducts(client, log, query),
    getProduct: (productId) => getProduct(client, productId),
    getProductBook: (productId, depth, aggregationIncrement) =>
      getProductBook(client, productId, depth, aggregationIncrement),
    getBestBidAsk: (productIds) => getBestBidAsk(client, productIds),
    getCandles: (productId, granularity, startMs, endMs) => getCandles(client, productId, granularity, startMs, endMs),
    getMarketTrades: (productId, limit, window) => getMarketTrades(client, productId, limit, window),
    getServerTime: () => getServerTime(client),
    measureClock,
    venueClock,
  }
}
