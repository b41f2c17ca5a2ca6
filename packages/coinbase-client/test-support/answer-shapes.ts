import { TransportError } from '@tidegate/trading-model'
import type { Answer } from './runtime.js'

/** What may be said about a command after an answer; `refused` carries the venue's reason. */
export type Verdict = 'refused' | 'auth' | 'limited' | 'unsent' | 'unknown'

const html = '<!DOCTYPE html><html><head><title>Just a moment…</title></head><body>cf</body></html>'
const v3 = (error: string, message = 'because') => JSON.stringify({ error, error_details: message, message })
const v2 = (id: string) => JSON.stringify({ errors: [{ id, message: 'because' }] })
const grpc = (error: string, code: number) => JSON.stringify({ error, code, message: 'because', details: [] })

/** Answers that no request of the interface has as its success, with what they leave known about a command. */
export const failureShapes: readonly (readonly [string, Answer, Verdict])[] = [
  ['a refused connection', new TransportError('ECONNREFUSED', false), 'unsent'],
  ['a name that cannot be found', new TransportError('ENOTFOUND', false), 'unsent'],
  ['a timeout', new TransportError('no answer in time', true), 'unknown'],
  ['a reset connection', new TransportError('ECONNRESET', true), 'unknown'],
  ['a failure nobody named', new Error('boom'), 'unknown'],
  ['400 INVALID_ARGUMENT', { status: 400, body: v3('INVALID_ARGUMENT') }, 'refused'],
  ['400 from the gRPC gateway', { status: 400, body: grpc('INVALID_ARGUMENT', 3) }, 'refused'],
  ['400 of the v2 interface', { status: 400, body: v2('validation_error') }, 'refused'],
  ['402 of the v2 interface', { status: 402, body: v2('two_factor_required') }, 'refused'],
  ['404 NOT_FOUND', { status: 404, body: v3('NOT_FOUND') }, 'refused'],
  ['412 FAILED_PRECONDITION', { status: 412, body: v3('FAILED_PRECONDITION') }, 'refused'],
  ['422 of the v2 interface', { status: 422, body: v2('invalid_request') }, 'refused'],
  ['400 unknown', { status: 400, body: v3('unknown') }, 'unknown'],
  ['400 UNKNOWN_FAILURE_REASON', { status: 400, body: v3('UNKNOWN_FAILURE_REASON') }, 'unknown'],
  ['400 INTERNAL', { status: 400, body: v3('INTERNAL') }, 'unknown'],
  ['400 DEADLINE_EXCEEDED', { status: 400, body: grpc('DEADLINE_EXCEEDED', 4) }, 'unknown'],
  ['400 ABORTED', { status: 400, body: grpc('ABORTED', 10) }, 'unknown'],
  ['400 with a v2 server error', { status: 400, body: v2('internal_server_error') }, 'unknown'],
  ['400 without a body', { status: 400, body: '' }, 'unknown'],
  ['400 with HTML', { status: 400, body: html }, 'unknown'],
  ['400 with cut JSON', { status: 400, body: '{"error":"INVALID_ARG' }, 'unknown'],
  ['400 with an empty object', { status: 400, body: '{}' }, 'unknown'],
  ['400 with a list', { status: 400, body: '[]' }, 'unknown'],
  ['400 with a number for a reason', { status: 400, body: '{"error":5}' }, 'unknown'],
  ['404 with HTML', { status: 404, body: html }, 'unknown'],
  ['404 unknown path', { status: 404, body: v3('unknown', 'Not Found') }, 'unknown'],
  ['408', { status: 408, body: v3('TIMEOUT') }, 'unknown'],
  ['409 ALREADY_EXISTS', { status: 409, body: v3('ALREADY_EXISTS') }, 'unknown'],
  ['409 with another word', { status: 409, body: v3('CONFLICT') }, 'unknown'],
  ['401 in plain text', { status: 401, body: 'Unauthorized\n' }, 'auth'],
  ['401 in JSON', { status: 401, body: grpc('UNAUTHORIZED', 16) }, 'auth'],
  ['403 missing scopes', { status: 403, body: v3('PERMISSION_DENIED', 'Missing required scopes') }, 'auth'],
  ['403 with HTML', { status: 403, body: html }, 'auth'],
  ['429 in JSON', { status: 429, body: v2('rate_limit_exceeded') }, 'limited'],
  ['429 with HTML', { status: 429, body: html }, 'limited'],
  ['500 in JSON', { status: 500, body: v3('INTERNAL') }, 'unknown'],
  ['500 that names a reason', { status: 500, body: v3('INSUFFICIENT_FUND') }, 'unknown'],
  ['502 with HTML', { status: 502, body: html }, 'unknown'],
  ['503 without a body', { status: 503, body: '' }, 'unknown'],
  ['504 in plain text', { status: 504, body: 'upstream request timeout' }, 'unknown'],
  ['520 of the edge', { status: 520, body: html }, 'unknown'],
  ['302', { status: 302, body: '' }, 'unknown'],
  ['200 without a body', { body: '' }, 'unknown'],
  ['200 with HTML', { body: html }, 'unknown'],
  ['200 with plain text', { body: 'ok' }, 'unknown'],
  ['200 with null', { body: 'null' }, 'unknown'],
  ['200 with a number', { body: '5' }, 'unknown'],
  ['200 with a list', { body: '[]' }, 'unknown'],
  ['200 with text in quotes', { body: '"done"' }, 'unknown'],
  ['200 that is cut', { body: '{"success":tr' }, 'unknown'],
  ['200 with an error inside', { body: v3('INVALID_ARGUMENT') }, 'unknown'],
  ['200 with v2 errors inside', { body: v2('validation_error') }, 'unknown'],
  ['200 that says it failed and no more', { body: '{"success":false}' }, 'unknown'],
  ['204', { status: 204, body: '' }, 'unknown'],
  ['a binary body', { body: '\u0000\u0001\u001f\ufffd' }, 'unknown'],
]
