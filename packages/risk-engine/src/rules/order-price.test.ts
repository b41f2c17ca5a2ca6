import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import { codesOf, denialOf, limit, policyWith, snapshotWith, stopLimit } from '../scenario.test-support.js'

const decide = (terms: Parameters<typeof evaluateOrder>[2]) => evaluateOrder(policyWith(), snapshotWith(), terms)

describe('order-price', () => {
  it('refuses prices between two price increments, with the nearer harmless one as the cure', () => {
    expect(denialOf(decide(limit('BUY', { size: '0.1' }, '99000.005')), 'INVALID_PRICE').cure).toBe(
      'use limit_price 99000',
    )
    expect(denialOf(decide(limit('SELL', { size: '0.1' }, '99000.005')), 'INVALID_PRICE').cure).toBe(
      'use limit_price 99000.01',
    )
    expect(decide(limit('BUY', { size: '0.1' }, '99000.01')).kind).toBe('approved')
  })

  it('holds the stop price to the increment too', () => {
    expect(denialOf(decide(stopLimit('SELL', '0.1', '90000.001', '90000')), 'INVALID_PRICE').message).toContain(
      'stop_price',
    )
  })

  it('wants a sell limit at or below its stop and a buy limit at or above', () => {
    expect(decide(stopLimit('SELL', '0.1', '90000', '90000')).kind).toBe('approved')
    expect(codesOf(decide(stopLimit('SELL', '0.1', '90000', '90000.01')))).toEqual(['INVALID_PRICE'])
    expect(decide(stopLimit('BUY', '0.1', '110000', '110000')).kind).toBe('approved')
    expect(codesOf(decide(stopLimit('BUY', '0.1', '110000', '109999.99')))).toEqual(['INVALID_PRICE'])
  })

  it('wants the stop still ahead of the last trade, 100 000', () => {
    expect(decide(stopLimit('SELL', '0.1', '99999.99', '99999')).kind).toBe('approved')
    expect(denialOf(decide(stopLimit('SELL', '0.1', '100000', '99999')), 'INVALID_PRICE').cure).toBe(
      'set stop_price below 100000',
    )
    expect(decide(stopLimit('BUY', '0.1', '100000.01', '100001')).kind).toBe('approved')
    expect(codesOf(decide(stopLimit('BUY', '0.1', '100000', '100001')))).toEqual(['INVALID_PRICE'])
  })

  it('takes a take-profit: a sell that wakes when the price rises', () => {
    expect(decide(stopLimit('SELL', '0.1', '110000', '109000', 'UP')).kind).toBe('approved')
    expect(codesOf(decide(stopLimit('SELL', '0.1', '99000', '98000', 'UP')))).toEqual(['INVALID_PRICE'])
  })

  it.each(['0', '-5', 'NaN'])('refuses a price of %s from callers that skip our parser', (price) => {
    expect(codesOf(decide(limit('BUY', { size: '0.1' }, price)))).toEqual(['INVALID_PRICE'])
  })
})
