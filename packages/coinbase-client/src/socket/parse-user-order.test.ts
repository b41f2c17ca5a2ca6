import { userOrderSchema, type WireUserOrderInput } from '@tidegate/coinbase-wire'
import { formatDecimal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { samplesAbsent, sampleText } from '../../test-support/runtime.js'
import { parseFrame, readUserOrders } from './parse-frame.js'
import { parseUserOrder } from './parse-user-order.js'

const base: WireUserOrderInput = {
  order_id: 'o1',
  client_order_id: 'c1',
  product_id: 'BTC-USDC',
  status: 'OPEN',
  order_side: 'BUY',
  order_type: 'Stop Limit',
  avg_price: '0',
  limit_price: '50000',
  stop_price: '49000',
  cumulative_quantity: '0',
  leaves_quantity: '0.001',
  filled_value: '0',
  number_of_fills: '0',
  total_fees: '0',
  post_only: 'false',
  time_in_force: 'GOOD_UNTIL_CANCELLED',
  creation_time: '2024-06-21T18:29:13.909347Z',
  end_time: '0001-01-01T00:00:00Z',
}
const parse = (changes: Partial<WireUserOrderInput> = {}) =>
  parseUserOrder(userOrderSchema.parse({ ...base, ...changes }), 5_000)

describe('parseUserOrder', () => {
  it('reads the other names that this channel has for things', () => {
    expect(parse()).toMatchObject({
      side: 'BUY',
      orderType: 'STOP_LIMIT',
      timeInForce: 'GTC',
      postOnly: false,
      createdAtMs: Date.UTC(2024, 5, 21, 18, 29, 13, 909),
    })
    expect(parse()).not.toHaveProperty('endTimeMs')
    expect(parse()).not.toHaveProperty('averageFilledPrice')
  })

  it('adds filled and left to a size only while the order lives', () => {
    const size = (changes: Partial<WireUserOrderInput>) => {
      const order = parse({ cumulative_quantity: '0.002', filled_value: '100', number_of_fills: '1', ...changes })
      return order?.baseSize && formatDecimal(order.baseSize)
    }
    expect(size({})).toBe('0.003')
    expect(size({ status: 'CANCELLED', leaves_quantity: '0' })).toBeUndefined()
    expect(size({ order_type: 'MARKET' })).toBeUndefined()
  })

  it('does without prices and with few fields, as live updates come', () => {
    expect(parse({ limit_price: undefined, stop_price: '' })).not.toHaveProperty('limitPrice')
    const { cumulative_quantity, order_id, client_order_id, product_id, status, order_side } = base
    const few = userOrderSchema.parse({
      cumulative_quantity,
      order_id,
      client_order_id,
      product_id,
      status,
      order_side,
    })
    expect(parseUserOrder(few, 5_000)).toMatchObject({ numberOfFills: 0, createdAtMs: 5_000 })
  })

  it('gives nothing rather than take an unknown amount for zero', () => {
    expect(parse({ cumulative_quantity: '' })).toBeUndefined()
    expect(parse({ order_side: 'SIDEWAYS' })).toBeUndefined()
    const filled = { cumulative_quantity: '1', number_of_fills: '1' }
    expect(parse({ ...filled, filled_value: '', avg_price: '' })).toBeUndefined()
    expect(parse({ ...filled, total_fees: '' })).toBeUndefined()
    expect(parse({ ...filled, filled_value: '', avg_price: '3' })?.filledValue.toFixed()).toBe('3')
  })

  it.skipIf(samplesAbsent)('reads the captured user frames (shared/fixtures)', () => {
    const jkorf = /^= \n(\{[\s\S]*)$/m.exec(sampleText('jkorf-coinbase-net/subscriptions/User.txt'))?.[1] ?? ''
    const samples = JSON.parse(sampleText('ccxt/ws-comment-samples.json')) as { fn: string; sample: unknown }[]
    const ccxt = JSON.stringify(samples.find(({ fn }) => fn === 'handleOrder')?.sample)
    for (const text of [jkorf, ccxt]) {
      const frame = parseFrame(text)
      if (frame.kind !== 'numbered') throw new Error('unreadable sample')
      const [wire] = readUserOrders(frame.value) ?? []
      if (!wire) throw new Error('no order in the sample')
      expect(parseUserOrder(wire, frame.sentAtMs)).toMatchObject({ side: 'BUY', orderType: 'LIMIT' })
    }
  })
})
