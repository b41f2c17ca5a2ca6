import { createOrderResponseSchema, type WireCreateOrderResponseInput } from '@tidegate/coinbase-wire'
import type { VenueError, VenueRejectedError } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { samplesAbsent, sampleText } from '../../test-support/runtime.js'
import { parseCreateAnswer } from './parse-create-answer.js'

const sent = { clientOrderId: 'c1', productId: 'BTC-USDC', side: 'BUY' }
const ack = { order_id: 'o1', product_id: 'BTC-USDC', side: 'BUY', client_order_id: 'c1' }
const read = (answer: WireCreateOrderResponseInput) => parseCreateAnswer(createOrderResponseSchema.parse(answer), sent)
const failure = (answer: WireCreateOrderResponseInput): VenueError => {
  try {
    read(answer)
  } catch (error) {
    return error as VenueError
  }
  throw new Error('was taken for an acknowledgement')
}

describe('an acknowledgement', () => {
  it('counts when it names an order and echoes ours', () => {
    expect(read({ success: true, success_response: ack })).toEqual({ ...sent, orderId: 'o1' })
  })

  it('may use the other name of the unified book, or leave product and side out', () => {
    expect(read({ success: true, success_response: { ...ack, product_id: 'BTC-USD' } }).orderId).toBe('o1')
    expect(read({ success: true, order_id: 'o1', success_response: { client_order_id: 'c1' } })).toEqual({
      ...sent,
      orderId: 'o1',
    })
  })

  it.each([
    ['another client id', { ...ack, client_order_id: 'c2' }],
    ['no client id', { ...ack, client_order_id: '' }],
    ['another product', { ...ack, product_id: 'ETH-USDC' }],
    ['another side', { ...ack, side: 'SELL' }],
    ['no order id', { ...ack, order_id: '' }],
  ])('with %s is no verdict: the venue may have replayed another order', (_what, success_response) => {
    expect(failure({ success: true, success_response })).toMatchObject({
      code: 'ERR_VENUE_OUTCOME_UNKNOWN',
      outcome: 'unknown',
    })
  })

  it('keeps what was acknowledged instead, for whoever looks into it', () => {
    expect(failure({ success: true, success_response: { ...ack, client_order_id: 'c2' } }).context).toMatchObject({
      orderId: 'o1',
      sent,
    })
  })
})

describe('a refusal', () => {
  const reasonOf = (error_response: WireCreateOrderResponseInput['error_response']) =>
    (failure({ success: false, error_response }) as VenueRejectedError).venueReason

  it('takes its reason from the first field that says something', () => {
    expect(
      reasonOf({
        new_order_failure_reason: 'INVALID_SIDE',
        preview_failure_reason: 'PREVIEW_X',
        error: 'INSUFFICIENT_FUND',
      }),
    ).toBe('INVALID_SIDE')
    expect(
      reasonOf({
        new_order_failure_reason: 'UNKNOWN_FAILURE_REASON',
        preview_failure_reason: 'PREVIEW_INSUFFICIENT_FUND',
        error: 'INSUFFICIENT_FUND',
      }),
    ).toBe('PREVIEW_INSUFFICIENT_FUND')
    expect(reasonOf({ preview_failure_reason: 'UNKNOWN_PREVIEW_FAILURE_REASON', error: 'INSUFFICIENT_FUND' })).toBe(
      'INSUFFICIENT_FUND',
    )
  })

  it('with a sentence but no word is still a refusal', () => {
    expect(reasonOf({ error: 'UNKNOWN_FAILURE_REASON', message: 'The order configuration was invalid' })).toBe(
      'UNKNOWN_FAILURE_REASON',
    )
  })

  it('without word or sentence proves nothing', () => {
    expect(failure({ success: false }).code).toBe('ERR_VENUE_OUTCOME_UNKNOWN')
    expect(failure({ success: false, error_response: { error: 'UNKNOWN_FAILURE_REASON', message: '' } }).code).toBe(
      'ERR_VENUE_OUTCOME_UNKNOWN',
    )
  })

  it('for a used client id means that an order exists', () => {
    expect(
      failure({ success: false, error_response: { new_order_failure_reason: 'DUPLICATE_CLIENT_ORDER_ID' } }).outcome,
    ).toBe('unknown')
  })

  it.skipIf(samplesAbsent)('is read from every captured failure (shared/fixtures)', () => {
    const samples = JSON.parse(sampleText('ccxt/rest-comment-samples.json')) as {
      fn: string
      sample: WireCreateOrderResponseInput
    }[]
    const reasons = samples
      .filter(({ sample }) => typeof sample === 'object' && sample.success === false)
      .map(({ sample }) => (failure(sample) as VenueRejectedError).venueReason)
    expect(reasons).toContain('UNSUPPORTED_ORDER_CONFIGURATION')
    expect(reasons).toContain('PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE')
  })
})

describe('any answer that parses', () => {
  it('is an acknowledgement of our order, a refusal with a reason, or unknown; nothing else', () => {
    const word = fc.option(fc.constantFrom('c1', 'o1', 'BTC-USD', 'BUY', '', 'UNKNOWN_X', 'INVALID_SIDE'), {
      nil: undefined,
    })
    const answer = fc.record({
      success: fc.boolean(),
      order_id: word,
      failure_reason: word,
      success_response: fc.option(fc.record({ order_id: word, client_order_id: word, product_id: word, side: word }), {
        nil: undefined,
      }),
      error_response: fc.option(fc.record({ error: word, message: word, new_order_failure_reason: word }), {
        nil: undefined,
      }),
    })
    fc.assert(
      fc.property(answer, (each) => {
        let got: unknown
        try {
          got = read(each)
        } catch (error) {
          got = error
        }
        const code = (got as { code?: string }).code
        if (code === undefined) {
          expect(each.success).toBe(true)
          expect(each.success_response?.client_order_id).toBe('c1')
        } else if (code === 'ERR_VENUE_REJECTED') {
          expect(each.success).toBe(false)
        } else {
          expect(code).toBe('ERR_VENUE_OUTCOME_UNKNOWN')
        }
      }),
      { numRuns: 500 },
    )
  })
})
