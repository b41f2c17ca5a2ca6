import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SurfaceBackend } from '@tidegate/mcp-adapter'
import { type Clock, ConfigError, type Log, type Metrics, type Principal, type Timers } from '@tidegate/trading-model'
import type { Gatekeeper } from '../access/gatekeeper.js'
import type { ApprovalDoor } from '../approvals/approval-door.js'
import type { ControlApi, Endpoint, Health } from '../gateway.js'
import type { Scrubber } from '../secrets/create-scrubber.js'
import { checkCaller } from './check-caller.js'
import { sendJson } from './json-body.js'
import { createRoutes } from './routes.js'
import type { HomeTokens } from './tokens.js'

const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 15_000
const MAX_HEADER_BYTES = 16_384
const MAX_CONNECTIONS = 512
/** How long calls under way may take to finish when the endpoint closes, ms. */
const DRAIN_MS = 1_500

export interface EndpointOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
  readonly maxBodyBytes: number
  /** What is told to whoever opens the endpoint. */
  readonly tokens: Pick<HomeTokens, 'agent' | 'operator'>
  readonly gatekeeper: Gatekeeper
  readonly mcp: SurfaceBackend
  readonly control: ControlApi
  /** `undefined` while this process has no gateway open. */
  readonly approvals: () => ApprovalDoor | undefined
  readonly clock: Clock
  /** Serves one request to `/mcp` as `principal`. An answer that stays open is ended once its token is not valid, after `staysOpen()`. */
  readonly serveMcp: (
    request: IncomingMessage,
    response: ServerResponse,
    principal: Principal,
    staysOpen: () => void,
  ) => Promise<void>
  readonly health: () => Promise<Health>
  readonly metricsText: () => Promise<string>
  /** Masks secrets in every refusal. */
  readonly scrubber: Scrubber
  readonly timers: Timers
  readonly log: Log
  readonly metrics: Metrics
}

/** An endpoint of ours. */
export interface OpenEndpoint extends Endpoint {
  /** Ends streams whose token is not valid for them any more; resolves when they are ended. */
  lookAtStreams(): Promise<void>
}

/**
 * Opens the HTTP endpoint: `/mcp`, `/backend`, `/control`, `/approvals`, `/healthz`, `/metrics`.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID` when host and port cannot be listened on.
 */
export async function openEndpoint(options: EndpointOptions): Promise<OpenEndpoint> {
  let port = options.port
  let isClosing = false
  const routes = createRoutes(options)
  const inFlight = new Set<Promise<void>>()

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader('x-content-type-options', 'nosniff')
    response.on('finish', () => {
      options.metrics.count('http_requests_total', {
        route: routes.nameOf(request),
        status: String(response.statusCode),
      })
    })
    if (isClosing) {
      response.setHeader('connection', 'close')
      sendJson(response, 503, { ok: false, closing: true })
      return
    }
    const refused = checkCaller(request.headers, { ...options, port })
    if (refused !== undefined) {
      options.log.warn('http_caller_refused', {
        why: refused,
        host: request.headers.host,
        origin: request.headers.origin,
      })
      sendJson(response, refused === 'missing host' ? 400 : 403, {
        ok: false,
        error: { code: 'ERR_PERMISSION', message: `Refused: ${refused}` },
      })
      return
    }
    await routes.serve(request, response)
  }

  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: true }, (request, response) => {
    const work = handle(request, response)
      .catch((error: unknown) => {
        options.log.error('http_failed', { route: routes.nameOf(request), error })
        sendJson(response, 500, { ok: false, error: { code: 'ERR_INVARIANT', message: 'Something went wrong inside' } })
      })
      .finally(() => inFlight.delete(work))
    inFlight.add(work)
  })
  server.headersTimeout = HEADERS_TIMEOUT_MS
  server.requestTimeout = REQUEST_TIMEOUT_MS
  server.maxConnections = MAX_CONNECTIONS
  await listen(server, options)
  port = (server.address() as AddressInfo).port
  const url = `http://${reachableHost(options.host)}:${port}`

  return {
    url,
    mcpUrl: `${url}/mcp`,
    agentToken: options.tokens.agent,
    operatorToken: options.tokens.operator,
    lookAtStreams: () => routes.lookAtStreams(),
    async close() {
      if (isClosing) return
      isClosing = true
      routes.endStreams()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await Promise.race([Promise.allSettled(inFlight), options.timers.sleep(DRAIN_MS)])
      server.closeAllConnections()
      await closed
    },
  }
}

/** Where programs on this machine reach us when we listen on `host`. */
function reachableHost(host: string): string {
  if (host === 'localhost' || host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

function listen(server: Server, { host, port }: EndpointOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new ConfigError('ERR_CONFIG_INVALID', `cannot listen on ${host}:${port}: ${error.code ?? error.message}`, {
          hint:
            error.code === 'EADDRINUSE'
              ? 'Another program has the port: choose another with --port'
              : 'Choose another host or port',
          cause: error,
        }),
      )
    })
    // `localhost` may mean only ::1 on some machines; clients are told 127.0.0.1.
    server.listen(port, host === 'localhost' ? '127.0.0.1' : host, () => resolve())
  })
}
