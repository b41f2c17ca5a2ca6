import type { Clock } from '@tidegate/trading-model'
import type { StreamFaults } from './faulty-frames.js'
import { formatErrorFrame, formatFrame } from './frames.js'

/** Twice what a snapshot of the largest books takes. */
export const DEFAULT_MAX_BUFFERED_BYTES = 16 * 1_048_576

/** The server's end of a connection, as far as the hub uses it; a `WebSocket` of ws is one. */
export interface ServerSocket {
  readonly readyState: number
  readonly OPEN: number
  readonly bufferedAmount: number
  send(text: string): void
  close(code?: number, reason?: string): void
  terminate(): void
  on(event: 'message', listener: (data: unknown) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'close', listener: () => void): unknown
}

/** One connection: its sequence, counted over all channels from 0, and what it subscribed to. */
export class SocketSession {
  /** Channel → id as asked for → book whose data answers it. `user` holds the user's id, `heartbeats` itself. */
  readonly subscriptions = new Map<string, Map<string, string>>()
  /** Whose orders the user channel shows: those of its key's portfolio. */
  portfolioId: string | undefined
  /** Product ids that the user channel is limited to; all when empty. */
  userProducts: ReadonlySet<string> = new Set()
  /** Seconds in which nothing was sent. */
  quietSeconds = 0
  private sequence = 0
  private isStalled = false
  private readonly heldBack = new Map<string, string>()

  constructor(
    readonly socket: ServerSocket,
    private readonly clock: Clock,
    private readonly faults: StreamFaults,
    private readonly slowReaders: {
      /** A reader this far behind is cut off rather than fed from an ever longer queue. */
      readonly maxBufferedBytes: number
      readonly onCutOff: (bufferedBytes: number) => void
    },
  ) {}

  has(channel: string): boolean {
    return this.subscriptions.has(channel)
  }

  wants(channel: string, bookId: string): boolean {
    const asked = this.subscriptions.get(channel)
    if (!asked) return false
    for (const book of asked.values()) if (book === bookId) return true
    return false
  }

  books(channel: string): readonly string[] {
    return [...new Set(this.subscriptions.get(channel)?.values())]
  }

  send(channel: string, eventsJson: string): void {
    if (this.isStalled) return
    const held = this.heldBack.get(channel)
    this.heldBack.delete(channel)
    const outcome = this.faults.pass({
      channel,
      eventsJson,
      deliver: (events) => this.deliver(channel, events),
      holdBack: (events) => this.heldBack.set(channel, events),
    })
    if (held !== undefined) this.deliver(channel, held)
    if (outcome === 'skip') this.sequence++
    else if (outcome === 'stall') this.isStalled = true
    else if (outcome === 'close') this.socket.close(1001, 'going away')
  }

  private deliver(channel: string, eventsJson: string): void {
    this.quietSeconds = 0
    this.write(formatFrame(channel, this.clock.nowMs(), this.sequence++, eventsJson))
  }

  sendError(message: string): void {
    if (!this.isStalled) this.write(formatErrorFrame(message))
  }

  /** The whole current state of the connection, after every subscribe and unsubscribe. */
  acknowledge(): void {
    const subscriptions = Object.fromEntries(
      [...this.subscriptions].map(([channel, ids]) => [channel, [...ids.keys()]]),
    )
    this.send('subscriptions', JSON.stringify([{ subscriptions }]))
  }

  private write(text: string): void {
    const { socket, slowReaders } = this
    if (socket.readyState !== socket.OPEN) return
    const bufferedBytes = socket.bufferedAmount
    if (bufferedBytes <= slowReaders.maxBufferedBytes) {
      socket.send(text)
      return
    }
    slowReaders.onCutOff(bufferedBytes)
    // A polite close would wait behind everything that is not being read.
    socket.terminate()
  }
}
