import type { IncomingMessage, ServerResponse } from 'node:http'
import { hostHeaderValidation, originValidation, toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler } from '@modelcontextprotocol/server'
import type { Principal } from '@tidegate/trading-model'
import { refuseHttp, refuseUnauthenticated } from '../serve/http-guard.js'
import type { WireMessage } from '../serve/line-transport.js'
import { narrowListen } from '../serve/narrow-listen.js'
import { readBody } from '../serve/read-body.js'
import { createSubscriptionHub } from '../serve/subscription-hub.js'
import { buildServer } from './build-server.js'
import { createLegacySessions } from './legacy-sessions.js'
import { createReaderBus } from './reader-bus.js'
import { backendOf, type CommonOptions, drain, noLog } from './serve-options.js'
import { principalOf, withAuth } from './with-auth.js'

export interface McpHttpOptions extends CommonOptions {
  /** Who is asking; `undefined` means 401. Asked on every request. */
  readonly authenticate: (request: IncomingMessage) => Principal | undefined | Promise<Principal | undefined>
  /** Host names (no port) that may be addressed. Default: loopback. */
  readonly allowedHosts?: readonly string[]
  /** Host names of browser origins that may call. Default: loopback. A request without Origin passes. */
  readonly allowedOrigins?: readonly string[]
  /** Default 1 MiB. */
  readonly maxBodyBytes?: number
  /**
   * Ids that nobody can guess, for sessions of 2025-era clients; with them, and with timers, such clients can be told of changes.
   * Absent: no sessions. An id opens nothing: every request is authenticated.
   */
  readonly sessionIds?: () => string
  /** An answer stays open to carry changes: whoever ends `response` ends it. */
  readonly onListen?: (request: IncomingMessage, response: ServerResponse) => void
}

export interface McpHttpHandler {
  (request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): Promise<void>
}

/** Streams of changes that one principal may hold open at a time. */
const MAX_LISTENS_EACH = 32
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/**
 * Serves MCP over HTTP (Streamable HTTP), both eras. Nothing but change notices of the 2025 era needs a session, and those are few and
 * end by themselves: a restart breaks no client and nothing leaks.
 *
 * Order of refusals: foreign Host or Origin 403, no or bad token 401 (on loopback too), body too large 413, no JSON 400.
 */
export function createMcpHttpHandler(options: McpHttpOptions): McpHttpHandler {
  const log = options.log ?? noLog
  const backend = backendOf(options)
  const isHostAllowed = hostHeaderValidation([...(options.allowedHosts ?? LOOPBACK)])
  const isOriginAllowed = originValidation([...(options.allowedOrigins ?? LOOPBACK)])
  const maxBodyBytes = options.maxBodyBytes ?? 1_048_576
  const bus = createReaderBus(log, options.timers)
  const hub = createSubscriptionHub({
    backend,
    log,
    ...(options.adminTrades === undefined ? {} : { adminTrades: options.adminTrades }),
    changed(uri) {
      bus.publish({ kind: 'resource_updated', uri })
      sessions?.changed(uri)
    },
  })
  const closingNow = new AbortController()
  const served = { ...options, closing: closingNow.signal }
  const handler = createMcpHandler(
    (context) => buildServer(context.era, served, principalOf(context.authInfo), backend),
    { bus, maxRequestBodySize: maxBodyBytes, onerror: (error) => log.debug('mcp_http', { error }) },
  )
  const serve = toNodeHandler(handler, { onerror: (error) => log.error('mcp_http_failed', { error }) })
  const onListen = options.onListen ?? (() => {})
  const { timers, sessionIds: newId } = options
  const sessions = timers && newId && createLegacySessions({ served, backend, hub, timers, newId, log, onListen })
  const listening = new Map<string, number>()
  const underWay = new Set<Promise<void>>()
  let isClosing = false

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isHostAllowed(request, response) || !isOriginAllowed(request, response)) return
    const principal = await options.authenticate(request)
    if (!principal) return refuseUnauthenticated(request, response)
    const body = request.method === 'POST' ? await readBody(request, maxBodyBytes) : ({ kind: 'none' } as const)
    if (body.kind === 'too_large') {
      return refuseHttp(response, 413, -32000, `The body is larger than ${maxBodyBytes} bytes`, { connection: 'close' })
    }
    if (body.kind === 'bad_json') return refuseHttp(response, 400, -32700, 'Parse error: the body is not JSON')
    let value = body.kind === 'json' ? body.value : undefined
    if (isListen(value)) {
      const streams = listening.get(principal.name) ?? 0
      if (streams >= MAX_LISTENS_EACH) {
        return refuseHttp(response, 429, -32000, `${principal.name} has ${streams} streams open: close one first`)
      }
      const narrowed = narrowListen(value, (uri) => hub.acquire(principal, uri))
      if (response.destroyed) return narrowed.release()
      listening.set(principal.name, streams + 1)
      response.once('close', () => {
        narrowed.release()
        const left = (listening.get(principal.name) ?? 1) - 1
        if (left > 0) listening.set(principal.name, left)
        else listening.delete(principal.name)
      })
      onListen(request, response)
      value = narrowed.message
      // Open until the client goes; closing does not wait for it.
      void bus.forReader(response, () => serve(withAuth(request, principal), response, value))
      return
    }
    if (sessions && !isModern(request) && (await sessions.take(request, response, principal, value))) return
    await serve(withAuth(request, principal), response, value)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (isClosing) return refuseHttp(response, 503, -32000, 'The server is closing', { connection: 'close' })
    const work = answer(request, response).catch((error: unknown) => {
      log.error('mcp_http_failed', { error })
      if (!response.headersSent) refuseHttp(response, 500, -32603, 'Internal error')
      else response.end()
    })
    underWay.add(work)
    await work.finally(() => underWay.delete(work))
  }
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    isClosing = true
    closingNow.abort()
    closing ??= drain(Promise.allSettled(underWay), options).then(() => {
      sessions?.closeAll()
      hub.closeAll()
      return handler.close()
    })
    return closing
  }
  return Object.assign(handle, { close })
}

function isListen(value: unknown): value is WireMessage {
  return typeof value === 'object' && value !== null && (value as WireMessage).method === 'subscriptions/listen'
}

function isModern(request: IncomingMessage): boolean {
  return request.headers['mcp-protocol-version'] === '2026-07-28'
}
