import { type HttpRequest, type HttpResponse, type HttpTransport, TransportError } from '@tidegate/trading-model'
import type { World } from '../core/world.js'
import type { FaultBook } from '../faults/fault-book.js'
import { HTTP_FAULTS, type HttpFault } from '../faults/fault-mix.js'
import type { Incarnation } from '../process/incarnation.js'
import type { SimExchange } from '../venue/sim-exchange.js'
import { spoil } from './spoil-answer.js'

const soon = [[1, 40]] as const
const html = '<html><head><title>503 Service Temporarily Unavailable</title></head><body>cloudflare</body></html>'

/** The network between the processes and the exchange: each request and each answer is an event with a latency of its own. */
export interface HttpNetwork {
  transportOf(incarnation: Incarnation): HttpTransport
  /** Requests that are still on their way to the exchange. */
  underWay(): number
}

/** Who looks on. */
export interface NetworkWatch {
  /** A request leaves a process. */
  onSend(verb: string, request: HttpRequest): void
  /** The exchange has answered. */
  onAnswer(verb: string, request: string, status: number, answer: string): void
  /** A good answer has reached the process that asked. */
  onHeard(by: string, url: string, toldAtMs: number): void
}

/** @returns A network that loses, delays, repeats and spoils as the fault book says. */
export function createHttpNetwork(
  world: World,
  faults: FaultBook,
  exchange: SimExchange,
  watch: NetworkWatch,
): HttpNetwork {
  const { prng } = faults
  let travelling = 0

  /** The request reaches the exchange, whoever sent it and whether he still lives. */
  function arrive(delayMs: number, verb: string, request: HttpRequest, then: (response: HttpResponse) => void): void {
    travelling++
    world.schedule(delayMs, `arrive ${verb}`, () => {
      travelling--
      const response = exchange.answer(request)
      world.trace.note(world.nowMs(), `${response.status} ${verb}`, `${request.body ?? ''} > ${response.body}`)
      watch.onAnswer(verb, request.body ?? '', response.status, response.body)
      then(response)
    })
  }

  function latency(): number {
    return prng.chance(0.9) ? prng.between(1, 40) : prng.between(40, 900)
  }

  function send(incarnation: Incarnation, request: HttpRequest): Promise<HttpResponse> {
    const verb = exchange.verbOf(request) ?? 'unknown'
    if (!incarnation.point(`http ${verb} before`)) return incarnation.never
    return new Promise((resolve, reject) => {
      incarnation.whenRunning(() => {
        watch.onSend(verb, request)
        let isOver = false
        const conclude = (settle: () => void): void => {
          if (isOver || !incarnation.point(`http ${verb} after`)) return
          isOver = true
          timeout.cancel()
          incarnation.whenRunning(settle)
        }
        const timeout = world.schedule(
          request.timeoutMs,
          `timeout ${verb}`,
          () => conclude(() => reject(new TransportError('no answer in time', true))),
          incarnation,
        )
        const reply = (delayMs: number, response: HttpResponse): void => {
          const toldAtMs = world.nowMs()
          const settle = (): void => {
            if (response.status === 200) watch.onHeard(incarnation.name, request.url, toldAtMs)
            resolve(response)
          }
          world.schedule(delayMs, `reply ${verb}`, () => conclude(settle), incarnation)
        }
        const reset = (delayMs: number, sent: boolean): void => {
          const error = new TransportError(sent ? 'connection reset' : 'connection refused', sent)
          world.schedule(delayMs, `reset ${verb}`, () => conclude(() => reject(error)), incarnation)
        }
        // Orders are few among the requests; what happens to them is what counts.
        const weight = verb === 'create-order' || verb === 'edit-order' || verb === 'cancel-orders' ? 3 : 0.6
        carry(faults.draw(HTTP_FAULTS, weight), verb, request, reply, reset)
      })
    })
  }

  function carry(
    fault: HttpFault | undefined,
    verb: string,
    request: HttpRequest,
    reply: (delayMs: number, response: HttpResponse) => void,
    reset: (delayMs: number, sent: boolean) => void,
  ): void {
    const there = latency()
    const back = latency()
    const nobody = (): void => {}
    switch (fault) {
      case undefined:
        arrive(there, verb, request, (response) => reply(back, response))
        break
      case 'refused':
        reset(there, false)
        break
      case 'request_lost':
        if (prng.chance(0.5)) reset(there, true)
        break
      case 'request_late': {
        // Soon, while its token still lives, or after that.
        const [from, to] = prng.pick([...soon, ...soon, ...soon, [40, 118], [120, 400]] as const)
        const late = 1_000 * prng.between(from, to)
        if (prng.chance(0.3)) reset(there, true)
        arrive(late, verb, request, (response) => reply(back, response))
        break
      }
      case 'request_duplicated':
        arrive(there + prng.between(0, prng.chance(0.75) ? 3_000 : 110_000), verb, request, nobody)
        arrive(there, verb, request, (response) => reply(back, response))
        break
      case 'answer_lost':
        arrive(there, verb, request, () => {
          if (prng.chance(0.5)) reset(back, true)
        })
        break
      case 'answer_late':
        arrive(there, verb, request, (response) => reply(prng.between(1_000, 40_000), response))
        break
      case 'html_503_unprocessed':
        reply(there + back, { status: 503, headers: { 'content-type': 'text/html' }, body: html })
        break
      case 'html_503_processed':
        arrive(there, verb, request, () =>
          reply(back, { status: 503, headers: { 'content-type': 'text/html' }, body: html }),
        )
        break
      case 'rate_limited':
        reply(there + back, tooMany({}))
        break
      case 'rate_limited_with_header':
        reply(there + back, tooMany({ 'retry-after': String(prng.between(1, 4)) }))
        break
      case 'unauthorized':
        reply(there + back, { status: 401, headers: {}, body: 'Unauthorized' })
        break
      case 'half_body':
      case 'schema_drift':
      case 'wrong_replay':
        arrive(there, verb, request, (response) =>
          reply(back, { ...response, body: spoil(fault, verb, response.body, prng, exchange) }),
        )
        break
    }
  }

  return {
    underWay: () => travelling,
    transportOf: (incarnation) => ({ send: (request) => send(incarnation, request) }),
  }
}

function tooMany(headers: Readonly<Record<string, string>>): HttpResponse {
  return { status: 429, headers, body: '{"errors":[{"id":"rate_limit_exceeded","message":"Too many requests"}]}' }
}
