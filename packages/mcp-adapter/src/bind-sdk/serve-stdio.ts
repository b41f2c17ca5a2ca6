import type { Readable, Writable } from 'node:stream'
import type { Server } from '@modelcontextprotocol/server'
import { type ServeStdioOptions, serveStdio } from '@modelcontextprotocol/server/stdio'
import type { Principal } from '@tidegate/trading-model'
import { LineTransport } from '../serve/line-transport.js'
import { narrowListen } from '../serve/narrow-listen.js'
import { createNoticeQueue } from '../serve/notice-queue.js'
import { createSubscriptionHub } from '../serve/subscription-hub.js'
import { buildServer } from './build-server.js'
import { backendOf, type CommonOptions, drain, noLog } from './serve-options.js'

export interface McpStdioOptions extends CommonOptions {
  readonly principal: Principal
  readonly stdin?: Readable
  readonly stdout?: Writable
}

export interface McpStdioServer {
  /** Resolves when the connection is over, whoever ended it. Tools that have begun may still be at work in the desk. */
  readonly closed: Promise<void>
  close(): Promise<void>
}

/**
 * Serves MCP over two streams, 2025-era `initialize` and 2026-07-28 `server/discover` alike.
 *
 * > [!WARNING]
 * > Nothing else may write to `stdout`.
 */
export function serveMcpStdio(options: McpStdioOptions): McpStdioServer {
  const log = options.log ?? noLog
  const backend = backendOf(options)
  const stdout = options.stdout ?? process.stdout
  let current: Server | undefined
  const notices = createNoticeQueue({
    reader: () => stdout,
    send(uri) {
      current?.sendResourceUpdated({ uri }).catch((error: unknown) => log.debug('notice_not_sent', { error }))
    },
  })
  const hub = createSubscriptionHub({
    backend,
    log,
    ...(options.adminTrades === undefined ? {} : { adminTrades: options.adminTrades }),
    changed: (uri) => notices.push(uri),
  })
  const closingNow = new AbortController()
  const served = { ...options, closing: closingNow.signal }
  const listens = new Map<string | number, () => void>()
  let announceClosed: () => void = () => {}
  const closed = new Promise<void>((resolve) => {
    announceClosed = resolve
  })

  const transport = new LineTransport({
    stdin: options.stdin ?? process.stdin,
    stdout,
    onEnd: () => void close(),
    // The SDK answers `subscriptions/listen` itself and tells nobody which URIs were asked for.
    inspect(message) {
      if (message.method === 'notifications/cancelled') stopListening(message.params?.['requestId'])
      if (message.method !== 'subscriptions/listen' || message.id === undefined) return message
      const narrowed = narrowListen(message, (uri) => hub.acquire(options.principal, uri))
      stopListening(message.id)
      listens.set(message.id, narrowed.release)
      return narrowed.message
    },
  })
  const stopListening = (id: unknown): void => {
    if (typeof id !== 'string' && typeof id !== 'number') return
    listens.get(id)?.()
    listens.delete(id)
  }

  const legacySubscriptions = new Map<string, () => void>()
  const handle = serveStdio(
    (context) => {
      current = buildServer(context.era, served, options.principal, backend, {
        subscribe(uri) {
          if (!legacySubscriptions.has(uri)) legacySubscriptions.set(uri, hub.acquire(options.principal, uri))
        },
        unsubscribe(uri) {
          legacySubscriptions.get(uri)?.()
          legacySubscriptions.delete(uri)
        },
      })
      return current
    },
    {
      transport: transport as unknown as NonNullable<ServeStdioOptions['transport']>,
      onerror: (error) => log.debug('mcp_stdio', { error }),
    },
  )
  const sdkOnClose = transport.onclose
  transport.onclose = () => {
    notices.close()
    hub.closeAll()
    sdkOnClose?.()
    announceClosed()
  }

  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closingNow.abort()
    closing ??= drain(transport.whenIdle(), options).then(() => handle.close())
    return closing
  }
  return { closed, close }
}
