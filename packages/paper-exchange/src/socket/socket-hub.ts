import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { socketRequestSchema, type WireSocketRequest } from '@tidegate/coinbase-wire'
import type { Clock, Log, Timer, Timers } from '@tidegate/trading-model'
import { WebSocketServer } from 'ws'
import type { OrderRecord } from '../engine/records.js'
import type { EngineEvent } from '../engine/work.js'
import { type ExchangeContext, portfolioOf } from '../http/route.js'
import type { TokenVerifier } from '../keys/token-verifier.js'
import { toUserOrder } from '../wire/to-user-order.js'
import { heartbeatEvents } from './channel-frames.js'
import type { StreamFaults } from './faulty-frames.js'
import { MARKET_CHANNELS, type MarketChannel, MarketPublisher } from './market-publisher.js'
import { DEFAULT_MAX_BUFFERED_BYTES, type ServerSocket, SocketSession } from './socket-session.js'

const userBatch = 50
const tickerBatchMs = 5_000
const noPositions = { perpetual_futures_positions: [], expiring_futures_positions: [] }

export interface SocketHubOptions {
  readonly context: ExchangeContext
  /** Absent: everybody sees our orders. */
  readonly tokens: TokenVerifier | undefined
  readonly faults: StreamFaults
  readonly timers: Timers
  readonly log: Log
  /** A connection that has subscribed to nothing by then is closed. */
  readonly subscribeDeadlineMs: number
  /** A connection on which nothing was sent for so long is closed; heartbeats prevent that. */
  readonly idleMs: number
  /** A reader with more than so many unread bytes is cut off; default {@link DEFAULT_MAX_BUFFERED_BYTES}. */
  readonly maxBufferedBytes?: number | undefined
  /** Production sends the snapshot before the acknowledgement; clients must bear both. */
  readonly acknowledgeFirst: boolean
}

/** All WebSocket connections: subscriptions, heartbeats, the user channel; market channels are the publisher's. */
export class SocketHub {
  private readonly sessions = new Set<SocketSession>()
  private readonly publisher: MarketPublisher
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: 1_000_000, perMessageDeflate: false })
  private readonly sendClock: Clock
  private readonly startedAtMs: number
  private ticking: Timer | undefined
  private ticks = 0

  constructor(private readonly options: SocketHubOptions) {
    this.publisher = new MarketPublisher(options.context, this.sessions, options.timers)
    this.sendClock = options.context.sendClock ?? options.context.clock
    this.startedAtMs = this.sendClock.nowMs()
  }

  get connections(): number {
    return this.sessions.size
  }

  /** Answers upgrades on any path. */
  attach(http: Server): void {
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.server.handleUpgrade(request, socket, head, (connection) => this.open(connection))
    })
  }

  onEvent(event: EngineEvent): void {
    if (event.kind === 'order') this.sendOrder(event.order)
    else this.publisher.onEvent(event)
  }

  /** Closes every connection with 1001 and takes new ones: what a restart looks like from outside. */
  restart(): void {
    this.publisher.close()
    for (const { socket } of this.sessions) socket.close(1001, 'going away')
  }

  /** Closes every connection with 1001, as a server that restarts does. */
  async close(): Promise<void> {
    this.ticking?.cancel()
    this.publisher.close()
    const closed = [...this.sessions].map(
      (session) => new Promise<void>((resolve) => session.socket.on('close', () => resolve())),
    )
    for (const { socket } of this.sessions) socket.close(1001, 'going away')
    const impatience = this.options.timers.after(500, () => {
      for (const { socket } of this.sessions) socket.terminate()
    })
    await Promise.all(closed)
    impatience.cancel()
    this.server.close()
  }

  /** Takes an open connection. */
  open(socket: ServerSocket): void {
    const session = new SocketSession(socket, this.sendClock, this.options.faults, {
      maxBufferedBytes: this.options.maxBufferedBytes ?? DEFAULT_MAX_BUFFERED_BYTES,
      onCutOff: (bufferedBytes) => this.options.log.warn('paper_socket_too_slow', { bufferedBytes }),
    })
    this.sessions.add(session)
    this.ticking ??= this.options.timers.every(1_000, () => this.tick())
    const deadline = this.options.timers.after(this.options.subscribeDeadlineMs, () => {
      if (session.subscriptions.size === 0) socket.close(1008, 'no subscription in time')
    })
    socket.on('message', (data) => this.onMessage(session, String(data as Buffer)))
    socket.on('error', (error) => this.options.log.debug('paper_socket_error', { error: error.message }))
    socket.on('close', () => {
      deadline.cancel()
      this.sessions.delete(session)
      if (this.sessions.size > 0) return
      this.ticking?.cancel()
      this.ticking = undefined
      this.publisher.close()
    })
  }

  private onMessage(session: SocketSession, text: string): void {
    const request = readRequest(text)
    if (!request) session.sendError('failure to subscribe')
    else if (request.type === 'unsubscribe') this.unsubscribe(session, request)
    else this.subscribe(session, request)
  }

  private subscribe(session: SocketSession, request: WireSocketRequest): void {
    const { channel } = request
    if (channel !== 'heartbeats' && channel !== 'user' && !isMarketChannel(channel)) {
      // What production answers to a channel it does not know.
      session.sendError('authentication failure')
      return
    }
    if (channel === 'user') {
      const portfolioId = this.portfolioFor(request)
      if (portfolioId === undefined) {
        session.sendError('authentication failure')
        return
      }
      session.portfolioId = portfolioId
    }
    if (this.options.acknowledgeFirst) this.note(session, channel, request, 'acknowledge')
    else this.note(session, channel, request, 'snapshot')
  }

  private note(
    session: SocketSession,
    channel: 'heartbeats' | 'user' | MarketChannel,
    request: WireSocketRequest,
    first: 'acknowledge' | 'snapshot',
  ): void {
    const { engine, identity } = this.options.context
    const known = session.subscriptions.get(channel) ?? new Map<string, string>()
    const added: string[] = []
    if (channel === 'heartbeats') known.set('heartbeats', 'heartbeats')
    else if (channel === 'user') {
      known.set(identity.userId, identity.userId)
      session.userProducts = new Set(request.product_ids.filter((productId) => engine.product(productId)))
    } else {
      const all = engine.listMarkets().map((market) => market.bookId)
      for (const productId of request.product_ids.length > 0 ? request.product_ids : all) {
        const bookId = engine.market(productId)?.bookId
        if (bookId === undefined) continue
        known.set(productId, bookId)
        added.push(bookId)
      }
    }
    if (known.size > 0) session.subscriptions.set(channel, known)
    if (first === 'acknowledge') session.acknowledge()
    if (channel === 'user') this.sendUserSnapshot(session)
    else if (channel !== 'heartbeats') this.publisher.snapshot(session, channel, [...new Set(added)])
    if (first === 'snapshot') session.acknowledge()
  }

  private unsubscribe(session: SocketSession, { channel, product_ids: productIds }: WireSocketRequest): void {
    const known = session.subscriptions.get(channel)
    if (productIds.length === 0 || channel === 'user' || channel === 'heartbeats') session.subscriptions.delete(channel)
    else for (const productId of productIds) known?.delete(productId)
    if (known?.size === 0) session.subscriptions.delete(channel)
    session.acknowledge()
  }

  /** The portfolio that a subscription's key is bound to; `undefined` for a key that may not look. */
  private portfolioFor(request: WireSocketRequest): string | undefined {
    const { tokens, log } = this.options
    if (!tokens) return portfolioOf(undefined)
    const result = request.jwt ? tokens.verify(request.jwt, { kind: 'socket' }) : { refusal: 'no jwt' }
    if ('key' in result) return result.key.canView ? portfolioOf(result.key) : undefined
    log.warn('paper_socket_unauthorized', { channel: request.channel, why: result.refusal })
    return undefined
  }

  /** Open orders in batches of 50; a smaller batch, possibly empty, ends it. */
  private sendUserSnapshot(session: SocketSession): void {
    const orders = [...this.options.context.engine.state.live.values()].filter((order) => concerns(session, order))
    for (let from = 0; from <= orders.length; from += userBatch) {
      const batch = orders.slice(from, from + userBatch)
      session.send('user', this.userEvents('snapshot', batch))
    }
  }

  private sendOrder(order: OrderRecord): void {
    let json: string | undefined
    for (const session of this.sessions) {
      if (!session.has('user') || !concerns(session, order)) continue
      json ??= this.userEvents('update', [order])
      session.send('user', json)
    }
  }

  private userEvents(type: 'snapshot' | 'update', orders: readonly OrderRecord[]): string {
    const rows = orders.map((order) => toUserOrder(order, this.options.context.identity))
    return JSON.stringify([{ type, orders: rows, positions: noPositions }])
  }

  private tick(): void {
    this.ticks++
    const beat = heartbeatEvents(this.sendClock.nowMs(), this.startedAtMs)
    for (const session of this.sessions) {
      if (session.has('heartbeats')) session.send('heartbeats', beat)
      else if (++session.quietSeconds * 1_000 > this.options.idleMs) session.socket.close(1000, 'idle')
    }
    this.publisher.sendCandles()
    if (this.ticks % (tickerBatchMs / 1_000) === 0) this.publisher.sendTickerBatches()
  }
}

function concerns(session: SocketSession, order: OrderRecord): boolean {
  if (order.portfolioId !== session.portfolioId) return false
  return session.userProducts.size === 0 || session.userProducts.has(order.terms.productId)
}

function isMarketChannel(channel: string): channel is MarketChannel {
  return (MARKET_CHANNELS as readonly string[]).includes(channel)
}

function readRequest(text: string): WireSocketRequest | undefined {
  try {
    const read = socketRequestSchema.safeParse(JSON.parse(text))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}
