import { orderSchema, parseVenueJson, type WireOrderInput } from '@tidegate/coinbase-wire'
import { formatDecimal, VenueProtocolError } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { samplesAbsent, sampleText } from '../../test-support/runtime.js'
import { parseOrder } from './parse-order.js'

const base: WireOrderInput = {
  order_id: 'o1',
  client_order_id: 'c1',
  product_id: 'BTC-USD',
  side: 'BUY',
  status: 'OPEN',
  order_type: 'LIMIT',
  time_in_force: 'GOOD_UNTIL_CANCELLED',
  created_time: '2026-11-24T10:00:00.5Z',
  filled_size: '0',
  filled_value: '0',
  total_fees: '0',
  number_of_fills: '0',
  order_configuration: { limit_limit_gtc: { base_size: '0.00000001', limit_price: '50000', post_only: true } },
}
const parse = (changes: Partial<WireOrderInput> = {}) => parseOrder(orderSchema.parse({ ...base, ...changes }))

describe('parseOrder', () => {
  it('reads terms and progress', () => {
    expect(parse()).toMatchObject({
      orderId: 'o1',
      orderType: 'LIMIT',
      timeInForce: 'GTC',
      postOnly: true,
      numberOfFills: 0,
      createdAtMs: Date.UTC(2026, 10, 24, 10, 0, 0, 500),
    })
    expect(formatDecimal(parse().baseSize ?? parse().filledValue)).toBe('0.00000001')
  })

  it('keeps words it does not know, as text', () => {
    expect(parse({ status: 'CANCEL_QUEUED' }).status).toBe('CANCEL_QUEUED')
    expect(
      parse({ status: 'HIBERNATING', order_type: 'TWAP', order_configuration: { twap_limit_gtd: {} } }),
    ).toMatchObject({ status: 'HIBERNATING', orderType: 'TWAP' })
  })

  it('never takes an unknown amount for zero', () => {
    for (const field of ['filled_size', 'filled_value', 'total_fees'] as const) {
      expect(() =>
        parse({ number_of_fills: '2', filled_size: '1', filled_value: '2', total_fees: '3', [field]: '' }),
      ).toThrow(VenueProtocolError)
      expect(() => parse({ number_of_fills: undefined, [field]: '' })).toThrow(VenueProtocolError)
    }
    expect(parse({ filled_size: '', filled_value: '', total_fees: '' }).filledSize.isZero()).toBe(true)
    expect(() => parse({ filled_size: '1', filled_value: '1', total_fees: '0', number_of_fills: undefined })).toThrow(
      /number_of_fills/,
    )
  })

  it('refuses a side that is none and a birth that is unknown', () => {
    expect(() => parse({ side: 'UNKNOWN_ORDER_SIDE' })).toThrow(/side/)
    expect(() => parse({ created_time: '' })).toThrow(/created_time/)
  })

  it('takes an average of 0 and the neutral reject reason for none', () => {
    const order = parse({ average_filled_price: '0', reject_reason: 'REJECT_REASON_UNSPECIFIED', reject_message: '' })
    expect(order).not.toHaveProperty('averageFilledPrice')
    expect(order).not.toHaveProperty('rejectReason')
    expect(parse({ reject_reason: 'HOLD_FAILURE', reject_message: 'no money' }).rejectReason).toBe(
      'HOLD_FAILURE: no money',
    )
  })

  it('chooses the variant that agrees with type and time in force when there are several', () => {
    const order = parse({
      order_type: 'STOP_LIMIT',
      time_in_force: 'GOOD_UNTIL_CANCELLED',
      order_configuration: {
        limit_limit_gtc: { base_size: '1', limit_price: '2' },
        stop_limit_stop_limit_gtc: {
          base_size: '48.54',
          limit_price: '3',
          stop_price: '4',
          stop_direction: 'STOP_DIRECTION_STOP_UP',
        },
      },
    })
    expect(order.stopPrice?.toFixed()).toBe('4')
    expect(order).toMatchObject({ stopDirection: 'UP' })
  })

  it('keeps every digit of every amount', () => {
    const amount = fc.stringMatching(/^(0|[1-9]\d{0,20})\.\d{0,15}[1-9]$/)
    fc.assert(
      fc.property(amount, amount, amount, (size, value, fees) => {
        const order = parse({ number_of_fills: '1', filled_size: size, filled_value: value, total_fees: fees })
        expect([order.filledSize, order.filledValue, order.totalFees].map(formatDecimal)).toEqual([size, value, fees])
      }),
    )
  })
})

describe.skipIf(samplesAbsent)('parseOrder on captured orders (shared/fixtures)', () => {
  it('reads the real quote-sized market order, whose amounts have 16 decimals', () => {
    const order = parseOrder(orderSchema.parse(parseVenueJson(sampleText('hairston-dart/model.market-order.json'))))
    expect(order).toMatchObject({ status: 'FILLED', orderType: 'MARKET', timeInForce: 'IOC', numberOfFills: 3 })
    expect(formatDecimal(order.filledSize)).toBe('0.0015092999063604')
    expect(formatDecimal(order.filledValue)).toBe('24.8508946322067594')
    expect(formatDecimal(order.totalFees)).toBe('0.1491053677932406')
    expect(order.quoteSize?.toFixed()).toBe('25')
    // The fee is inside the quote size, to the last digit.
    expect(formatDecimal(order.filledValue.plus(order.totalFees))).toBe('25')
    expect(order.cancelMessage).toBe('Internal error')
  })

  it('reads the real open limit order', () => {
    const order = parseOrder(orderSchema.parse(parseVenueJson(sampleText('hairston-dart/model.open-order.json'))))
    expect(order).toMatchObject({ status: 'OPEN', postOnly: false, numberOfFills: 0 })
    expect(order.limitPrice?.toFixed()).toBe('14820.12')
  })

  it('reads every order of the ccxt samples', () => {
    const samples = JSON.parse(sampleText('ccxt/rest-comment-samples.json')) as {
      fn: string
      sample: { order?: unknown; orders?: unknown[] }
    }[]
    const orders = samples.flatMap(({ fn, sample }) =>
      fn === 'fetchOrder' ? [sample.order] : fn.startsWith('fetchOrders') ? (sample.orders ?? []) : [],
    )
    expect(orders.length).toBeGreaterThanOrEqual(3)
    for (const order of orders) expect(parseOrder(orderSchema.parse(order)).orderId).not.toBe('')
  })
})
