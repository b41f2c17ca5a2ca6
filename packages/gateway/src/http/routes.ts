import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JsonObject } from '@tidegate/mcp-adapter'
import { BaseError, InputError, PermissionError, type Principal } from '@tidegate/trading-model'
import type { z } from 'zod'
import type { Caller } from '../access/gatekeeper.js'
import { isApprovalPage, sendApprovalPage } from './approval-page.js'
import { approvalsPath, createApprovalsRoute } from './approvals-route.js'
import { backendRequest, controlRequest, runOperation, subscribeRequest } from './backend-operations.js'
import type { EndpointOptions } from './endpoint.js'
import { readJsonObject, sendJson } from './json-body.js'
import { createStreams } from './streams.js'
import { watchCallers } from './watch-callers.js'
import { statusOf, toWireError } from './wire-error.js'

type Handler = (request: IncomingMessage, response: ServerResponse, caller: Caller) => Promise<void>

/** The endpoint's paths. */
export interface Routes {
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** The path's name for metrics and logs: never what the caller made up. */
  nameOf(request: IncomingMessage): string
  endStreams(): void
  /** Ends streams whose token is not valid for them any more; resolves when they are ended. */
  lookAtStreams(): Promise<void>
}

/** Makes the handlers of all paths. */
export function createRoutes(options: EndpointOptions): Routes {
  const { gatekeeper } = options
  const streams = createStreams(options.timers)
  const watch = watchCallers(gatekeeper, options.timers, options.log)
  const approvals = createApprovalsRoute(options)

  const body = async <S extends z.ZodType>(request: IncomingMessage, schema: S): Promise<z.output<S>> => {
    const parsed = schema.safeParse(await readJsonObject(request, options.maxBodyBytes))
    if (parsed.success) return parsed.data
    throw new InputError(
      parsed.error.issues.slice(0, 5).map((issue) => ({
        field: issue.path.join('.') || 'body',
        problem: issue.message,
        fix: 'see the README of @tidegate/gateway',
      })),
    )
  }

  /** Ends the answer once its token is not valid for it any more. */
  const follow = (
    request: IncomingMessage,
    response: ServerResponse,
    principal: Principal,
    claimed: Principal | undefined,
  ): void => {
    const authorization = request.headersDistinct['authorization']
    watch.follow(response, { authorization, principal, ...(claimed === undefined ? {} : { claimed }) })
  }

  const handlers: Readonly<Record<string, { readonly method: 'POST' | 'GET' | 'any'; readonly run: Handler }>> = {
    '/mcp': {
      method: 'any',
      run: async (request, response, caller) => {
        const principal = await gatekeeper.speakFor(caller, undefined)
        const authorization = request.headersDistinct['authorization']
        await options.serveMcp(request, response, principal, () => watch.follow(response, { authorization, principal }))
      },
    },
    '/backend': {
      method: 'POST',
      run: async (request, response, caller) => {
        const { principal, call } = await body(request, backendRequest)
        const result = await runOperation(options.mcp, await gatekeeper.speakFor(caller, principal), call)
        sendJson(response, 200, { ok: true, result })
      },
    },
    '/backend/call': {
      method: 'POST',
      run: async (request, response, caller) => {
        const { principal, call } = await body(request, backendRequest)
        const asked = await gatekeeper.speakFor(caller, principal)
        const gone = new AbortController()
        streams.open(response, (send) => {
          const control = { signal: gone.signal, progress: (step: object) => send({ progress: step }) }
          void runOperation(options.mcp, asked, call, control)
            .then(
              (result) => send({ result }),
              (error: unknown) => send({ error: options.scrubber.scrubValue(toWireError(error)) }),
            )
            .finally(() => response.end())
          return () => gone.abort()
        })
        follow(request, response, asked, principal)
      },
    },
    '/backend/subscribe': {
      method: 'POST',
      run: async (request, response, caller) => {
        const { principal, uri } = await body(request, subscribeRequest)
        const asked = await gatekeeper.speakFor(caller, principal)
        streams.open(response, (send) =>
          uri === undefined ? () => {} : options.mcp.subscribe(asked, uri, () => send({ changed: uri })),
        )
        follow(request, response, asked, principal)
      },
    },
    '/control': {
      method: 'POST',
      run: async (request, response, caller) => {
        requireOperator(caller)
        const { verb, args } = await body(request, controlRequest)
        sendJson(response, 200, { ok: true, result: await options.control.call(verb, (args ?? {}) as JsonObject) })
      },
    },
    '/metrics': {
      method: 'GET',
      run: async (_, response, caller) => {
        requireOperator(caller)
        const text = await options.metricsText()
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text)
      },
    },
  }

  const serveHealth = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const health = await options.health()
    const isKnown = await isCaller(request)
    const brief = { ready: health.ready, environment: health.environment }
    sendJson(response, health.ready ? 200 : 503, isKnown ? health : brief)
  }

  /** Health is told also while nobody can be recognised. */
  const isCaller = async (request: IncomingMessage): Promise<boolean> => {
    try {
      return (await gatekeeper.recogniseHeaders(request.headersDistinct['authorization'])) !== undefined
    } catch {
      return false
    }
  }

  const pathOf = (request: IncomingMessage): string => (request.url ?? '').split('?')[0] ?? ''

  return {
    nameOf(request) {
      const path = pathOf(request)
      if (isApprovalPage(path)) return '/approve/{intent_id}'
      return path === '/healthz' || Object.hasOwn(handlers, path) ? path : (approvalsPath(path) ?? 'unknown')
    },
    async serve(request, response) {
      const path = pathOf(request)
      try {
        if (path === '/healthz') return await serveHealth(request, response)
        if (isApprovalPage(path)) return sendApprovalPage(request, response)
        const caller = await gatekeeper.recogniseHeaders(request.headersDistinct['authorization'])
        if (caller === undefined) return refuseUnauthenticated(response)
        if (approvalsPath(path) !== undefined) return await approvals(request, response, caller)
        const handler = Object.hasOwn(handlers, path) ? handlers[path] : undefined
        if (!handler) {
          return sendJson(response, 404, {
            ok: false,
            error: { code: 'ERR_NOT_FOUND', message: 'There is nothing here' },
          })
        }
        if (handler.method !== 'any' && request.method !== handler.method) {
          response.setHeader('allow', handler.method)
          return sendJson(response, 405, {
            ok: false,
            error: { code: 'ERR_INPUT_INVALID', message: `Use ${handler.method}` },
          })
        }
        await handler.run(request, response, caller)
      } catch (error) {
        if (!BaseError.isInstance(error)) options.log.error('http_failed', { route: path, error })
        const wire = options.scrubber.scrubValue(toWireError(error))
        const retryAfterMs = (error as { retryAfterMs?: unknown } | null)?.retryAfterMs
        if (typeof retryAfterMs === 'number' && !response.headersSent)
          response.setHeader('retry-after', String(Math.ceil(retryAfterMs / 1_000)))
        if (response.headersSent) request.destroy()
        else if (!request.complete) {
          // What was not read of a refused body must not hold the connection, and nobody may count on the connection.
          response.setHeader('connection', 'close')
          response.once('finish', () => request.destroy())
        }
        sendJson(response, statusOf(wire), { ok: false, error: wire })
      }
    },
    endStreams() {
      watch.close()
      streams.endAll()
    },
    lookAtStreams: () => watch.lookNow(),
  }
}

function requireOperator(caller: Caller): void {
  if (caller.kind === 'operator') return
  throw new PermissionError('This door needs the operator’s token')
}

function refuseUnauthenticated(response: ServerResponse): void {
  response.setHeader('www-authenticate', 'Bearer realm="tidegate"')
  sendJson(response, 401, {
    ok: false,
    error: {
      code: 'ERR_UNAUTHENTICATED',
      message: 'No valid token came with the request',
      hint: 'Send Authorization: Bearer with the token printed at start',
    },
  })
}
