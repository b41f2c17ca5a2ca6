import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable, Writable } from 'node:stream'
import {
  hostHeaderValidation,
  type NodeIncomingMessageLike,
  originValidation,
  toNodeHandler,
} from '@modelcontextprotocol/node'
import {
  type AuthInfo,
  createMcpHandler,
  InMemoryServerEventBus,
  type McpRequestContext,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
} from '@modelcontextprotocol/server'
import { type ServeStdioOptions, serveStdio } from '@modelcontextprotocol/server/stdio'
import { BaseError, type Log, type Principal, type Timers } from '@tidegate/trading-model'
import type { Json, JsonObject, SurfaceBackend, ToolOutcome } from './backend.js'
import { refuseHttp, refuseUnauthenticated } from './serve/http-guard.js'
import { LineTransport, type WireMessage } from './serve/line-transport.js'
import { narrowListen } from './serve/narrow-listen.js'
import { offerDecline } from './serve/offer-decline.js'
import { readBody } from './serve/read-body.js'
import { createSubscriptionHub } from './serve/subscription-hub.js'
import { toolsByName, wireLists } from './serve/wire-lists.js'
import { describeError, toToolResult } from './to-tool-result.js'

/** How the server introduces itself. */
export interface ServerInfo {
  readonly name: string
  readonly version: string
  readonly title?: string
}

interface CommonOptions {
  /** What answers, or a promise of it: `initialize` and the lists never wait for it. Asked for again after a failure. */
  readonly backend: SurfaceBackend | (() => Promise<SurfaceBackend>)
  readonly serverInfo: ServerInfo
  readonly instructions?: string
  readonly adminTrades?: boolean
  readonly log?: Log
  /** With timers, closing waits for answers under way, at most `drainMs`; without them it does not wait. */
  readonly timers?: Timers
  /** Default 1000. */
  readonly drainMs?: number
}

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

export interface McpHttpOptions extends CommonOptions {
  /** Who is asking; `undefined` means 401. Asked on every request. */
  readonly authenticate: (request: IncomingMessage) => Principal | undefined | Promise<Principal | undefined>
  /** Host names (no port) that may be addressed. Default: loopback. */
  readonly allowedHosts?: readonly string[]
  /** Host names of browser origins that may call. Default: loopback. A request without Origin passes. */
  readonly allowedOrigins?: readonly string[]
  /** Default 1 MiB. */
  readonly maxBodyBytes?: number
}

export interface McpHttpHandler {
  (request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): Promise<void>
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']
const LISTS_TTL_MS = 300_000
/** How long a person may take to decline an order that waits. */
const DECLINE_MS = 120_000
const noLog: Log = { debug() {}, info() {}, warn() {}, error() {} }

/**
 * Serves MCP over two streams, 2025-era `initialize` and 2026-07-28 `server/discover` alike.
 *
 * > [!WARNING]
 * > Nothing else may write to `stdout`.
 */
export function serveMcpStdio(options: McpStdioOptions): McpStdioServer {
  const log = options.log ?? noLog
  const backend = backendOf(options)
  let current: Server | undefined
  const hub = createSubscriptionHub({
    backend,
    log,
    ...(options.adminTrades === undefined ? {} : { adminTrades: options.adminTrades }),
    changed(uri) {
      current?.sendResourceUpdated({ uri }).catch((error: unknown) => log.debug('notice_not_sent', { error }))
    },
  })
  const listens = new Map<string | number, () => void>()
  let announceClosed: () => void = () => {}
  const closed = new Promise<void>((resolve) => {
    announceClosed = resolve
  })

  const transport = new LineTransport({
    stdin: options.stdin ?? process.stdin,
    stdout: options.stdout ?? process.stdout,
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
      current = buildServer(context.era, options, options.principal, backend, {
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
    hub.closeAll()
    sdkOnClose?.()
    announceClosed()
  }

  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= drain(transport.whenIdle(), options).then(() => handle.close())
    return closing
  }
  return { closed, close }
}

/**
 * Serves MCP over HTTP (Streamable HTTP), both eras, without sessions: a restart breaks no client and nothing leaks.
 *
 * Order of refusals: foreign Host or Origin 403, no or bad token 401 (on loopback too), body too large 413, no JSON 400.
 */
export function createMcpHttpHandler(options: McpHttpOptions): McpHttpHandler {
  const log = options.log ?? noLog
  const backend = backendOf(options)
  const isHostAllowed = hostHeaderValidation([...(options.allowedHosts ?? LOOPBACK)])
  const isOriginAllowed = originValidation([...(options.allowedOrigins ?? LOOPBACK)])
  const maxBodyBytes = options.maxBodyBytes ?? 1_048_576
  const bus = new InMemoryServerEventBus((error) => log.debug('mcp_bus', { error }))
  const hub = createSubscriptionHub({
    backend,
    log,
    ...(options.adminTrades === undefined ? {} : { adminTrades: options.adminTrades }),
    changed: (uri) => bus.publish({ kind: 'resource_updated', uri }),
  })
  const handler = createMcpHandler(
    (context) => buildServer(context.era, options, principalOf(context.authInfo), backend),
    { bus, maxRequestBodySize: maxBodyBytes, onerror: (error) => log.debug('mcp_http', { error }) },
  )
  const serve = toNodeHandler(handler, { onerror: (error) => log.error('mcp_http_failed', { error }) })
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
      const narrowed = narrowListen(value, (uri) => hub.acquire(principal, uri))
      if (response.destroyed) return narrowed.release()
      response.once('close', narrowed.release)
      value = narrowed.message
      // Open until the client goes; closing does not wait for it.
      void serve(withAuth(request, principal), response, value)
      return
    }
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
    closing ??= drain(Promise.allSettled(underWay), options).then(() => {
      hub.closeAll()
      return handler.close()
    })
    return closing
  }
  return Object.assign(handle, { close })
}

interface Subscriber {
  subscribe(uri: string): void
  unsubscribe(uri: string): void
}

/** One protocol instance over prebuilt lists. `subscriber` is present where 2025-era notices can be delivered. */
function buildServer(
  era: McpRequestContext['era'],
  options: CommonOptions,
  principal: Principal,
  backend: () => Promise<SurfaceBackend>,
  subscriber?: Subscriber,
): Server {
  const log = options.log ?? noLog
  const lists = wireLists(principal, options.adminTrades)
  const lasting = { ttlMs: LISTS_TTL_MS, cacheScope: 'private' as const }
  const server = new Server(options.serverInfo, {
    capabilities: {
      tools: {},
      resources: { subscribe: era === 'modern' || subscriber !== undefined },
      prompts: {},
      completions: {},
    },
    ...(options.instructions === undefined ? {} : { instructions: options.instructions }),
    cacheHints: {
      'tools/list': lasting,
      'resources/list': lasting,
      'resources/templates/list': lasting,
      'prompts/list': lasting,
    },
    // Only elicitation needs one and there is none; building the default for every request costs more than the request.
    jsonSchemaValidator: {
      getValidator: () => () => ({ valid: false, data: undefined, errorMessage: 'no schema is validated here' }),
    },
  })
  // The lists are data of ours in the protocol's shape; the casts say so once, here.
  server.setRequestHandler('tools/list', () => ({ tools: lists.tools as never }))
  server.setRequestHandler('resources/list', () => ({ resources: lists.resources as never }))
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: lists.resourceTemplates as never }))
  server.setRequestHandler('prompts/list', () => ({ prompts: lists.prompts as never }))

  // Handlers never look at the request's abort signal: it fires when the transport closes, and an order goes on then.
  server.setRequestHandler('tools/call', async ({ params }) => {
    if (!toolsByName.has(params.name)) {
      // Told of what is there for this principal, and of nothing else.
      const exists = lists.tools.map((tool) => (tool as { readonly name: string }).name).join(', ')
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool. What exists: ${exists}`)
    }
    const args = (params.arguments ?? {}) as JsonObject
    const outcome = await mayDecline(await callTool(params.name, args), args)
    const content = [{ type: 'text' as const, text: JSON.stringify(outcome.structured) }]
    return outcome.isError
      ? { content, isError: true }
      : { content, structuredContent: outcome.structured as Record<string, Json> }
  })
  const callTool = async (name: string, args: JsonObject) => {
    let opened: SurfaceBackend | undefined
    try {
      opened = await backend()
      return await opened.callTool(principal, name, args)
    } catch (error) {
      // What a backend throws was lost on the way to it or back; before there was one, nothing was asked of anybody.
      return toToolResult(error, log, name, opened ? toolsByName.get(name)?.onFault?.(error, true) : undefined)
    }
  }
  // Only a 2025-era connection that stays open can ask back; elsewhere the answer says who approves, and how.
  const mayDecline = async (placed: ToolOutcome, args: JsonObject): Promise<ToolOutcome> => {
    const { elicitation } = server.getClientCapabilities() ?? {}
    const hasForms = elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined)
    if (era !== 'legacy' || !subscriber || !hasForms || placed.isError) return placed
    return await offerDecline(placed, args, {
      backend: await backend(),
      principal,
      log,
      ...(options.timers === undefined ? {} : { timers: options.timers }),
      elicit: async (message) => {
        const form = { message, requestedSchema: { type: 'object' as const, properties: {} } }
        return (await server.elicitInput(form, { timeout: DECLINE_MS })).action
      },
    })
  }
  server.setRequestHandler('resources/read', async ({ params }) => {
    const outcome = await guard(params.uri, async () => (await backend()).readResource(principal, params.uri))
    return { contents: [{ uri: outcome.uri, mimeType: outcome.mimeType, text: outcome.text }] }
  })
  server.setRequestHandler('prompts/get', async ({ params }) => {
    const args = params.arguments ?? {}
    const outcome = await guard(undefined, async () => (await backend()).getPrompt(principal, params.name, args))
    return {
      description: outcome.description,
      messages: [{ role: 'user' as const, content: { type: 'text' as const, text: outcome.text } }],
    }
  })
  server.setRequestHandler('completion/complete', async ({ params }) => {
    const { ref, argument } = params
    const target =
      ref.type === 'ref/prompt'
        ? ({ kind: 'prompt', name: ref.name } as const)
        : ({ kind: 'resource', name: ref.uri } as const)
    const values = await guard(undefined, async () =>
      (await backend()).complete(principal, target, argument.name, argument.value),
    )
    return { completion: { values: values.slice(0, 100), total: values.length, hasMore: values.length > 100 } }
  })
  if (era === 'legacy' && subscriber) {
    server.setRequestHandler('resources/subscribe', ({ params }) =>
      guard(params.uri, async () => {
        subscriber.subscribe(params.uri)
        return {}
      }),
    )
    server.setRequestHandler('resources/unsubscribe', ({ params }) => {
      subscriber.unsubscribe(params.uri)
      return {}
    })
  }
  return server
}

/** Turns what a backend throws into a protocol error: the same code, sentence and next step as in tool results. */
async function guard<T>(uri: string | undefined, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const body = describeError(error)
    const message = `${body.code}: ${body.sentence}. Next: ${body.next}`
    const code = BaseError.isInstance(error) ? error.code : 'ERR_INVARIANT'
    // A miss carries nothing but the URI: by that clients recognise it.
    if (code === 'ERR_NOT_FOUND' && uri !== undefined) throw new ResourceNotFoundError(uri, message)
    const isCallersFault = code === 'ERR_INPUT_INVALID' || code === 'ERR_NOT_FOUND'
    throw new ProtocolError(isCallersFault ? ProtocolErrorCode.InvalidParams : REFUSED, message, {
      code: body.code,
      next: body.next,
      retry: body.retry,
      ...body.facts,
    })
  }
}

/** JSON-RPC leaves −32000 to the server: a fault or a refusal that is not about the parameters. */
const REFUSED = -32000

/** Asks for the backend once and keeps it; a failure is forgotten so that the next call tries again. */
function backendOf(options: CommonOptions): () => Promise<SurfaceBackend> {
  const { backend } = options
  if (typeof backend !== 'function') return () => Promise.resolve(backend)
  let asked: Promise<SurfaceBackend> | undefined
  return () => {
    asked ??= backend().catch((error: unknown) => {
      asked = undefined
      throw error
    })
    return asked
  }
}

async function drain(idle: Promise<unknown>, options: CommonOptions): Promise<void> {
  if (options.timers) await Promise.race([idle, options.timers.sleep(options.drainMs ?? 1_000)])
}

function withAuth(request: IncomingMessage, principal: Principal): NodeIncomingMessageLike {
  // The token itself stays out: nothing behind this point needs it.
  const auth: AuthInfo = { token: '', clientId: principal.name, scopes: [], extra: { principal } }
  return Object.assign(request, { auth }) as NodeIncomingMessageLike
}

function principalOf(auth: AuthInfo | undefined): Principal {
  const principal = auth?.extra?.['principal'] as Principal | undefined
  if (!principal) throw new ProtocolError(REFUSED, 'ERR_UNAUTHENTICATED')
  return principal
}

function isListen(value: unknown): value is WireMessage {
  return typeof value === 'object' && value !== null && (value as WireMessage).method === 'subscriptions/listen'
}
