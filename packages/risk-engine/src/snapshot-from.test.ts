import { describe, expect, it } from 'vitest'
import { evaluateOrder } from './evaluate-order.js'
import { codesOf, d, market, policyWith } from './scenario.test-support.js'
import { type SnapshotFacts, snapshotFrom } from './snapshot-from.js'

const facts: SnapshotFacts = {
  productId: 'BTC-USD',
  market: {
    bids: [{ price: '99999', size: '2' }],
    asks: [{ price: '100001', size: '2' }],
    lastTrade: '100000',
    ageMs: 100,
  },
  account: { wallets: { USD: '5000', BTC: '1' }, takerRate: '0.012', ageMs: 100 },
  today: { lossUsd: '0', ordersLastMinute: 0 },
}
const buy = market('BUY', { quoteSize: '100' })

describe('snapshotFrom', () => {
  it('makes every fact count', () => {
    const decide = (over: Partial<SnapshotFacts>, policy = {}) =>
      codesOf(evaluateOrder(policyWith(policy), snapshotFrom({ ...facts, ...over }), buy))
    expect(decide({})).toEqual([])
    expect(decide({ market: { ...facts.market, ageMs: 5001 } })).toEqual(['RISK_STALE_DATA'])
    expect(decide({ market: { ...facts.market, asks: [] } })).toContain('RISK_STALE_DATA')
    expect(decide({ account: { ...facts.account, ageMs: 10_001 } })).toEqual(['RISK_STALE_DATA'])
    expect(decide({ account: { ...facts.account, wallets: { USD: '99.99', BTC: '1' } } })).toEqual([
      'INSUFFICIENT_FUNDS',
    ])
    expect(decide({ today: { lossUsd: '10', ordersLastMinute: 0 } }, { maxLossPerDayUsd: '10' })).toEqual([
      'RISK_DAILY_LOSS',
    ])
    expect(decide({ today: { lossUsd: '-10', ordersLastMinute: 0 } }, { maxLossPerDayUsd: '10' })).toEqual([])
    expect(decide({ today: { lossUsd: '0', ordersLastMinute: 9 } }, { maxOrdersPerMinute: 9 })).toEqual([
      'RISK_ORDER_RATE',
    ])
    expect(decide({ product: { quoteMinSize: d('101') } })).toEqual(['INVALID_ORDER_SIZE'])
  })

  it('refuses facts that are no decimals', () => {
    expect(() => snapshotFrom({ ...facts, today: { lossUsd: '', ordersLastMinute: 0 } })).toThrow(/lossUsd/)
    expect(() => snapshotFrom({ ...facts, account: { ...facts.account, wallets: { USD: '1e3' } } })).toThrow(
      /wallets.USD/,
    )
  })
})
