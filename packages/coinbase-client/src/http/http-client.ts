import { ENDPOINTS, type EndpointName, endpointPath } from '@tidegate/coinbase-wire'
import {
  type Clock,
  type Environment,
  type HttpRequest,
  type HttpResponse,
  type HttpTransport,
  type Log,
  type Metrics,
  type Random,
  type RateBudget,
  type Signer,
  type Timers,
  TransportError,
  VenueAuthError,
  VenueError,
  VenueRateLimitError,
  VenueUnavailableError,
} from '@tidegate/trading-model'
import { type BorrowedSigner, isSwappable } from '../auth/swappable-signer.js'
import type { TokenSource } from '../auth/token-source.js'
import { authorizationOf } from './authorization.js'
import { type Backoff, jitteredDelayMs } from './jitter.js'
import { type FailedCall, mapHttpError, mapTransportError, mapUnreadableBody } from './map-http-error.js'
import { formatQuery, type Query } from './query-string.js'
import { rateLimitPauseMs } from './rate-limit-headers.js'
import { readBody } from './read-body.js'
import type { VenueClock } from './venue-clock.js'

/** A schema of coinbase-wire, as far as it is used here. */
interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: { message: string } }
}

export interface Call<T> {
  readonly schema: Schema<T>
  readonly parameters?: Readonly<Record<string, string>>
  readonly query?: Query
  /** Called when the budget has let the request through, right before it is signed; may throw to keep it from leaving. */
  readonly body?: () => unknown
  /** Cancels go first and spend the reserved share of the budget. */
  readonly urgent?: boolean
  /** Signs this one request instead of the client's key: to ask about another key. */
  readonly signer?: Signer
  /** Told when the exchange that succeeded began and ended, in ms since epoch by our clock. */
  readonly onExchange?: (sentAtMs: number, receivedAtMs: number) => void
}

/** How long the rate stays halved after the venue said "slow down", ms. */
const SLOW_AFTER_429_MS = 10_000

/** What the attempts at one call remember of their OAuth tokens. */
interface Credentials {
  token?: string
  /** The token that was answered with 401. */
  refused?: string
}

export interface HttpClientOptions {
  readonly environment: Environment
  /** Origin such as `https://api.coinbase.com`, already checked. */
  readonly origin: URL
  readonly signer: Signer | undefined
  /** OAuth access tokens, used instead of the signer. */
  readonly tokens?: TokenSource | undefined
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly http: HttpTransport
  readonly budget: RateBudget
  readonly log: Log
  readonly metrics: Metrics
  readonly venueClock: VenueClock
  /** Measures the venue's clock again; called after a 401, whose usual cause it is. */
  readonly measureClock: () => Promise<void>
  readonly timeoutMs: number
  /** Attempts at a read, the first included. */
  readonly readAttempts: number
  readonly backoff: Backoff
}

export interface HttpClient {
  /**
   * Sends one request and reads its answer. Reads are tried again on trouble; reads and cancels once more on a 401 with
   * a fresh token; requests that could create or change an order, move money or change a setting are never sent twice.
   */
  call<T>(name: EndpointName, call: Call<T>): Promise<T>
  /** True where the signed twin of a public endpoint can be used. */
  readonly canSign: boolean
}

/** Makes the one place through which every REST request goes. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const usesKey = options.environment !== 'sandbox'

  async function call<T>(name: EndpointName, request: Call<T>): Promise<T> {
    const endpoint = ENDPOINTS[name]
    refuseUnserved(name, options.environment)
    let retriedAuth = false
    const credentials: Credentials = {}
    for (let attempt = 0; ; attempt++) {
      try {
        return await attemptOnce(name, request, credentials)
      } catch (error) {
        if (!(error instanceof VenueError)) throw error
        if (error instanceof VenueRateLimitError) {
          options.budget.slow?.(endpoint.bucket, SLOW_AFTER_429_MS)
          options.budget.pause(endpoint.bucket, error.retryAfterMs)
        }
        if (error.httpStatus === 401 && endpoint.permission !== 'public') {
          // Also after an order's 401, so that its next ticket is signed with the right time.
          await options.measureClock()
          if (endpoint.effect === 'order' || endpoint.effect === 'change' || retriedAuth) throw error
          retriedAuth = true
          if (credentials.token !== undefined) credentials.refused = credentials.token
          continue
        }
        const mayRepeat = endpoint.effect === 'read' && error.isRetryable && attempt + 1 < options.readAttempts
        if (!mayRepeat) throw error
        await options.timers.sleep(jitteredDelayMs(options.random, attempt, options.backoff))
      }
    }
  }

  async function attemptOnce<T>(name: EndpointName, request: Call<T>, credentials: Credentials): Promise<T> {
    const endpoint = ENDPOINTS[name]
    await options.budget.take(endpoint.bucket, endpoint.weight, request.urgent ?? false)
    const key = borrowSigner(name, request)
    try {
      return await exchange(name, request, await buildRequest(name, request, key?.signer, credentials))
    } finally {
      key?.release()
    }
  }

  async function exchange<T>(name: EndpointName, request: Call<T>, wire: HttpRequest): Promise<T> {
    const endpoint = ENDPOINTS[name]
    const failed: FailedCall = { name, effect: endpoint.effect }
    const startedAtMs = options.clock.nowMs()
    let error: VenueError
    let response: HttpResponse | undefined
    try {
      response = await options.http.send(wire)
      const pauseMs = rateLimitPauseMs(response.headers, options.venueClock.nowMs())
      if (pauseMs !== undefined) options.budget.pause(endpoint.bucket, pauseMs)
      const body = response.status >= 200 && response.status < 300 ? readBody(response.body) : undefined
      if (body?.kind === 'json') {
        const read = request.schema.safeParse(body.value)
        if (read.success) {
          measure(name, startedAtMs, String(response.status))
          request.onExchange?.(startedAtMs, options.clock.nowMs())
          return read.data
        }
        error = mapUnreadableBody(response, failed, `a body of another shape: ${firstLine(read.error.message)}`)
      } else {
        error = body ? mapUnreadableBody(response, failed, body.excerpt) : mapHttpError(response, failed)
      }
    } catch (cause) {
      error = mapTransportError(
        cause instanceof TransportError ? cause : new TransportError(String(cause), true, { cause }),
        failed,
      )
    }
    measure(name, startedAtMs, response ? String(response.status) : 'none')
    options.metrics.count('api_errors_total', { endpoint: name, error_code: error.code })
    options.log.error('api_error', {
      error_code: error.code,
      error_message: error.shortMessage,
      endpoint: name,
      request_id: error.context['requestId'] ?? null,
    })
    throw error
  }

  async function buildRequest<T>(
    name: EndpointName,
    request: Call<T>,
    signer: Signer | undefined,
    credentials: Credentials,
  ): Promise<HttpRequest> {
    const { method, permission } = ENDPOINTS[name]
    const path = endpointPath(name, request.parameters)
    const headers: Record<string, string> = { accept: 'application/json' }
    if (path.startsWith('/v2/')) headers['cb-version'] = '2024-11-01'
    // Public answers are cached for about a second at the edge.
    if (permission === 'public') headers['cache-control'] = 'no-cache'
    const needsToken = usesKey && permission !== 'public'
    const { random, venueClock, origin, tokens } = options
    const wire = { name, method, path, host: origin.host }
    // Fetched before the body: an order's latest signing time is checked there, and a token can take its time.
    if (needsToken && !signer) credentials.token = await authorizationOf(tokens, wire, credentials.refused)
    const body = request.body?.()
    if (body !== undefined) headers['content-type'] = 'application/json'
    if (needsToken) {
      const token = signer
        ? await authorizationOf({ signer, random, nowMs: venueClock.nowMs() }, wire)
        : credentials.token
      headers['authorization'] = `Bearer ${token}`
    }
    return {
      method,
      url: `${options.origin.origin}${path}${formatQuery(request.query ?? {})}`,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: options.timeoutMs,
    }
  }

  /** The key that signs this request, in use until its answer is here; none for public requests and OAuth tokens. */
  function borrowSigner<T>(name: EndpointName, request: Call<T>): BorrowedSigner | undefined {
    if (!usesKey || ENDPOINTS[name].permission === 'public') return undefined
    if (request.signer) return { signer: request.signer, release: () => {} }
    if (options.tokens) return undefined
    const { signer } = options
    if (!signer) {
      throw new VenueAuthError(`${name} needs an API key and none is configured`, {
        endpoint: name,
        hint: 'set the key name and secret, or use paper',
      })
    }
    return isSwappable(signer) ? signer.borrow() : { signer, release: () => {} }
  }

  function measure(name: EndpointName, startedAtMs: number, status: string): void {
    options.metrics.count('api_requests_total', { endpoint: name, status })
    options.metrics.observe('api_request_duration_seconds', (options.clock.nowMs() - startedAtMs) / 1000, {
      endpoint: name,
    })
  }

  return { call, canSign: (options.signer ?? options.tokens) !== undefined && usesKey }
}

function refuseUnserved(name: EndpointName, environment: Environment): void {
  if (environment === 'sandbox' && !ENDPOINTS[name].inSandbox) {
    throw new VenueUnavailableError(`Coinbase's static sandbox does not serve ${name}`, {
      endpoint: name,
      hint: 'use the paper environment, which has market data and a whole trade loop',
    })
  }
}

function firstLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 160)
}
