import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policies, situation } from './arbitraries.test-support.js'
import { evaluateOrder } from './evaluate-order.js'
import { definePolicy, deserializePolicy, serializePolicy } from './policy-text.js'
import { replayPolicy, verdictOf } from './replay-policy.js'
import { market, snapshotWith } from './scenario.test-support.js'
import { deserializeSnapshot, serializeSnapshot } from './snapshot-text.js'

const input = (intentId: string, quoteSize: string, policy = definePolicy()) => {
  const snapshot = snapshotWith()
  const terms = market('BUY', { quoteSize })
  return { intentId, snapshot, terms, verdict: verdictOf(evaluateOrder(policy, snapshot, terms)) }
}

describe('replayPolicy', () => {
  it('lists what a tighter policy would have stopped, with the reason', () => {
    const report = replayPolicy(definePolicy({ maxOrderValueUsd: '100' }), [
      input('small', '50'),
      input('large', '400'),
    ])
    expect(report).toMatchObject({ evaluated: 2, unchanged: 1, nowDenied: 1, nowApproved: 0, nowNeedsApproval: 0 })
    expect(report.changes).toMatchObject([
      {
        intentId: 'large',
        added: ['RISK_MAX_ORDER_VALUE'],
        removed: [],
        before: { kind: 'approved' },
        after: { kind: 'denied' },
      },
    ])
    expect(report.changes[0]?.reasons[0]).toContain('400 USD')
  })

  it('lists what a looser policy would have let pass, and what a person would have been asked', () => {
    const report = replayPolicy(definePolicy({ maxOrderValueUsd: '2000', requireConfirmationAboveUsd: '300' }), [
      input('refused', '1500'),
      input('asked', '400'),
    ])
    expect(report).toMatchObject({ unchanged: 0, nowDenied: 0, nowApproved: 1, nowNeedsApproval: 1 })
    expect(report.changes.find(({ intentId }) => intentId === 'refused')?.removed).toEqual(['RISK_MAX_ORDER_VALUE'])
  })

  it('changes nothing under the policy the orders were decided by, from stored text too (property)', () => {
    fc.assert(
      fc.property(policies, fc.array(situation, { maxLength: 4 }), (policy, situations) => {
        const inputs = situations.map(({ snapshot, terms }, i) => ({
          intentId: String(i),
          terms,
          verdict: verdictOf(evaluateOrder(policy, snapshot, terms)),
          snapshot: deserializeSnapshot(serializeSnapshot(snapshot)),
        }))
        const report = replayPolicy(deserializePolicy(serializePolicy(policy)), inputs)
        expect(report).toMatchObject({ unchanged: inputs.length, changes: [], policyVersion: policy.version })
      }),
      { numRuns: 150 },
    )
  })

  it('decides inputs and policies that were stored before the newer limits as they were decided then', () => {
    const oldPolicy =
      '{"max_order_value_usd":"1000","max_position_size_pct":"25","require_confirmation_above_usd":"500","max_orders_per_minute":10,' +
      '"max_loss_per_day":"1000","max_order_size":{},"price_collar_pct":"10","allow_products":[],"deny_products":[],' +
      '"max_market_age_ms":5000,"max_account_age_ms":10000}'
    const policy = deserializePolicy(oldPolicy)
    expect(serializePolicy(policy)).toBe(oldPolicy)
    const oldText = serializeSnapshot(snapshotWith({ recent: 'unrecorded' }))
    expect(JSON.parse(oldText)).not.toHaveProperty('recent')
    const snapshot = deserializeSnapshot(oldText)
    expect(serializeSnapshot(snapshot)).toBe(oldText)
    const verdict = { kind: 'approved', codes: [], needsApproval: false } as const
    const stored = { intentId: 'old', snapshot, terms: market('BUY', { quoteSize: '400' }), verdict }
    expect(replayPolicy(policy, [stored])).toMatchObject({ unchanged: 1, changes: [] })
    // Under today's defaults as well: nobody recorded what the newer limits need, so they judge nothing.
    expect(replayPolicy(definePolicy(), [stored])).toMatchObject({ unchanged: 1, changes: [] })
    expect(replayPolicy(definePolicy({ maxOrderValueUsd: '1' }), [stored])).toMatchObject({ nowDenied: 1 })
  })

  it('tells facts that are missing from facts that nobody recorded', () => {
    const { recent: _, ...missing } = snapshotWith()
    const back = deserializeSnapshot(serializeSnapshot(missing))
    expect(back.recent).toBeUndefined()
    expect(evaluateOrder(definePolicy(), back, market('BUY', { quoteSize: '40' })).kind).toBe('denied')
  })
})
