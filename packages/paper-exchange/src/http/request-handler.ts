import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseVenueJson } from '@tidegate/coinbase-wire'
import { BaseError, type Log, type Timers } from '@tidegate/trading-model'
import { refuseByFault, spoilAnswer } from '../faults/answer-fault.js'
import type { FaultQueue } from '../faults/fault-plan.js'
import type { ExchangeKey } from '../keys/exchange-key.js'
import type { TokenVerifier } from '../keys/token-verifier.js'
import type { Answer } from './answer.js'
import { matchRoutes } from './match-route.js'
import { protoNames } from './proto-names.js'
import { Query } from './query.js'
import type { RateLimiter } from './rate-limiter.js'
import type { ExchangeContext, Route, RouteAccess } from './route.js'
import { allRoutes } from './routes/all-routes.js'
import { badRequest, missingScopes, v2NotFound, v3Fault, WireFault } from './wire-fault.js'

/** More than any request needs: 100 cancels are 4 kB. */
const maxBodyBytes = 1_000_000

export interface RequestHandlerOptions {
  readonly context: ExchangeContext
  /** Absent: everybody may do everything. */
  readonly tokens: TokenVerifier | undefined
  readonly faults: FaultQueue
  readonly limiters: { readonly private: RateLimiter; readonly public: RateLimiter } | undefined
  readonly timers: Timers
  readonly log: Log
}

/** A request as it came over whatever wire. */
export interface WireRequest {
  readonly method: string
  readonly path: string
  /** Query without the `?`. */
  readonly search: string
  readonly authorization: string | undefined
  /** Who is held to the public rate. */
  readonly from: string
  /** `undefined` when the body is larger than any request. */
  readonly text: string | undefined
}

/** What a request comes to, apart from the wire it came over. */
export interface Answerer {
  /** Name of the route for faults and logs; `undefined` where there is none. */
  verbOf(method: string, path: string): string | undefined
  answer(request: WireRequest): Answer
}

/** Answers HTTP requests as the venue does: route, rate, key, permission, handler; then the fault that was asked for. */
export function createRequestHandler(
  options: RequestHandlerOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const answerer = createAnswerer(options)
  return (request, response) => {
    handle(request, response).catch((error: unknown) => {
      options.log.error('paper_request_failed', { path: request.url?.split('?')[0], error: describe(error) })
      response.destroy()
    })
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET'
    const [path = '/', search = ''] = (request.url ?? '/').split('?', 2)
    const verb = answerer.verbOf(method, path)
    const text = await readBody(request)
    const fault = verb === undefined ? undefined : options.faults.takeForAnswer(verb)
    if (fault?.kind === 'drop-before') {
      response.destroy()
      return
    }
    const answer =
      (fault && refuseByFault(fault)) ??
      answerer.answer({
        method,
        path,
        search,
        authorization: request.headers.authorization,
        from: request.socket.remoteAddress ?? 'unknown',
        text,
      })
    if (fault?.kind === 'delay') await options.timers.sleep(fault.delayMs ?? 0)
    if (fault?.kind === 'accept-then-drop') {
      response.destroy()
      return
    }
    write(
      response,
      spoilAnswer(fault, answer, text === undefined ? undefined : tryJson(text), options.context.clock.nowMs()),
      fault?.kind === 'cut-body',
    )
  }
}

/** Answers requests that are already read: route, rate, key, permission, handler. Synchronous, and without faults. */
export function createAnswerer(
  options: Pick<RequestHandlerOptions, 'context' | 'tokens' | 'limiters' | 'log'>,
): Answerer {
  const findRoute = matchRoutes(allRoutes)
  return {
    verbOf: (method, path) => findRoute(method, path)?.route.verb,
    answer(request) {
      const found = findRoute(request.method, request.path)
      return answerTo(request, found?.route, found?.parameters ?? {})
    },
  }

  function answerTo(
    request: WireRequest,
    route: Route | undefined,
    parameters: Readonly<Record<string, string>>,
  ): Answer {
    const { method, path, search, text } = request
    let headers: Readonly<Record<string, string>> = {}
    try {
      if (!route) throw path.startsWith('/v2/') ? v2NotFound() : v3Fault(404, 'unknown', 'Not Found')
      const key = route.access === 'public' ? undefined : authenticate(request)
      headers = spend(route.access, key?.name ?? request.from)
      if (key && !isPermitted(key, route.access)) throw missingScopes(path.startsWith('/v2/'))
      if (text === undefined) throw v3Fault(413, 'INVALID_ARGUMENT', 'request body is too large')
      const body = method === 'GET' || method === 'DELETE' ? undefined : parseBody(text)
      const query = new Query(new URLSearchParams(search))
      return { status: 200, body: route.handle({ parameters, query, body, key }, options.context), headers }
    } catch (error) {
      if (error instanceof WireFault) return { status: error.status, body: error.body, headers }
      options.log.error('paper_request_failed', { verb: route?.verb, error: describe(error) })
      return { status: 500, body: { error: 'INTERNAL', error_details: '', message: 'Internal error' }, headers }
    }
  }

  function authenticate({ method, path, authorization }: WireRequest): ExchangeKey | undefined {
    if (!options.tokens) return undefined
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
    const use = { kind: 'request', method, path } as const
    const result = token ? options.tokens.verify(token, use) : { refusal: 'no bearer token' }
    if ('key' in result) return result.key
    options.log.warn('paper_request_unauthorized', { method, path, why: result.refusal })
    throw new WireFault(401, 'Unauthorized')
  }

  function spend(access: RouteAccess, who: string): Readonly<Record<string, string>> {
    if (!options.limiters) return {}
    const decision = options.limiters[access === 'public' ? 'public' : 'private'].take(who)
    if (!decision.allowed) {
      throw new WireFault(429, { errors: [{ id: 'rate_limit_exceeded', message: 'Too many requests' }] })
    }
    return {
      'x-ratelimit-limit': String(decision.limit),
      'x-ratelimit-remaining': String(decision.remaining),
      'x-ratelimit-reset': String(decision.resetSeconds),
    }
  }
}

function isPermitted(key: ExchangeKey, access: RouteAccess): boolean {
  if (access === 'view') return key.canView
  if (access === 'trade') return key.canTrade
  return access === 'transfer' ? key.canTransfer : true
}

function parseBody(text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return protoNames(parseVenueJson(text))
  } catch {
    throw badRequest('request body is not valid JSON')
  }
}

/** @returns `undefined` when the body is larger than any request. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= maxBodyBytes) chunks.push(chunk)
  }
  return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks).toString('utf8')
}

function tryJson(text: string): unknown {
  try {
    return parseBody(text)
  } catch {
    return undefined
  }
}

function write(response: ServerResponse, answer: Answer, isCut: boolean): void {
  const isText = typeof answer.body === 'string'
  const body = isText ? String(answer.body) : JSON.stringify(answer.body)
  response.writeHead(answer.status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
    ...answer.headers,
  })
  if (!isCut) response.end(body)
  else response.write(body.slice(0, Math.floor(body.length / 2)), () => response.destroy())
}

function describe(error: unknown): string {
  return BaseError.isInstance(error) ? error.shortMessage : error instanceof Error ? error.message : String(error)
}
