import type { IncomingMessage, ServerResponse } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server'
import type { Log, Principal, Timers } from '@tidegate/trading-model'
import type { SurfaceBackend } from '../backend.js'
import { refuseHttp } from '../serve/http-guard.js'
import { createNoticeQueue, type NoticeQueue } from '../serve/notice-queue.js'
import { createSessionBook, type Session } from '../serve/session-book.js'
import type { SubscriptionHub } from '../serve/subscription-hub.js'
import { buildServer } from './build-server.js'
import type { ServerOptions } from './serve-options.js'
import { withAuth } from './with-auth.js'

export interface LegacySessionOptions {
  readonly served: ServerOptions
  readonly backend: () => Promise<SurfaceBackend>
  readonly hub: SubscriptionHub
  readonly timers: Timers
  readonly newId: () => string
  readonly log: Log
  /** A stream stays open to carry changes: whoever ends `response` ends it. */
  readonly onListen: (request: IncomingMessage, response: ServerResponse) => void
}

/** Sessions of the 2025 protocol over HTTP: only what stays open can be told of changes. */
export interface LegacySessions {
  /**
   * Answers what belongs to a session, or begins one.
   *
   * @returns False for what is answered without: a session that lapsed costs its subscriptions, never a call.
   */
  take(request: IncomingMessage, response: ServerResponse, principal: Principal, body: unknown): Promise<boolean>
  /** Tells the sessions that follow it. */
  changed(uri: string): void
  closeAll(): void
}

interface Open {
  readonly handle: (request: IncomingMessage, response: ServerResponse, body: unknown) => Promise<void>
  readonly followed: Map<string, () => void>
  readonly notices: NoticeQueue
  /** The one stream that carries notices, while it is open. */
  stream: ServerResponse | undefined
  closeStream(): void
  close(): void
}

/** Makes an empty set of sessions. */
export function createLegacySessions(options: LegacySessionOptions): LegacySessions {
  const { hub, log } = options
  const open = new Set<Open>()
  const book = createSessionBook<Open>({
    timers: options.timers,
    newId: options.newId,
    onEnd(session) {
      open.delete(session)
      session.close()
    },
  })

  const begin = (principal: Principal, id: string): Open => {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      onsessionclosed() {
        const session = book.find(principal, id)
        if (session) book.endFor(session)
      },
    })
    const followed = new Map<string, () => void>()
    const server = buildServer('legacy', options.served, principal, options.backend, {
      subscribe(uri) {
        if (!followed.has(uri)) followed.set(uri, hub.acquire(principal, uri))
      },
      unsubscribe(uri) {
        followed.get(uri)?.()
        followed.delete(uri)
        session.notices.drop(uri)
      },
    })
    const connected = server.connect(transport)
    const serve = toNodeHandler(
      {
        async fetch(request, given) {
          const answer = await transport.handleRequest(request, given)
          // What changed while nobody listened is told now that somebody does.
          if (request.method === 'GET' && answer.status === 200) session.notices.flush()
          return answer
        },
      },
      { onerror: (error) => log.error('mcp_http_failed', { error }) },
    )
    const session: Open = {
      followed,
      stream: undefined,
      async handle(request, response, body) {
        await connected
        await serve(withAuth(request, principal), response, body)
      },
      notices: createNoticeQueue({
        reader: () => session.stream,
        send(uri) {
          server.sendResourceUpdated({ uri }).catch((error: unknown) => log.debug('notice_not_sent', { error }))
        },
        cutOff: options.timers,
      }),
      closeStream: () => transport.closeStandaloneSSEStream(),
      close() {
        session.notices.close()
        for (const release of followed.values()) release()
        followed.clear()
        transport.close().catch((error: unknown) => log.debug('session_not_closed', { error }))
        session.stream?.end()
      },
    }
    open.add(session)
    return session
  }

  const serveIn = async (
    { value, use }: Session<Open>,
    request: IncomingMessage,
    response: ServerResponse,
    body: unknown,
  ): Promise<void> => {
    const release = use()
    const isStream = request.method === 'GET' && value.stream === undefined
    response.once('close', () => {
      release()
      if (value.stream !== response) return
      value.stream = undefined
      // Its reader is gone, which the transport would notice with the next thing it writes: then nobody could come back before.
      value.closeStream()
    })
    if (!isStream) return value.handle(request, response, body)
    value.stream = response
    sendHeadersAtOnce(response)
    options.onListen(request, response)
    // Open until the client goes; closing does not wait for it.
    value.handle(request, response, body).catch((error: unknown) => log.error('mcp_http_failed', { error }))
  }

  return {
    async take(request, response, principal, body) {
      const id = request.headers['mcp-session-id']
      if (typeof id !== 'string') {
        const begun = isInitialize(body) ? book.open(principal, (fresh) => begin(principal, fresh)) : undefined
        if (!begun) return false
        await serveIn(begun, request, response, body)
        // One that was refused has no client who could use it.
        if (response.statusCode >= 400) begun.end()
        return true
      }
      const session = book.find(principal, id)
      if (session) {
        await serveIn(session, request, response, body)
        return true
      }
      if (request.method === 'POST' && !book.wasEnded(id)) return false
      refuseHttp(response, 404, -32001, 'Session not found: it has ended. Initialize again.')
      return true
    },
    changed(uri) {
      for (const session of open) if (session.followed.has(uri)) session.notices.push(uri)
    },
    closeAll: () => book.closeAll(),
  }
}

function isInitialize(body: unknown): boolean {
  return typeof body === 'object' && body !== null && (body as { readonly method?: unknown }).method === 'initialize'
}

/** A client waits for the head of its stream; without this it would go out with the first notice. */
function sendHeadersAtOnce(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response)
  response.writeHead = ((...head: Parameters<typeof writeHead>) => {
    writeHead(...head)
    response.flushHeaders()
    return response
  }) as typeof response.writeHead
}
