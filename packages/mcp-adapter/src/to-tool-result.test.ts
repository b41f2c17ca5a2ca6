import { MemoryLog } from '@tidegate/testkit'
import {
  InputError,
  InvariantError,
  NotFoundError,
  PermissionError,
  StaleDataError,
  VenueRateLimitError,
  VenueRejectedError,
} from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { specificationCode } from './public-code.js'
import { describeError, toToolResult } from './to-tool-result.js'

const resultOf = (error: unknown) => toToolResult(error, new MemoryLog(), 'a_tool')

describe('an error as a tool result', () => {
  it('has code, sentence, numbers and the next step', () => {
    expect(resultOf(new StaleDataError('The book of BTC-USD is too old', 9000, 5000))).toEqual({
      isError: true,
      structured: {
        success: false,
        error: {
          code: 'ERR_DATA_STALE',
          message: 'The book of BTC-USD is too old',
          fix: 'Wait for fresh data; cancels still work.',
          retry: 'later',
          age_ms: 9000,
          max_age_ms: 5000,
        },
        next: 'Wait for fresh data; cancels still work.',
      },
    })
    const slow = new VenueRateLimitError('Slow down', 'not-applied', 1500, { endpoint: 'GET /orders', httpStatus: 429 })
    expect(resultOf(slow).structured['error']).toMatchObject({
      code: 'ERR_VENUE_RATE_LIMIT',
      retry_after_ms: 1500,
      http_status: 429,
      venue_outcome: 'not-applied',
    })
    const input = new InputError([{ field: 'size', problem: 'is -1', fix: 'send a size above zero' }])
    expect(resultOf(input).structured['error']).toMatchObject({
      issues: [{ field: 'size', problem: 'is -1', fix: 'send a size above zero' }],
    })
    expect(resultOf(new PermissionError('no', { context: { role: 'viewer' } })).structured['error']).toMatchObject({
      code: 'ERR_PERMISSION',
      role: 'viewer',
    })
  })

  it('carries the specification’s four names', () => {
    const rejected = (reason: string) =>
      describeError(new VenueRejectedError('no', reason, { endpoint: 'POST /orders' })).code
    expect(rejected('INSUFFICIENT_FUND')).toBe('INSUFFICIENT_FUNDS')
    expect(rejected('INVALID_SIZE_PRECISION')).toBe('INVALID_ORDER_SIZE')
    expect(rejected('INVALID_PRODUCT_ID')).toBe('PRODUCT_NOT_FOUND')
    expect(rejected('ORDER_NOT_FOUND')).toBe('ORDER_NOT_FOUND')
    expect(rejected('GEOFENCING_RESTRICTION')).toBe('ERR_VENUE_REJECTED')
    expect(describeError(new NotFoundError('x', { context: { publicCode: 'ORDER_NOT_FOUND' } })).code).toBe(
      'ORDER_NOT_FOUND',
    )
    expect(specificationCode('PREVIEW_INSUFFICIENT_FUND')).toBe('INSUFFICIENT_FUNDS')
    expect(specificationCode('PREVIEW_INVALID_BASE_SIZE_TOO_SMALL')).toBe('INVALID_ORDER_SIZE')
    expect(specificationCode('REJECT_REASON_INSUFFICIENT_FUNDS')).toBe('INSUFFICIENT_FUNDS')
    expect(specificationCode('UNKNOWN_CANCEL_ORDER')).toBe('ORDER_NOT_FOUND')
    expect(specificationCode('INVALID_LIMIT_PRICE')).toBeUndefined()
  })

  it('tells nothing of a bug but that it is one; the log has the rest', () => {
    const log = new MemoryLog()
    const bug = new TypeError('cannot read x of undefined at /srv/app/secret.js')
    const result = toToolResult(bug, log, 'place_order')
    expect(result.structured['error']).toMatchObject({ code: 'ERR_INVARIANT' })
    expect(JSON.stringify(result)).not.toMatch(/secret|cannot read/)
    expect(log.entries).toEqual([{ level: 'error', event: 'tool_failed', fields: { tool: 'place_order', error: bug } }])
    toToolResult(new InvariantError('two orders for one intent'), log, 'x')
    expect(log.entries[1]).toMatchObject({ level: 'error', event: 'tool_failed' })
  })

  it('never lets out a stack, a key, a token or a query string, wherever it stands', () => {
    const secrets = [
      'Bearer abcdefghijklmnop',
      'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJvcmcifQ.c2lnbmF0dXJl',
      '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----',
      'https://api.example.com/orders?secret=hunter2&x=1',
      'https://api.example.com/orders#hunter2',
    ]
    const revealing = /abcdefghijklmnop|eyJhbGci|MHcCAQEE|hunter2|stack|\.ts:\d/
    fc.assert(
      fc.property(fc.constantFrom(...secrets), fc.string(), fc.string(), (secret, before, after) => {
        const text = `${before} ${secret} ${after}`
        const errors = [
          new VenueRejectedError(text, text, {
            endpoint: `GET ${secret}`,
            hint: text,
            details: text,
            context: { text },
          }),
          new InputError([{ field: 'size', problem: text, fix: text }]),
          new NotFoundError(text, { cause: new Error(text) }),
          new Error(text),
        ]
        for (const error of errors) {
          const safe = JSON.stringify(resultOf(error))
          if (!revealing.test(before + after)) expect(safe).not.toMatch(revealing)
        }
      }),
    )
  })

  it('strips what is invisible or turns text around from everything it shows', () => {
    const error = new VenueRejectedError('size\u202eevil\u0000 \u200bnow', 'BAD\u202e', { endpoint: 'POST /x' })
    expect(resultOf(error).structured['error']).toMatchObject({ message: 'sizeevil now', venue_reason: 'BAD' })
  })
})
