import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import {
  btcMarket,
  codesOf,
  d,
  denialOf,
  limit,
  market,
  policyWith,
  snapshotWith,
  wallet,
} from '../scenario.test-support.js'

const asks = [
  { price: d('100001'), size: d('1') },
  { price: d('100100'), size: d('1') },
]
const decide = (terms: Parameters<typeof evaluateOrder>[2], over: Parameters<typeof btcMarket>[0] = { asks }) =>
  evaluateOrder(
    policyWith(),
    snapshotWith({
      market: { value: btcMarket(over), ageMs: 0, usable: true },
      balancesOf: [wallet('USD', '9000000'), wallet('BTC', '5')],
    }),
    terms,
  )

describe('liquidity', () => {
  it('takes exactly what the book shows and refuses one unit more', () => {
    expect(decide(market('BUY', { size: '1.99999999' })).kind).toBe('approved')
    expect(decide(market('BUY', { size: '2' })).kind).toBe('approved')
    expect(denialOf(decide(market('BUY', { size: '2.00000001' })), 'RISK_NO_LIQUIDITY')).toMatchObject({
      limit: '2',
      actual: '2.00000001',
      unit: 'BTC',
      cure: 'reduce size to 2',
    })
  })

  it('counts quote-sized orders by value', () => {
    expect(decide(market('BUY', { quoteSize: '200101' })).kind).toBe('approved')
    expect(denialOf(decide(market('BUY', { quoteSize: '200101.01' })), 'RISK_NO_LIQUIDITY').cure).toBe(
      'reduce quote_size to 200101',
    )
  })

  it('refuses on an empty side and still gives the other reasons', () => {
    const decision = decide(market('SELL', { size: '6' }), { bids: [] })
    expect(codesOf(decision)).toEqual(['INSUFFICIENT_FUNDS', 'RISK_NO_LIQUIDITY'])
    expect(denialOf(decision, 'RISK_NO_LIQUIDITY').cure).toBe('send a LIMIT order')
  })

  it('does not ask the book for orders with a limit price', () => {
    expect(decide(limit('BUY', { size: '3' }, '100001')).kind).toBe('approved')
  })

  it('shows the average the book gives beside the worst price', () => {
    expect(decide(market('BUY', { size: '2' })).estimate).toMatchObject({
      worstPrice: '100100',
      expectedPrice: '100050.5',
    })
    expect(decide(limit('BUY', { size: '2' }, '100050')).estimate).toMatchObject({
      worstPrice: '100050',
      expectedPrice: '100025.5',
    })
  })
})
