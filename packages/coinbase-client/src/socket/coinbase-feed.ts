import {
  type BookSink,
  type Clock,
  type FeedListeners,
  type FeedStatus,
  type Log,
  type MarketFeed,
  type Metrics,
  type Random,
  type Signer,
  type SocketTransport,
  type Timers,
  VenueAuthError,
  type VenueOrder,
  VenueProtocolError,
} from '@tidegate/trading-model'
import { signSocketToken } from '../auth/sign-jwt.js'
import { checkUrl } from '../http/check-url.js'
import type { Backoff } from '../http/jitter.js'
import { createAliasMap } from './alias-map.js'
import { createBookResync } from './book-resync.js'
import { type Connection, type ConnectionOptions, createConnection, type Subscription } from './connection.js'
import { type ConnectionGate, sharedGate } from './connection-gate.js'
import { createMarketHandlers } from './market-handlers.js'
import { createOrderProgress } from './order-progress.js'
import { readUserOrders } from './parse-frame.js'
import { parseUserOrder } from './parse-user-order.js'

/** The public channels of every product that is asked for. */
const PRODUCT_CHANNELS = ['ticker', 'level2', 'market_trades'] as const

export interface CoinbaseFeedOptions {
  /** `wss://advanced-trade-ws.coinbase.com`, or a paper exchange; plain ws on this machine only. */
  readonly marketUrl: string
  /** `wss://advanced-trade-ws-user.coinbase.com`; the market address serves the user channel too. */
  readonly userUrl: string
  /** Absent: market data only. With it every message carries a fresh token. */
  readonly signer?: Signer | undefined
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly sockets: SocketTransport
  /** Where books go. */
  readonly books: BookSink
  readonly log: Log
  readonly metrics: Metrics
  /** The catalogue's `Product.alias`: the canonical id of an alias. Without it `-USDC` ids are matched by name. */
  readonly aliasOf?: (productId: string) => string | undefined
  /** Venue clock minus ours in ms (`venue.clockSkewMs`): for tokens and latencies. */
  readonly clockSkewMs?: () => number | undefined
  /** No message of any kind for this long ends a connection. @default 5000 */
  readonly silenceMs?: number
  /** How long `subscribe` waits for the venue's answers. @default 15000 */
  readonly ackTimeoutMs?: number
  /** Between attempts to connect. @default { baseMs: 500, maxMs: 30000 } */
  readonly backoff?: Backoff
  /** Subscribe messages a second on one connection. @default 8 */
  readonly messagesPerSecond?: number
  /**
   * A frame read this much later after it was sent than the promptest one ends its connection, because what waits behind it is
   * old. Nothing is queued in this process: frames are handled as they are read. @default 10000
   */
  readonly maxLagMs?: number
  /** Lets at most 8 connections a second and 4 at a time through. @default one for everybody on the same `timers` */
  readonly gate?: ConnectionGate
}

interface Waiter {
  readonly isSettled: () => boolean
  readonly settle: () => void
  readonly fail: (error: Error) => void
}

/**
 * Makes the stream of Coinbase Advanced Trade: one connection for markets, one for our orders, each opened when first asked
 * for. Reconnects and asks for everything again after any close; a gap in the sequence invalidates all books.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID` when an address is not wss outside this machine.
 */
export function createCoinbaseFeed(options: CoinbaseFeedOptions): MarketFeed {
  const { clock, timers, log } = options
  const marketUrl = checkUrl(options.marketUrl, ['wss:', 'ws:'], 'marketUrl')
  const userUrl = checkUrl(options.userUrl, ['wss:', 'ws:'], 'userUrl')
  const listeners = new Set<FeedListeners>()
  const waiters = new Set<Waiter>()
  const wanted = new Set<string>()
  const aliases = createAliasMap(wanted, options.aliasOf)
  /** Per channel and product: what the venue said on the present connection. */
  const answers = new Map<string, 'accepted' | 'unknown'>()
  /** What the venue has delivered at any time, as channel and product. */
  const deliveredBefore = new Set<string>()
  const progress = createOrderProgress()
  let isUserWanted = false
  let isUserAcked = false
  let gaps = 0
  let isClosed = false
  const venueNowMs = () => clock.nowMs() + (options.clockSkewMs?.() ?? 0)
  const tell = (call: (listener: FeedListeners) => void) => {
    for (const listener of listeners) {
      try {
        call(listener)
      } catch (error) {
        // One listener's fault must not cost the others their stream.
        log.error('feed_listener_failed', { error })
      }
    }
  }

  const market = createMarketHandlers({
    books: options.books,
    aliases,
    log,
    metrics: options.metrics,
    venueNowMs,
    onBookFault: ({ venueId, reason }) => {
      // Without a product only a new connection makes sure of all books.
      if (venueId === undefined) marketConnection.restart(reason)
      else resync.ask(venueId, reason)
    },
    onTicker: (ticker, asOfMs) => tell((each) => each.onTicker?.(ticker, asOfMs)),
    onTrade: (trade) => tell((each) => each.onTrade?.(trade)),
  })

  const resync = createBookResync({
    ...options,
    renew: (venueId) => {
      const productIds = aliases.targetsOf(venueId)
      if (productIds.length > 0) marketConnection.renew({ channel: 'level2', productIds }, [venueId, ...productIds])
    },
  })

  const marketConnection = connection({
    name: 'market',
    url: marketUrl.href,
    wanted: () => (wanted.size === 0 ? [] : PRODUCT_CHANNELS.map((channel) => ({ channel, productIds: [...wanted] }))),
    onFrame: market.onFrame,
    onAck: (request, state) => {
      const delivered = new Set(state.get(request.channel) ?? [])
      for (const productId of request.productIds) {
        const canonical = aliases.canonicalOf(productId)
        const isDelivered = delivered.has(productId) || (canonical !== undefined && delivered.has(canonical))
        const what = `${request.channel} ${productId}`
        answers.set(what, isDelivered ? 'accepted' : 'unknown')
        if (isDelivered) deliveredBefore.add(what)
        // A status of "live" would hide that this one did not come back.
        else if (deliveredBefore.delete(what)) tell((each) => each.onGap?.(`${what} is not delivered any more`))
      }
    },
    onRefused: () => {},
    onDown: (reason) => {
      answers.clear()
      market.reset()
      resync.reset()
      options.books.invalidateAll(reason)
    },
  })

  const userConnection = connection({
    name: 'user',
    url: userUrl.href,
    wanted: () => (isUserWanted ? [{ channel: 'user', productIds: [] }] : []),
    onFrame: (frame) => {
      if (frame.channel !== 'user') return
      market.observeLatency(frame)
      const orders = readUserOrders(frame.value)?.map((order) => parseUserOrder(order, frame.sentAtMs))
      for (const order of orders ?? []) if (order) tellOrder(order)
      if (!orders || orders.includes(undefined)) tell((each) => each.onGap?.('an order update could not be read'))
    },
    onAck: (request, state) => {
      if (request.channel !== 'user') return
      if (!state.has('user')) {
        userConnection.restart('the venue did not take the subscription to the user channel')
        return
      }
      const isBack = userConnection.reconnects() > 0 && !isUserAcked
      isUserAcked = true
      if (isBack) tell((each) => each.onGap?.('the user channel is back; orders may have changed meanwhile'))
    },
    onRefused: (request, message) => {
      if (request.channel !== 'user') return
      const error = new VenueAuthError(`Coinbase did not accept the user channel: ${message}`, {
        endpoint: 'user',
        hint: 'check key, permissions and clock',
      })
      for (const waiter of userWaiters) waiter.fail(error)
    },
    onDown: () => {
      isUserAcked = false
    },
  })
  const userWaiters = new Set<Waiter>()

  function connection(
    own: Pick<ConnectionOptions, 'name' | 'url' | 'wanted' | 'onFrame' | 'onAck' | 'onRefused'> & {
      onDown: (reason: string) => void
    },
  ): Connection {
    const { signer, random } = options
    return createConnection({
      ...options,
      ...own,
      backoff: options.backoff ?? { baseMs: 500, maxMs: 30_000 },
      silenceMs: options.silenceMs ?? 5_000,
      messagesPerSecond: options.messagesPerSecond ?? 8,
      maxLagMs: options.maxLagMs ?? 10_000,
      clockSkewMs: () => options.clockSkewMs?.(),
      gate: options.gate ?? sharedGate(options),
      signMessage: signer ? () => signSocketToken({ signer, random, nowMs: venueNowMs() }) : undefined,
      onAck: (request, state) => {
        own.onAck(request, state)
        for (const waiter of waiters) if (waiter.isSettled()) waiter.settle()
      },
      onOpen: tellStatus,
      onDown: (reason, isGap) => {
        if (isGap) gaps++
        own.onDown(reason)
        tell((each) => each.onGap?.(`${own.name}: ${reason}`))
        tellStatus()
      },
    })
  }

  function tellOrder(order: VenueOrder): void {
    const news = progress.advance(order)
    if (news === 'contradiction') {
      log.warn('order_update_contradicts', { order_id: order.orderId, status: order.status })
      tell((each) => each.onGap?.(`an update of order ${order.orderId} contradicts an earlier one`))
    } else if (news === 'late') log.debug('order_update_late', { order_id: order.orderId, status: order.status })
    else tell((each) => each.onOrder?.(news))
  }

  function tellStatus(): void {
    const now = status()
    tell((each) => each.onStatus?.(now))
  }

  function status(): FeedStatus {
    const opened = [marketConnection, userConnection].filter((each) => each.isOpened())
    const times = opened.map((each) => each.lastFrameAtMs()).filter((time) => time !== undefined)
    const lags = opened.map((each) => each.lagMs()).filter((lagMs) => lagMs !== undefined)
    const reconnects = marketConnection.reconnects() + userConnection.reconnects()
    const isLive = opened.length > 0 && opened.every((each) => each.isLive())
    return {
      state: isClosed ? 'closed' : isLive ? 'live' : opened.some((each) => each.isDown()) ? 'down' : 'connecting',
      // The older of the two, so that one silent connection shows.
      lastFrameAtMs: times.length < opened.length || times.length === 0 ? undefined : Math.min(...times),
      reconnects,
      gaps,
      ...(lags.length === 0 ? {} : { lagMs: Math.max(...lags) }),
    }
  }

  function wait(what: string, isSettled: () => boolean, group?: Set<Waiter>): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (then: () => void) => {
        timer.cancel()
        waiters.delete(waiter)
        group?.delete(waiter)
        then()
      }
      const waiter: Waiter = {
        isSettled,
        settle: () => finish(resolve),
        fail: (error) => finish(() => reject(error)),
      }
      const timer = timers.after(options.ackTimeoutMs ?? 15_000, () =>
        waiter.fail(new VenueProtocolError(`Coinbase did not acknowledge ${what} in time`, { endpoint: 'subscribe' })),
      )
      waiters.add(waiter)
      group?.add(waiter)
      if (isSettled()) waiter.settle()
    })
  }

  async function subscribe(
    productIds: readonly string[],
  ): Promise<{ accepted: readonly string[]; unknown: readonly string[] }> {
    refuseWhenClosed()
    const asked = [...new Set(productIds)]
    const added = asked.filter((productId) => !wanted.has(productId))
    for (const productId of added) {
      wanted.add(productId)
      for (const channel of PRODUCT_CHANNELS) answers.delete(`${channel} ${productId}`)
    }
    marketConnection.open()
    if (added.length > 0) {
      const requests: Subscription[] = PRODUCT_CHANNELS.map((channel) => ({ channel, productIds: added }))
      for (const request of requests) marketConnection.ask(request)
      // One stream serves both twins and its snapshot may be long past: only a new connection surely brings one.
      if (hasTwin(added)) marketConnection.restart('a product was added whose book is already on the stream')
    }
    const answersOf = (productId: string) => PRODUCT_CHANNELS.map((channel) => answers.get(`${channel} ${productId}`))
    await wait(asked.join(', '), () =>
      asked.every((productId) => answersOf(productId).every((each) => each !== undefined)),
    )
    const accepted = asked.filter((productId) => answersOf(productId).every((each) => each === 'accepted'))
    const unknown = asked.filter((productId) => !accepted.includes(productId))
    // What the venue does not know is not asked for again after a reconnect.
    for (const productId of unknown) wanted.delete(productId)
    if (unknown.length > 0) log.warn('products_unknown_to_venue', { product_ids: unknown })
    return { accepted, unknown }
  }

  function hasTwin(added: readonly string[]): boolean {
    const isOld = (productId: string | undefined) =>
      productId !== undefined && wanted.has(productId) && !added.includes(productId)
    const oldCanonicals = [...wanted].filter(isOld).map((productId) => aliases.canonicalOf(productId))
    return added.some((productId) => isOld(aliases.canonicalOf(productId)) || oldCanonicals.includes(productId))
  }

  async function subscribeUser(): Promise<void> {
    refuseWhenClosed()
    if (!options.signer) {
      throw new VenueAuthError('The user channel needs an API key and none is configured', { endpoint: 'user' })
    }
    const isNew = !isUserWanted
    isUserWanted = true
    userConnection.open()
    if (isNew) userConnection.ask({ channel: 'user', productIds: [] })
    await wait('the user channel', () => isUserAcked, userWaiters)
  }

  function refuseWhenClosed(): void {
    if (isClosed) throw new VenueProtocolError('The feed is closed', { endpoint: 'subscribe' })
  }

  return {
    subscribe,
    subscribeUser,
    listen: (added) => {
      listeners.add(added)
      return () => listeners.delete(added)
    },
    status,
    close: () => {
      if (isClosed) return
      isClosed = true
      marketConnection.close()
      userConnection.close()
      options.books.invalidateAll('the feed is closed')
      for (const waiter of waiters) waiter.fail(new VenueProtocolError('The feed is closed', { endpoint: 'subscribe' }))
      tellStatus()
      listeners.clear()
    },
  }
}
