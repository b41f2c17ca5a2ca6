import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import {
  codesOf,
  d,
  denialOf,
  limit,
  market,
  openIntent,
  policyWith,
  snapshotWith,
  wallet,
} from '../scenario.test-support.js'

const rows = (scope: string, used: bigint) => ({ rows: [{ scope, window: 'open', used }], releaseEpoch: 0, recent: [] })

describe('funds', () => {
  it('passes at the cap and refuses one micro-unit more, whatever used it up', () => {
    const decide = (used: bigint) =>
      codesOf(
        evaluateOrder(
          policyWith(),
          snapshotWith({ balancesOf: [wallet('USD', '1000'), wallet('ETH', '100')], usage: rows('balance:USD', used) }),
          market('BUY', { quoteSize: '100' }),
        ),
      )
    expect(decide(899_999_999n)).toEqual([])
    expect(decide(900_000_000n)).toEqual([])
    expect(decide(900_000_001n)).toEqual(['INSUFFICIENT_FUNDS'])
  })

  it('adds the fee to a base-sized buy', () => {
    const feeRates = { tier: '', takerRate: d('0.01'), makerRate: d('0.005'), volumeUsd: d('0') }
    const decide = (usd: string) =>
      evaluateOrder(
        policyWith(),
        snapshotWith({ feeRates, balancesOf: [wallet('USD', usd), wallet('ETH', '100')] }),
        limit('BUY', { size: '0.01' }, '100000'),
      )
    expect(decide('1010').kind).toBe('approved')
    const short = denialOf(decide('1009.999999'), 'INSUFFICIENT_FUNDS')
    expect(short).toMatchObject({ limit: '1009.999999', actual: '1010', unit: 'USD' })
    expect(short.cure).toBe('reduce size to 0.00999999')
  })

  it('charges the maker rate to post-only orders', () => {
    const feeRates = { tier: '', takerRate: d('0.01'), makerRate: d('0.005'), volumeUsd: d('0') }
    const snapshot = snapshotWith({ feeRates, balancesOf: [wallet('USD', '1005'), wallet('ETH', '100')] })
    const order = limit('BUY', { size: '0.01' }, '100000', { postOnly: true })
    expect(evaluateOrder(policyWith(), snapshot, order).kind).toBe('approved')
  })

  it('sells exactly what is held and not one unit more', () => {
    const decide = (size: string, used = 0n) =>
      codesOf(evaluateOrder(policyWith(), snapshotWith({ usage: rows('balance:BTC', used) }), market('SELL', { size })))
    expect(decide('1')).toEqual([])
    expect(decide('1.00000001')).toEqual(['INSUFFICIENT_FUNDS'])
    expect(decide('0.5', 50_000_000n)).toEqual([])
    expect(decide('0.5', 50_000_001n)).toEqual(['INSUFFICIENT_FUNDS'])
  })

  it('sells a wallet whose dust reaches below the increment', () => {
    const snapshot = snapshotWith({ balancesOf: [wallet('BTC', '0.0015092999063604')] })
    expect(evaluateOrder(policyWith(), snapshot, market('SELL', { size: '0.00150929' })).kind).toBe('approved')
  })

  it('lets the rest of a position out while an earlier sell is UNKNOWN and held by the venue', () => {
    const first = limit('SELL', { size: '0.6' }, '101000')
    const snapshot = snapshotWith({
      balancesOf: [wallet('BTC', '0.4', '0.6')],
      openIntents: [openIntent(first, { state: 'UNKNOWN' })],
      usage: rows('balance:BTC', 60_000_000n),
    })
    expect(evaluateOrder(policyWith(), snapshot, market('SELL', { size: '0.4' })).kind).toBe('approved')
    expect(codesOf(evaluateOrder(policyWith(), snapshot, market('SELL', { size: '0.40000001' })))).toEqual([
      'INSUFFICIENT_FUNDS',
    ])
  })

  it('does not take orders still waiting here for a hold of the venue', () => {
    const waiting = limit('BUY', { size: '0.005' }, '100000')
    const snapshot = snapshotWith({
      balancesOf: [wallet('USD', '500', '500'), wallet('ETH', '100')],
      openIntents: [openIntent(waiting, { state: 'AWAITING_APPROVAL' })],
      usage: rows('balance:USD', 500_000_000n),
    })
    const decision = evaluateOrder(policyWith(), snapshot, market('BUY', { quoteSize: '1' }))
    expect(denialOf(decision, 'INSUFFICIENT_FUNDS').message).toContain('has 0 USD free')
  })

  it('refuses when there is no such wallet', () => {
    const decision = evaluateOrder(
      policyWith(),
      snapshotWith({ balancesOf: [wallet('ETH', '100')] }),
      market('BUY', { quoteSize: '10' }),
    )
    expect(denialOf(decision, 'INSUFFICIENT_FUNDS')).toMatchObject({
      limit: '0',
      cure: 'add USD or cancel an order that reserves it',
    })
  })
})
