import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import { codesOf, denialOf, market, policyWith, snapshotWith } from '../scenario.test-support.js'

const nowMs = 1_795_436_717_432
const decide = (
  recent: readonly { scope: string; count: number; oldestAtMs?: number }[],
  side: 'BUY' | 'SELL' = 'BUY',
) =>
  evaluateOrder(
    policyWith({ maxOrdersPerMinute: 10 }),
    snapshotWith({ nowMs, usage: { rows: [], releaseEpoch: 0, recent } }),
    market(side, { size: '0.1' }),
  )

describe('order-rate', () => {
  it('takes the tenth order of a minute and refuses the eleventh', () => {
    expect(decide([{ scope: 'account', count: 8 }]).kind).toBe('approved')
    expect(decide([{ scope: 'account', count: 9 }]).kind).toBe('approved')
    expect(codesOf(decide([{ scope: 'account', count: 10 }]))).toEqual(['RISK_ORDER_RATE'])
  })

  it('says when a place becomes free', () => {
    const decision = decide([{ scope: 'account', count: 10, oldestAtMs: nowMs - 36_600 }])
    expect(denialOf(decision, 'RISK_ORDER_RATE')).toMatchObject({
      limit: '10',
      actual: '11',
      unit: 'orders/min',
      cure: 'wait 24 s and try again',
    })
  })

  it('looks at every scope and counts sells as well', () => {
    expect(
      codesOf(
        decide(
          [
            { scope: 'account', count: 1 },
            { scope: 'agent:local', count: 10 },
          ],
          'SELL',
        ),
      ),
    ).toEqual(['RISK_ORDER_RATE'])
  })

  it('takes an absent count as no orders', () => {
    expect(decide([]).kind).toBe('approved')
  })
})
