import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import {
  btcMarket,
  btcUsd,
  codesOf,
  d,
  denialOf,
  limit,
  market,
  policyWith,
  snapshotWith,
  toneUsd,
  wallet,
} from '../scenario.test-support.js'

const product = {
  ...btcUsd,
  baseMinSize: d('0.001'),
  baseMaxSize: d('2'),
  quoteMinSize: d('10'),
  quoteMaxSize: d('1000'),
}
const sell = (size: string) =>
  evaluateOrder(
    policyWith(),
    snapshotWith({
      product: { ...product, quoteMaxSize: d('1000000') },
      balancesOf: [wallet('BTC', '100'), wallet('USD', '1')],
    }),
    limit('SELL', { size }, '100000'),
  )
const buy = (quoteSize: string) => evaluateOrder(policyWith(), snapshotWith({ product }), market('BUY', { quoteSize }))

describe('order-size', () => {
  it('takes the base minimum and maximum themselves and refuses one increment beyond', () => {
    expect(sell('0.001').kind).toBe('approved')
    expect(sell('0.00100001').kind).toBe('approved')
    expect(denialOf(sell('0.00099999'), 'INVALID_ORDER_SIZE')).toMatchObject({
      limit: '0.001',
      cure: 'raise size to 0.001',
    })
    expect(sell('1.99999999').kind).toBe('approved')
    expect(sell('2').kind).toBe('approved')
    expect(denialOf(sell('2.00000001'), 'INVALID_ORDER_SIZE')).toMatchObject({ limit: '2', cure: 'reduce size to 2' })
  })

  it('takes the quote minimum and maximum themselves and refuses one increment beyond', () => {
    expect(buy('10').kind).toBe('approved')
    expect(buy('10.01').kind).toBe('approved')
    expect(denialOf(buy('9.99'), 'INVALID_ORDER_SIZE').cure).toBe('raise quote_size to 10')
    expect(buy('999.99').kind).toBe('approved')
    expect(buy('1000').kind).toBe('approved')
    expect(denialOf(buy('1000.01'), 'INVALID_ORDER_SIZE').cure).toBe('reduce quote_size to 1000')
  })

  it('refuses sizes between two increments and names the one below', () => {
    expect(denialOf(sell('0.123456789'), 'INVALID_ORDER_SIZE').cure).toBe('use size 0.12345678')
    expect(denialOf(buy('10.015'), 'INVALID_ORDER_SIZE').cure).toBe('use quote_size 10.01')
  })

  it('rounds a minimum that is off the increment up in its cure (TONE-USD)', () => {
    const snapshot = snapshotWith({
      product: toneUsd,
      bookProductId: 'TONE-USD',
      market: {
        value: { ...btcMarket(), bestBid: d('0.9'), bestAsk: d('1.1'), lastTrade: d('1') },
        ageMs: 0,
        usable: true,
      },
    })
    const order = (size: string) => limit('BUY', { size }, '1', { productId: 'TONE-USD' })
    expect(denialOf(evaluateOrder(policyWith(), snapshot, order('26')), 'INVALID_ORDER_SIZE').cure).toBe(
      'raise size to 27',
    )
    expect(evaluateOrder(policyWith(), snapshot, order('27')).kind).toBe('approved')
  })

  it('holds base-sized orders to the quote minimum as well', () => {
    const snapshot = snapshotWith({ product: { ...btcUsd, quoteMinSize: d('1') } })
    const order = (size: string) => evaluateOrder(policyWith(), snapshot, limit('BUY', { size }, '100000'))
    expect(order('0.00001').kind).toBe('approved')
    expect(denialOf(order('0.00000999'), 'INVALID_ORDER_SIZE')).toMatchObject({
      unit: 'USD',
      cure: 'raise size to 0.00001',
    })
  })

  it.each(['0', '-1', 'NaN', 'Infinity'])('refuses a size of %s from callers that skip our parser', (size) => {
    expect(codesOf(evaluateOrder(policyWith(), snapshotWith(), limit('BUY', { size }, '100000')))).toEqual([
      'INVALID_ORDER_SIZE',
    ])
  })
})
