import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import { codesOf, d, denialOf, limit, market, policyWith, snapshotWith, wallet } from '../scenario.test-support.js'

const policy = policyWith({ maxPositionSizePct: '25' })
const rows = (used: bigint) => ({
  rows: [{ scope: 'exposure:BTC', window: 'open', used }],
  releaseEpoch: 0,
  recent: [],
})

describe('position-share', () => {
  it('passes at the cap and refuses one micro-USD more', () => {
    // 25 % of 1 000 000 less 100 000 held leaves 150 000
    const decide = (used: bigint) =>
      codesOf(evaluateOrder(policy, snapshotWith({ usage: rows(used) }), market('BUY', { quoteSize: '1000' })))
    expect(decide(148_999_999_999n)).toEqual([])
    expect(decide(149_000_000_000n)).toEqual([])
    expect(decide(149_000_000_001n)).toEqual(['RISK_POSITION_LIMIT'])
  })

  it('names share, limit and the size that would pass', () => {
    const decision = evaluateOrder(policy, snapshotWith(), limit('BUY', { size: '2' }, '100000'))
    expect(denialOf(decision, 'RISK_POSITION_LIMIT')).toMatchObject({
      limit: '25',
      actual: '30',
      unit: '%',
      cure: 'reduce size to 1.5',
    })
  })

  it('does not look at sells of held base, even above the cap', () => {
    const snapshot = snapshotWith({ balancesOf: [wallet('BTC', '1'), wallet('USD', '1')] })
    expect(evaluateOrder(policy, snapshot, market('SELL', { size: '0.5' })).kind).toBe('approved')
    expect(codesOf(evaluateOrder(policy, snapshot, market('BUY', { quoteSize: '1' })))).toEqual(['RISK_POSITION_LIMIT'])
  })

  it('leaves holdings without a price out of the portfolio, which only makes it stricter', () => {
    const balancesOf = [wallet('USD', '900000'), wallet('BTC', '1'), wallet('ETH', '250')]
    const buy = market('BUY', { quoteSize: '200000' })
    const priced = snapshotWith({ balancesOf, usdPrices: { USD: d('1'), ETH: d('4000') } })
    const unpriced = snapshotWith({ balancesOf, usdPrices: { USD: d('1') } })
    expect(evaluateOrder(policy, priced, buy).kind).toBe('approved')
    expect(codesOf(evaluateOrder(policy, unpriced, buy))).toEqual(['RISK_POSITION_LIMIT'])
  })
})
