import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import { codesOf, market, policyWith, snapshotWith } from '../scenario.test-support.js'

const decide = (ageMs: number, usable: boolean, side: 'BUY' | 'SELL') => {
  const { balances } = snapshotWith()
  return evaluateOrder(
    policyWith({ maxAccountAgeMs: 10_000 }),
    snapshotWith({ balances: { ...balances, ageMs, usable } }),
    market(side, { size: '0.1' }),
  )
}

describe('account-data', () => {
  it('takes balances exactly as old as allowed and refuses one millisecond more', () => {
    expect(decide(9_999, true, 'BUY').kind).toBe('approved')
    expect(decide(10_000, true, 'BUY').kind).toBe('approved')
    expect(codesOf(decide(10_001, true, 'BUY'))).toEqual(['RISK_STALE_DATA'])
  })

  it('refuses sells too: without balances nobody knows what is held', () => {
    expect(codesOf(decide(10_001, true, 'SELL'))).toEqual(['RISK_STALE_DATA'])
    expect(codesOf(decide(0, false, 'SELL'))).toEqual(['RISK_STALE_DATA'])
  })
})
