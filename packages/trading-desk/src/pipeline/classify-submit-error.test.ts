import {
  VenueAuthError,
  VenueError,
  VenueNotSentError,
  VenueOutcomeUnknownError,
  VenueProtocolError,
  VenueRateLimitError,
  VenueRejectedError,
  VenueUnavailableError,
} from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { classifySubmitError } from './classify-submit-error.js'

const endpoint = 'createOrder'
const rejected = (word: string) => classifySubmitError(new VenueRejectedError('no', word, { endpoint }))

describe('a thrown value as evidence about an order', () => {
  it.each<[string, unknown]>([
    ['a timeout', new VenueOutcomeUnknownError('timeout', { endpoint })],
    ['an answer nobody understands', new VenueProtocolError('what?', { endpoint })],
    ['a venue error without a known code', new VenueError('ERR_NOT_FOUND', 'hm', 'not-applied', true, { endpoint })],
    [
      'a rate limit that may have counted after passing it on',
      new VenueRateLimitError('slow', 'unknown', 1_000, { endpoint }),
    ],
    ['a bug of ours', new TypeError('x is undefined')],
    ['an abort', new DOMException('aborted', 'AbortError')],
    ['a string', 'boom'],
    ['nothing at all', undefined],
    ['an object that claims to be not applied', { code: 'ERR_VENUE_NOT_SENT', outcome: 'not-applied' }],
  ])('%s proves nothing', (_, error) => {
    expect(classifySubmitError(error).kind).toBe('unknown')
  })

  it('only a parsed refusal is a no, under the public name where there is one', () => {
    expect(rejected('INSUFFICIENT_FUND')).toMatchObject({ kind: 'rejected', code: 'INSUFFICIENT_FUNDS' })
    expect(rejected('INVALID_SIZE_PRECISION')).toMatchObject({ kind: 'rejected', code: 'INVALID_ORDER_SIZE' })
    expect(rejected('UNKNOWN_PRODUCT_ID')).toMatchObject({ kind: 'rejected', code: 'PRODUCT_NOT_FOUND' })
    expect(rejected('INVALID_LIMIT_PRICE')).toMatchObject({ kind: 'rejected', code: 'INVALID_PRICE' })
    expect(rejected('POST_ONLY')).toMatchObject({ kind: 'rejected', code: 'ERR_VENUE_REJECTED' })
  })

  it('a refusal of a duplicate id says that an order exists', () => {
    expect(rejected('DUPLICATE_CLIENT_ORDER_ID').kind).toBe('unknown')
  })

  it('surely not sent may go again; a missing permission and a venue that does not serve it may not', () => {
    expect(classifySubmitError(new VenueNotSentError('refused', { endpoint }))).toMatchObject({
      kind: 'not_sent',
      retry: true,
    })
    const auth = (httpStatus: number) => classifySubmitError(new VenueAuthError('no', { endpoint, httpStatus }))
    expect(auth(401)).toMatchObject({ kind: 'not_sent', retry: true })
    expect(auth(403)).toMatchObject({ kind: 'not_sent', retry: false })
    expect(classifySubmitError(new VenueUnavailableError('no', { endpoint }))).toMatchObject({
      kind: 'not_sent',
      retry: false,
    })
    const limited = new VenueRateLimitError('slow', 'not-applied', 1_500, { endpoint })
    expect(classifySubmitError(limited)).toMatchObject({ kind: 'not_sent', retry: true, waitMs: 1_500 })
  })
})
