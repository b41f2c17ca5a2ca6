import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import { btcUsdc, codesOf, limit, market, policyWith, snapshotWith, wallet } from '../scenario.test-support.js'

describe('mode', () => {
  it('lets nothing pass in HALTED, exits neither', () => {
    const snapshot = snapshotWith({ mode: 'HALTED' })
    for (const terms of [market('BUY', { quoteSize: '10' }), market('SELL', { size: '0.1' })]) {
      expect(codesOf(evaluateOrder(policyWith(), snapshot, terms))).toEqual(['RISK_HALTED'])
    }
  })

  it('lets sells of held base pass in REDUCE_ONLY and refuses buys', () => {
    const snapshot = snapshotWith({ mode: 'REDUCE_ONLY' })
    expect(evaluateOrder(policyWith(), snapshot, market('SELL', { size: '1' })).kind).toBe('approved')
    expect(codesOf(evaluateOrder(policyWith(), snapshot, limit('BUY', { size: '0.1' }, '50000')))).toEqual([
      'RISK_REDUCE_ONLY',
    ])
  })

  it('does not call a sell of more than is held reducing', () => {
    const snapshot = snapshotWith({ mode: 'REDUCE_ONLY' })
    expect(codesOf(evaluateOrder(policyWith(), snapshot, market('SELL', { size: '1.00000001' })))).toEqual([
      'INSUFFICIENT_FUNDS',
      'RISK_REDUCE_ONLY',
    ])
  })

  it('judges a sell through the alias by what is held of the base', () => {
    const snapshot = snapshotWith({ mode: 'REDUCE_ONLY', product: btcUsdc, balancesOf: [wallet('BTC', '0.2')] })
    expect(evaluateOrder(policyWith(), snapshot, market('SELL', { size: '0.2' }, 'BTC-USDC')).kind).toBe('approved')
  })
})
