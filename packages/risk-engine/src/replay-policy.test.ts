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
})
