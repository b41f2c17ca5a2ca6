export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs: number
}

export interface HttpResponse {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Text as received; parsing is the caller's. */
  readonly body: string
}

/**
 * Why no response came. `sent: false` only when it is certain that no byte of the request left this process
 * (name lookup, refused connection); everything else may have reached the venue.
 */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  constructor(
    message: string,
    readonly sent: boolean,
    options?: { cause?: unknown },
  ) {
    super(message, options)
  }
}

/** Sends one request, once. Any status is a response; no status is a {@link TransportError}. */
export interface HttpTransport {
  send(request: HttpRequest): Promise<HttpResponse>
}

export interface SocketHandlers {
  onOpen(): void
  onText(text: string): void
  /** Called exactly once, also when opening failed. */
  onClose(code: number, reason: string): void
}

export interface SocketConnection {
  send(text: string): void
  close(code?: number): void
  /** Drops the connection without a handshake; `onClose` still follows. */
  terminate(): void
}

/** Opens WebSockets. */
export interface SocketTransport {
  connect(url: string, handlers: SocketHandlers): SocketConnection
}

/** Signs tokens; the key may live in an HSM or another process. */
export interface Signer {
  /** `organizations/{org}/apiKeys/{key}`: the JWT's `sub` and `kid`. */
  readonly keyName: string
  readonly algorithm: 'ES256' | 'EdDSA'
  /** Raw signature (r‖s for ES256), 64 bytes. */
  sign(data: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** A token bucket that may be shared between processes. */
export interface RateBudget {
  /** Resolves when `weight` may be spent. `urgent` (cancels) uses the reserved share and goes first. */
  take(bucket: 'private' | 'public', weight: number, urgent: boolean): Promise<void>
  /** The venue said "slow down": nothing leaves this bucket for `ms`. */
  pause(bucket: 'private' | 'public', ms: number): void
  /** The venue answered 429: half the rate for `ms`. Optional; a budget without it only pauses. */
  slow?(bucket: 'private' | 'public', ms: number): void
}
