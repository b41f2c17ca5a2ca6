import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** A JSON-RPC message as far as the transport looks into it. */
export interface WireMessage {
  readonly jsonrpc: '2.0'
  readonly id?: string | number
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly [key: string]: unknown
}

/** Longest line that is taken, in UTF-16 units; a longer one ends the connection. */
const MAX_LINE = 10_000_000

export interface LineTransportOptions {
  readonly stdin: Readable
  readonly stdout: Writable
  /** Sees every message before the protocol does and may replace it; `undefined` drops it. */
  readonly inspect?: (message: WireMessage) => WireMessage | undefined
  /** The client closed its end; whoever serves decides when to close ours. */
  readonly onEnd: () => void
}

/**
 * MCP over two streams, one JSON message a line. Unlike the SDK's own it does not drop answers under way when the client
 * closes its end: `printf … | server` gets its replies, and a tool that has begun is answered.
 *
 * Shaped like the SDK's `Transport` without importing it.
 */
export class LineTransport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: WireMessage) => void

  private readonly decoder = new StringDecoder('utf8')
  private rest = ''
  private closed = false
  private ended = false
  private readonly unanswered = new Set<string | number>()
  private idleWaiters: (() => void)[] = []

  constructor(private readonly options: LineTransportOptions) {}

  async start(): Promise<void> {
    const { stdin, stdout } = this.options
    stdin.on('data', this.take)
    stdin.on('end', this.end)
    stdin.on('close', this.end)
    stdin.on('error', this.fail)
    stdout.on('error', this.fail)
    if (stdin.readableEnded || stdin.destroyed) queueMicrotask(this.end)
  }

  /** Resolves when every request that came in has been answered, cancelled, or cannot be answered any more. */
  whenIdle(): Promise<void> {
    if (this.closed || this.unanswered.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.idleWaiters.push(resolve))
  }

  send(message: WireMessage): Promise<void> {
    if (this.closed) return Promise.reject(new Error('The connection is closed'))
    return new Promise((resolve, reject) => {
      this.options.stdout.write(`${JSON.stringify(message)}\n`, (error) => {
        if (message.method === undefined && message.id !== undefined) this.settle(message.id)
        if (error) reject(error)
        else resolve()
      })
    })
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    const { stdin } = this.options
    stdin.off('data', this.take)
    stdin.off('end', this.end)
    stdin.off('close', this.end)
    if (stdin.listenerCount('data') === 0) stdin.pause()
    this.unanswered.clear()
    this.releaseWaiters()
    this.onclose?.()
  }

  private readonly take = (chunk: Buffer | string): void => {
    this.rest += typeof chunk === 'string' ? chunk : this.decoder.write(chunk)
    let from = 0
    for (let at = this.rest.indexOf('\n'); at >= 0 && !this.closed; at = this.rest.indexOf('\n', from)) {
      const line = this.rest.slice(from, at).trim()
      from = at + 1
      if (line !== '') this.read(line)
    }
    this.rest = this.rest.slice(from)
    if (this.rest.length > MAX_LINE) {
      this.rest = ''
      this.fail(new Error(`A line is longer than ${MAX_LINE} characters`))
    }
  }

  private read(line: string): void {
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      this.refuse(-32700, 'Parse error: the line is not JSON')
      return
    }
    if (!isWireMessage(value)) {
      this.refuse(-32600, 'Invalid request: not a JSON-RPC 2.0 message (batches are not part of MCP)')
      return
    }
    const message = this.options.inspect ? this.options.inspect(value) : value
    if (message === undefined) return
    // A subscription stays open for the life of the connection; nobody waits for its answer.
    if (message.method !== undefined && message.id !== undefined && message.method !== 'subscriptions/listen') {
      this.unanswered.add(message.id)
    }
    const cancelled = message.method === 'notifications/cancelled' ? message.params?.['requestId'] : undefined
    if (typeof cancelled === 'string' || typeof cancelled === 'number') this.settle(cancelled)
    this.onmessage?.(message)
  }

  private refuse(code: number, message: string): void {
    this.onerror?.(new Error(message))
    this.options.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } })}\n`)
  }

  private readonly end = (): void => {
    if (this.ended || this.closed) return
    this.ended = true
    const line = (this.rest + this.decoder.end()).trim()
    this.rest = ''
    if (line !== '') this.read(line)
    this.options.onEnd()
  }

  /** A broken pipe or an oversized line: there is nobody left to talk to. */
  private readonly fail = (error: Error): void => {
    if (this.closed) return
    this.onerror?.(error)
    this.unanswered.clear()
    this.releaseWaiters()
    if (!this.ended) {
      this.ended = true
      this.options.onEnd()
    }
  }

  private settle(id: string | number): void {
    this.unanswered.delete(id)
    if (this.unanswered.size === 0) this.releaseWaiters()
  }

  private releaseWaiters(): void {
    const waiters = this.idleWaiters
    this.idleWaiters = []
    for (const waiter of waiters) waiter()
  }
}

function isWireMessage(value: unknown): value is WireMessage {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { jsonrpc, id, method, params } = value as Readonly<Record<string, unknown>>
  if (jsonrpc !== '2.0') return false
  if (id !== undefined && typeof id !== 'string' && typeof id !== 'number') return false
  if (method !== undefined && typeof method !== 'string') return false
  if (params !== undefined && (typeof params !== 'object' || params === null || Array.isArray(params))) return false
  return method !== undefined || 'result' in value || 'error' in value
}
