import { formatSocketRequest, type SocketChannel } from '@tidegate/coinbase-wire'
import type {
  Clock,
  Log,
  Metrics,
  Random,
  SocketConnection,
  SocketTransport,
  Timer,
  Timers,
} from '@tidegate/trading-model'
import { type Backoff, jitteredDelayMs } from '../http/jitter.js'
import { createTokenBucket } from '../http/token-bucket.js'
import type { ConnectionGate, GateSlot } from './connection-gate.js'
import { createFrameLag, type FrameLag } from './frame-lag.js'
import { type Frame, parseFrame, readAck } from './parse-frame.js'

/** One channel with the products wanted on it; none for `heartbeats` and `user`. */
export interface Subscription {
  readonly channel: SocketChannel
  readonly productIds: readonly string[]
}

interface Request extends Subscription {
  readonly type: 'subscribe' | 'unsubscribe'
  /** What this request brings back after it was given up, by {@link nameOf}. */
  readonly returns?: readonly string[]
}

export type NumberedFrame = Extract<Frame, { kind: 'numbered' }>

export interface ConnectionOptions {
  /** `market` or `user`: label of metrics and logs. */
  readonly name: string
  readonly url: string
  readonly sockets: SocketTransport
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
  readonly backoff: Backoff
  /** No message of any kind for this long ends the connection. */
  readonly silenceMs: number
  /** A frame that is read this long after the venue sent it ends the connection: what follows would be old news. */
  readonly maxLagMs: number
  /** Venue clock minus ours in ms, where measured. */
  readonly clockSkewMs: () => number | undefined
  /** Shared by all connections of the process. */
  readonly gate: ConnectionGate
  readonly messagesPerSecond: number
  /** A fresh token for each message; `undefined` on an unsigned connection. */
  readonly signMessage: (() => Promise<string>) | undefined
  /** Everything that is wanted on a new connection, heartbeats apart. */
  readonly wanted: () => readonly Subscription[]
  readonly onFrame: (frame: NumberedFrame) => void
  /** The venue answered a request; `state` is all that it now delivers, by channel. */
  readonly onAck: (request: Subscription, state: ReadonlyMap<string, readonly string[]>) => void
  /** The venue complained while `request` was under way. */
  readonly onRefused: (request: Subscription, message: string) => void
  readonly onOpen: () => void
  /** The connection is lost and whatever it kept up to date with it; it comes back by itself. */
  readonly onDown: (reason: string, isGap: boolean) => void
}

export interface Connection {
  /** Connects unless it already does. */
  open(): void
  /** Asks for more on a live connection; what is asked for before that goes out when it opens. */
  ask(subscription: Subscription): void
  /**
   * Gives a subscription up and takes it again on a live connection, which makes the venue send a new snapshot.
   *
   * @param names - Under which the venue may list it: their absence in between is no loss.
   */
  renew(subscription: Subscription, names: readonly string[]): void
  /** Drops the connection, if there is one, and opens a new one after the usual wait. */
  restart(reason: string): void
  close(): void
  isLive(): boolean
  /** Asked to connect and not closed for good. */
  isOpened(): boolean
  /** Waiting for the next attempt. */
  isDown(): boolean
  lastFrameAtMs(): number | undefined
  /** Ms from the venue sending the last frame to our reading it. */
  lagMs(): number | undefined
  reconnects(): number
}

/**
 * Keeps one connection: heartbeats first, then everything wanted, again after every close whatever its code. Counts the
 * connection-wide sequence from 0, watches for silence, waits longer after each failure.
 */
export function createConnection(options: ConnectionOptions): Connection {
  const { clock, timers, log, metrics } = options
  let socket: SocketConnection | undefined
  /** In the queue for a place among the process's connections. */
  let queued: GateSlot | undefined
  let generation = 0
  /** The socket is open: requests can be sent. */
  let isConnected = false
  /** The venue has spoken on it. */
  let isLive = false
  let unanswered = 0
  let isClosed = false
  let failures = 0
  let reconnects = 0
  let expectedSequence = 0
  let lastFrameAtMs: number | undefined
  let watchdog: Timer | undefined
  let retry: Timer | undefined
  let downReason: { text: string; isGap: boolean } | undefined
  let awaitingAck: Request[] = []
  /** What is given up for the moment, as channel and name, with how often: its absence is our own doing. */
  let leaving = new Map<string, number>()
  /** What the venue said that it delivers; it has no reason to take any of it back. */
  let delivered: ReadonlyMap<string, readonly string[]> = new Map()
  let lag: FrameLag | undefined
  let sending: Promise<void> = Promise.resolve()
  let pace = createTokenBucket(options, options.messagesPerSecond, 0)

  function connect(): void {
    let hasPlace = false
    const slot = options.gate.enter((place) => {
      hasPlace = true
      queued = undefined
      dial(place)
    })
    if (hasPlace) return
    queued = slot
    log.info('websocket_waits_its_turn', { connection: options.name })
  }

  function dial(place: GateSlot): void {
    const mine = ++generation
    const isMine = () => mine === generation && !isClosed
    isConnected = false
    isLive = false
    unanswered = 0
    expectedSequence = 0
    awaitingAck = []
    leaving = new Map()
    delivered = new Map()
    lag = createFrameLag(options.clockSkewMs)
    sending = Promise.resolve()
    pace = createTokenBucket(options, options.messagesPerSecond, 0)
    downReason = undefined
    lastFrameAtMs = undefined
    watch(mine, clock.nowMs())
    socket = options.sockets.connect(options.url, {
      onOpen: () => {
        if (!isMine()) return
        isConnected = true
        send({ channel: 'heartbeats', productIds: [] })
        for (const subscription of options.wanted()) send(subscription)
      },
      onText: (text) => {
        if (isMine() && !downReason) receive(text)
      },
      onClose: (code, reason) => {
        place.leave()
        if (isMine()) lost(code, reason)
      },
    })
  }

  function send(subscription: Subscription, own: Partial<Request> = {}): void {
    const request: Request = { type: 'subscribe', ...subscription, ...own }
    const mine = generation
    unanswered++
    sending = sending.then(async () => {
      await pace.take(1, false)
      let jwt: string | undefined
      try {
        jwt = await options.signMessage?.()
      } catch (error) {
        if (mine === generation) drop(`could not sign a subscription: ${String(error)}`, false)
        return
      }
      if (mine !== generation || isClosed || downReason) return
      awaitingAck.push(request)
      socket?.send(
        formatSocketRequest({
          type: request.type,
          channel: request.channel,
          productIds: request.productIds,
          ...(jwt === undefined ? {} : { jwt }),
        }),
      )
    })
  }

  function receive(text: string): void {
    lastFrameAtMs = clock.nowMs()
    const frame = parseFrame(text)
    if (frame.kind === 'unreadable') {
      drop(frame.problem, true)
      return
    }
    metrics.count('websocket_messages_received_total', {
      connection: options.name,
      channel: frame.kind === 'error' ? 'error' : frame.channel,
    })
    if (frame.kind === 'error') {
      refused(frame.message)
      return
    }
    if (frame.sequence < expectedSequence) {
      log.debug('late_frame_ignored', {
        connection: options.name,
        sequence: frame.sequence,
        expected: expectedSequence,
      })
      return
    }
    if (frame.sequence > expectedSequence) {
      drop(`frames ${expectedSequence} to ${frame.sequence - 1} are missing`, true)
      return
    }
    expectedSequence++
    if (isBehind(frame)) return
    if (!isLive) {
      isLive = true
      options.onOpen()
    }
    if (frame.channel === 'subscriptions') acknowledged(frame)
    else handle(frame)
  }

  /** Frames wait in the network while we are busy: read too late they are news no more, and only a new snapshot is. */
  function isBehind(frame: NumberedFrame): boolean {
    if (frame.sentAtMs === undefined || !lag) return false
    const behindMs = lag.observe(frame.sentAtMs, clock.nowMs())
    if (frame.channel === 'heartbeats')
      metrics.gauge('websocket_lag_ms', lag.lastMs() ?? 0, { connection: options.name })
    if (behindMs <= options.maxLagMs) return false
    drop(`frames arrive ${behindMs} ms late`, false)
    return true
  }

  function handle(frame: NumberedFrame): void {
    try {
      options.onFrame(frame)
    } catch (error) {
      log.error('frame_handler_failed', { connection: options.name, channel: frame.channel, error })
      drop(`a ${frame.channel} frame could not be handled`, true)
    }
  }

  function acknowledged(frame: NumberedFrame): void {
    const state = readAck(frame.value)
    if (!state) {
      drop('an acknowledgement of unknown shape', false)
      return
    }
    const missing = missingFrom(state, delivered, leaving)
    if (missing) {
      drop(`the venue no longer delivers ${missing}`, true)
      return
    }
    delivered = state
    const mine = generation
    const request = awaitingAck.shift()
    unanswered--
    for (const name of request?.returns ?? []) {
      const left = (leaving.get(name) ?? 0) - 1
      if (left > 0) leaving.set(name, left)
      else leaving.delete(name)
    }
    if (request?.type === 'subscribe') options.onAck(request, state)
    // One answer for several requests would do as well: it holds the whole state.
    for (const other of awaitingAck) {
      if (other.type === 'subscribe' && isCovered(other, state)) options.onAck(other, state)
    }
    // All that was asked for is delivered again: the next failure is a new one.
    if (unanswered === 0 && mine === generation && !downReason) failures = 0
  }

  function refused(message: string): void {
    log.warn('websocket_error', { connection: options.name, error_message: message })
    const request = awaitingAck[0]
    if (request?.type === 'subscribe') options.onRefused(request, message)
    // What is now subscribed is anybody's guess; a new connection makes it certain.
    drop(`the venue complained: ${message}`, false)
  }

  /** Ends the connection from our side; `lost` follows when it is gone. */
  function drop(reason: string, isGap: boolean): void {
    downReason ??= { text: reason, isGap }
    socket?.terminate()
  }

  function lost(code: number, reason: string): void {
    generation++
    watchdog?.cancel()
    socket = undefined
    isConnected = false
    isLive = false
    awaitingAck = []
    const why = downReason ?? { text: `closed with ${code}${reason ? ` (${reason})` : ''}`, isGap: false }
    metrics.count('websocket_disconnections_total', { connection: options.name, code: String(code) })
    const delayMs = jitteredDelayMs(options.random, failures++, options.backoff)
    log.warn('websocket_disconnected', { connection: options.name, code, reason: why.text, retry_in_ms: delayMs })
    retry = timers.after(delayMs, () => {
      retry = undefined
      reconnects++
      connect()
    })
    options.onDown(why.text, why.isGap)
  }

  function watch(mine: number, sinceMs: number): void {
    const idleMs = clock.nowMs() - Math.max(sinceMs, lastFrameAtMs ?? 0)
    if (idleMs >= options.silenceMs) {
      drop(`nothing heard for ${idleMs} ms`, false)
      return
    }
    // A clock that stepped back must not make us wait longer than one silence.
    watchdog = timers.after(Math.min(options.silenceMs, options.silenceMs - idleMs), () => {
      if (mine === generation && !isClosed) watch(mine, sinceMs)
    })
  }

  return {
    open: () => {
      if (!socket && !retry && !queued && !isClosed) connect()
    },
    ask: (subscription) => {
      if (isConnected) send(subscription)
    },
    renew: (subscription, names) => {
      if (!isConnected) return
      const returns = names.map((name) => nameOf(subscription.channel, name))
      for (const name of returns) leaving.set(name, (leaving.get(name) ?? 0) + 1)
      send(subscription, { type: 'unsubscribe' })
      send(subscription, { returns })
    },
    restart: (reason) => {
      if (isConnected) drop(reason, false)
    },
    close: () => {
      isClosed = true
      generation++
      isConnected = false
      isLive = false
      watchdog?.cancel()
      retry?.cancel()
      queued?.leave()
      queued = undefined
      socket?.close(1000)
      socket = undefined
    },
    isLive: () => isLive,
    isOpened: () => (socket !== undefined || retry !== undefined || queued !== undefined) && !isClosed,
    isDown: () => retry !== undefined,
    lastFrameAtMs: () => lastFrameAtMs,
    lagMs: () => (isLive ? lag?.lastMs() : undefined),
    reconnects: () => reconnects,
  }
}

function isCovered({ channel, productIds }: Subscription, state: ReadonlyMap<string, readonly string[]>): boolean {
  const delivered = state.get(channel)
  return delivered !== undefined && productIds.every((productId) => delivered.includes(productId))
}

/** A subscription that was acknowledged before and is not in the present state, unless we gave it up ourselves. */
function missingFrom(
  state: ReadonlyMap<string, readonly string[]>,
  delivered: ReadonlyMap<string, readonly string[]>,
  leaving: ReadonlyMap<string, number>,
): string | undefined {
  for (const [channel, names] of delivered) {
    const now = state.get(channel) ?? []
    const lost = names.find((name) => !now.includes(name) && !leaving.has(nameOf(channel, name)))
    if (lost !== undefined) return `${channel} of ${lost}`
  }
  return undefined
}

function nameOf(channel: string, name: string): string {
  return `${channel} ${name}`
}
