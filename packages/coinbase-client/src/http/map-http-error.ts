import type { EndpointEffect, EndpointName } from '@tidegate/coinbase-wire'
import {
  type HttpResponse,
  type TransportError,
  VenueAuthError,
  type VenueError,
  type VenueErrorOptions,
  VenueNotSentError,
  VenueOutcomeUnknownError,
  VenueProtocolError,
  VenueRateLimitError,
  VenueRejectedError,
} from '@tidegate/trading-model'
import { describeBody, type ReadBody, readBody } from './read-body.js'
import { verdictOf } from './verdict-of.js'

/** Which call failed, and what it could have done. */
export interface FailedCall {
  readonly name: EndpointName
  readonly effect: EndpointEffect
}

const DEFAULT_RETRY_AFTER_MS = 1_000
const MAX_RETRY_AFTER_MS = 60_000

/**
 * Turns an answer that is no success into the error it stands for. A command counts as refused only on a parsed refusal
 * with a reason; a page of HTML, a cut body or a 5xx leaves it unknown.
 */
export function mapHttpError(response: HttpResponse, call: FailedCall): VenueError {
  const body = readBody(response.body)
  const said = describeBody(body)
  const options = optionsFor(call, response)
  switch (response.status) {
    case 401:
      return new VenueAuthError(`Coinbase did not accept our key: 401 ${said}`, {
        ...options,
        hint: 'check key, permissions, IP allow-list and clock',
      })
    case 403:
      return new VenueAuthError(`Coinbase forbids ${call.name} to this key or from here: 403 ${said}`, {
        ...options,
        hint: 'check the scopes of the key, its portfolio and where you connect from',
      })
    case 429:
      return new VenueRateLimitError(
        `Coinbase asks us to slow down: 429 ${said}`,
        call.effect === 'read' ? 'not-applied' : 'unknown',
        retryAfterMs(response),
        options,
      )
    default:
      return mapOther(response.status, body, said, call, options)
  }
}

function mapOther(
  status: number,
  body: ReadBody,
  said: string,
  call: FailedCall,
  options: VenueErrorOptions,
): VenueError {
  // 409: what conflicts may be this very request, arrived before.
  const isRefusal = status >= 400 && status < 500 && status !== 408 && (status !== 409 || call.effect === 'read')
  const reason = body.kind === 'json' ? verdictOf(body.error?.error) : undefined
  if (isRefusal && (reason !== undefined || call.effect === 'read')) {
    return new VenueRejectedError(
      `Coinbase refused ${call.name}: ${status} ${said}`,
      reason ?? `HTTP_${status}`,
      options,
    )
  }
  return unclear(`Coinbase answered ${call.name} with ${status} ${said}`, call, options)
}

/** An answer that says 2xx but cannot be understood. */
export function mapUnreadableBody(response: HttpResponse, call: FailedCall, problem: string): VenueError {
  return unclear(
    `Coinbase answered ${call.name} with ${response.status} and ${problem}`,
    call,
    optionsFor(call, response),
  )
}

/** No answer: never sent, or sent and lost. */
export function mapTransportError(error: TransportError, call: FailedCall): VenueError {
  const options = { endpoint: call.name, details: error.message, cause: error }
  return error.sent
    ? unclear(`No answer from Coinbase to ${call.name}`, call, options)
    : new VenueNotSentError(`Could not connect to Coinbase for ${call.name}`, options)
}

function unclear(message: string, call: FailedCall, options: VenueErrorOptions): VenueError {
  return call.effect === 'read'
    ? new VenueProtocolError(message, options)
    : new VenueOutcomeUnknownError(message, { ...options, hint: 'ask for the status; do not send it again' })
}

function optionsFor(call: FailedCall, response: HttpResponse): VenueErrorOptions {
  const requestId = requestIdOf(response)
  return {
    endpoint: call.name,
    httpStatus: response.status,
    ...(requestId ? { requestId, context: { requestId } } : {}),
  }
}

/** The id by which the venue's support finds the request. */
export function requestIdOf(response: HttpResponse): string | undefined {
  return response.headers['x-request-id'] ?? response.headers['cf-ray']
}

function retryAfterMs(response: HttpResponse): number {
  const seconds = Number(response.headers['retry-after'])
  return seconds > 0 ? Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) : DEFAULT_RETRY_AFTER_MS
}
