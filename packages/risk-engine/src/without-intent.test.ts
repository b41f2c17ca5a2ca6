import { describe, expect, it } from 'vitest'
import { evaluateOrder } from './evaluate-order.js'
import { reservationsFor } from './reservations-for.js'
import { limit, openIntent, policyWith, snapshotWith, wallet } from './scenario.test-support.js'
import { withoutIntent } from './without-intent.js'

describe('withoutIntent', () => {
  it('lets an order that waited for approval pass again beside its own reservation, and no more than it', () => {
    const terms = limit('BUY', { size: '0.01' }, '100000')
    const before = snapshotWith({ balancesOf: [wallet('USD', '1000'), wallet('ETH', '10')] })
    const policy = policyWith({ maxOrdersPerMinute: 1 })
    const first = evaluateOrder(policy, before, terms)
    if (first.kind !== 'approved') throw new Error('refused')
    const waiting = {
      ...before,
      openIntents: [openIntent(terms, { state: 'AWAITING_APPROVAL', createdAtMs: before.nowMs - 1000 })],
      usage: {
        releaseEpoch: 1,
        rows: first.order.reservations.map(({ scope, window, amount }) => ({ scope, window, used: amount })),
        recent: [{ scope: 'account', count: 1 }],
      },
    }
    expect(evaluateOrder(policy, waiting, terms).kind).toBe('denied')
    const alone = withoutIntent(waiting, 'intent-1', first.order.reservations)
    expect(evaluateOrder(policy, alone, terms).kind).toBe('approved')
    expect(alone.usage.rows.every(({ used }) => used === 0n)).toBe(true)
    expect(alone.openIntents).toEqual([])
    const beside = {
      ...waiting,
      usage: { ...waiting.usage, rows: waiting.usage.rows.map((row) => ({ ...row, used: row.used + 7n })) },
    }
    expect(withoutIntent(beside, 'intent-1', first.order.reservations).usage.rows.map(({ used }) => used)).toEqual([
      7n,
      7n,
    ])
  })

  it('learns what a waiting order holds from its stored input, also under a policy that would refuse it now', () => {
    const terms = limit('BUY', { size: '0.01' }, '100000')
    const before = snapshotWith({ balancesOf: [wallet('USD', '1000'), wallet('ETH', '10')] })
    const first = evaluateOrder(policyWith(), before, terms)
    if (first.kind !== 'approved') throw new Error('refused')
    const amounts = (policy = policyWith()): readonly bigint[] | undefined =>
      reservationsFor(policy, before, terms)?.map(({ amount }) => amount)
    expect(amounts(policyWith({ maxOrderValueUsd: '1' }))).toEqual(first.order.reservations.map(({ amount }) => amount))
    expect(reservationsFor(policyWith(), { ...before, market: undefined }, terms)).toBeUndefined()
  })

  it('leaves the order rate alone when the intent is older than its window, and other scopes always', () => {
    const terms = limit('BUY', { size: '0.01' }, '100000')
    const snapshot = snapshotWith({
      openIntents: [openIntent(terms, { createdAtMs: 0 })],
      usage: {
        releaseEpoch: 0,
        rows: [{ scope: 'balance:USD', window: 'open', used: 5n }],
        recent: [{ scope: 'account', count: 1 }],
      },
    })
    expect(withoutIntent(snapshot, 'intent-1', []).usage).toEqual(snapshot.usage)
  })
})
