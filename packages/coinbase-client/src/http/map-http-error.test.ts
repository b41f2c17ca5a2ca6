import type { EndpointEffect, EndpointName } from '@tidegate/coinbase-wire'
import { VenueError, type VenueRateLimitError, type VenueRejectedError } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mapHttpError } from './map-http-error.js'

const html = '<!DOCTYPE html><html><head><title>Just a moment…</title></head></html>'
const calls: Record<EndpointEffect, { name: EndpointName; effect: EndpointEffect }> = {
  read: { name: 'listOrders', effect: 'read' },
  cancel: { name: 'cancelOrders', effect: 'cancel' },
  order: { name: 'createOrder', effect: 'order' },
  change: { name: 'moveFunds', effect: 'change' },
}
const map = (effect: EndpointEffect, status: number, body: string, headers: Record<string, string> = {}) =>
  mapHttpError({ status, body, headers }, calls[effect])

const v3 = (error: string, message = 'because') => JSON.stringify({ error, error_details: message, message })

describe('mapHttpError', () => {
  const table: [EndpointEffect, number, string, string, string][] = [
    ['order', 400, v3('INVALID_ARGUMENT', 'account is not available'), 'ERR_VENUE_REJECTED', 'not-applied'],
    ['order', 400, v3('unknown'), 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['order', 400, html, 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['order', 400, '', 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['order', 400, '{"error":"INVALID_ARG', 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['order', 401, 'Unauthorized', 'ERR_VENUE_AUTH', 'not-applied'],
    ['order', 401, '{"error":"UNAUTHORIZED","code":16,"message":"Unauthorized"}', 'ERR_VENUE_AUTH', 'not-applied'],
    ['order', 403, v3('PERMISSION_DENIED', 'Missing required scopes'), 'ERR_VENUE_AUTH', 'not-applied'],
    ['order', 403, html, 'ERR_VENUE_AUTH', 'not-applied'],
    ['order', 404, html, 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['order', 408, v3('TIMEOUT'), 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['order', 429, html, 'ERR_VENUE_RATE_LIMIT', 'unknown'],
    ['order', 500, v3('INTERNAL'), 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['order', 502, html, 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['order', 503, html, 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['order', 302, '', 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['cancel', 400, v3('INVALID_ARGUMENT'), 'ERR_VENUE_REJECTED', 'not-applied'],
    ['cancel', 503, html, 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['cancel', 429, '{"errors":[{"id":"rate_limit_exceeded"}]}', 'ERR_VENUE_RATE_LIMIT', 'unknown'],
    ['read', 400, html, 'ERR_VENUE_REJECTED', 'not-applied'],
    ['read', 404, v3('unknown', 'Not Found'), 'ERR_VENUE_REJECTED', 'not-applied'],
    ['read', 429, html, 'ERR_VENUE_RATE_LIMIT', 'not-applied'],
    ['read', 503, html, 'ERR_VENUE_PROTOCOL', 'not-applied'],
  ]
  it.each(table)('takes %s %i %s for %s, %s', (effect, status, body, code, outcome) => {
    expect(map(effect, status, body)).toMatchObject({ code, outcome, httpStatus: status })
  })

  it('keeps the reason word of a refusal', () => {
    const error = map('order', 400, v3('INVALID_ARGUMENT', 'account is not available')) as VenueRejectedError
    expect(error.venueReason).toBe('INVALID_ARGUMENT')
    expect(error.message).toContain('account is not available')
    expect((map('read', 404, html) as VenueRejectedError).venueReason).toBe('HTTP_404')
  })

  it('says in a few words what kind of body came', () => {
    expect(map('read', 503, html).shortMessage).toBe(
      'Coinbase answered listOrders with 503 an HTML page (Just a moment…)',
    )
    expect(map('read', 401, 'Unauthorized').shortMessage).toContain('401 Unauthorized')
    expect(map('read', 503, 'x'.repeat(5_000)).shortMessage.length).toBeLessThan(250)
  })

  it('reads Retry-After, within bounds', () => {
    const wait = (headers: Record<string, string>) =>
      (map('read', 429, html, headers) as VenueRateLimitError).retryAfterMs
    expect(wait({ 'retry-after': '7' })).toBe(7_000)
    expect(wait({ 'retry-after': '86400' })).toBe(60_000)
    expect(wait({ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' })).toBe(1_000)
    expect(wait({})).toBe(1_000)
  })

  it('carries the request id', () => {
    expect(map('read', 500, '', { 'x-request-id': 'abc' }).context['requestId']).toBe('abc')
  })

  it('claims that an order was refused only on a parsed reason, whatever comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
        const error = map('order', status, body)
        expect(error).toBeInstanceOf(VenueError)
        if (error.outcome !== 'not-applied' || status === 401 || status === 403) return
        const parsed = JSON.parse(body) as { error?: string; errors?: unknown[] }
        expect(parsed.error ?? parsed.errors).toBeTruthy()
        expect(status).toBeLessThan(500)
      }),
      { numRuns: 500 },
    )
  })
})
