import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import {
  btcUsd,
  btcUsdc,
  codesOf,
  denialOf,
  limit,
  market,
  policyWith,
  snapshotWith,
  wallet,
} from '../scenario.test-support.js'

describe('max-order-size', () => {
  it.each([
    ['BTC-USD', 'BTC-USD'],
    ['BTC-USD', 'BTC-USDC'],
    ['BTC-USDC', 'BTC-USD'],
    ['BTC-USDC', 'BTC-USDC'],
  ])('a limit on %s holds orders on %s, exact to one increment', (limited, traded) => {
    const decide = (size: string) =>
      evaluateOrder(
        policyWith({ maxOrderSize: { [limited]: '0.5' } }),
        snapshotWith({ product: traded === 'BTC-USD' ? btcUsd : btcUsdc, balancesOf: [wallet('BTC', '2')] }),
        limit('SELL', { size }, '100000', { productId: traded }),
      )
    expect(decide('0.49999999').kind).toBe('approved')
    expect(decide('0.5').kind).toBe('approved')
    expect(denialOf(decide('0.50000001'), 'RISK_MAX_ORDER_SIZE')).toMatchObject({
      limit: '0.5',
      actual: '0.50000001',
      unit: 'BTC',
      cure: 'reduce size to 0.5',
    })
  })

  it('takes the smallest of several limits on one book', () => {
    const policy = policyWith({ maxOrderSize: { 'BTC-USD': '0.5', 'BTC-USDC': '0.2' } })
    expect(codesOf(evaluateOrder(policy, snapshotWith(), market('SELL', { size: '0.3' })))).toEqual([
      'RISK_MAX_ORDER_SIZE',
    ])
  })

  it('counts a quote-sized buy as what it becomes at the best price', () => {
    const policy = policyWith({ maxOrderSize: { 'BTC-USD': '0.01' } })
    const decide = (quoteSize: string) => evaluateOrder(policy, snapshotWith(), market('BUY', { quoteSize }))
    expect(decide('1000.01').kind).toBe('approved')
    expect(denialOf(decide('1000.02'), 'RISK_MAX_ORDER_SIZE').cure).toBe('reduce quote_size to 1000.01')
  })

  it('leaves other products alone', () => {
    const policy = policyWith({ maxOrderSize: { 'ETH-USD': '0.01' } })
    expect(evaluateOrder(policy, snapshotWith(), market('SELL', { size: '1' })).kind).toBe('approved')
  })
})
