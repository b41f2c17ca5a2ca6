import type { Answer } from '../http/answer.js'
import type { AnswerFault } from './fault.js'

/** The answer that comes instead of doing anything; `undefined` when the request is carried out. */
export function refuseByFault(fault: AnswerFault): Answer | undefined {
  if (fault.kind === 'http-503-html') return proxyPage(503)
  if (fault.kind === 'http-429-html') return proxyPage(429)
  if (fault.kind === 'http-401') return { status: 401, body: 'Unauthorized', headers: {} }
  if (fault.kind !== 'http-429-json') return undefined
  return { status: 429, body: { errors: [{ id: 'rate_limit_exceeded', message: 'Too many requests' }] }, headers: {} }
}

/**
 * What becomes of an answer on its way out.
 *
 * @param nowMs - Time of the exchange.
 */
export function spoilAnswer(
  fault: AnswerFault | undefined,
  answer: Answer,
  requestBody: unknown,
  nowMs: number,
): Answer {
  if (fault?.kind === 'accept-then-503-html') return proxyPage(503)
  if (fault?.kind === 'schema-drift') return { ...answer, body: drifted(answer.body) }
  if (fault?.kind === 'list-lag') return { ...answer, body: withoutYoung(answer.body, nowMs - (fault.delayMs ?? 0)) }
  if (fault?.kind !== 'duplicate-client-order-id') return answer
  return { ...answer, status: 200, body: duplicateRefusal(requestBody) }
}

/** The page of a proxy in front of the venue. */
export function proxyPage(status: 429 | 503): Answer {
  const title = status === 429 ? 'Too Many Requests' : 'Service Temporarily Unavailable'
  const body = `<html><head><title>${status} ${title}</title></head><body><h1>${status} ${title}</h1></body></html>`
  return { status, body, headers: { 'content-type': 'text/html; charset=UTF-8' } }
}

function duplicateRefusal(requestBody: unknown): unknown {
  return {
    success: false,
    failure_reason: 'UNKNOWN_FAILURE_REASON',
    order_id: '',
    error_response: {
      error: 'DUPLICATE_CLIENT_ORDER_ID',
      message: 'client_order_id was used before',
      error_details: '',
      new_order_failure_reason: 'DUPLICATE_CLIENT_ORDER_ID',
    },
    order_configuration: (requestBody as { order_configuration?: unknown } | undefined)?.order_configuration ?? {},
  }
}

/** As on 2024-09-03, when the order's id moved without notice. */
function drifted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(drifted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key === 'order_id' ? 'orderId' : key, drifted(inner)])
  return { ...(Object.fromEntries(entries) as Record<string, unknown>), rolled_out_today: { enabled: true } }
}

/** Every list of the answer without orders and executions that came after `untilMs`. */
function withoutYoung(body: unknown, untilMs: number): unknown {
  if (typeof body !== 'object' || body === null) return body
  const isThere = (item: { readonly created_time?: unknown; readonly trade_time?: unknown } | null): boolean => {
    const time = item?.created_time ?? item?.trade_time
    return typeof time !== 'string' || Date.parse(time) <= untilMs
  }
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.filter(isThere) : (value as unknown),
    ]),
  )
}
