import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import { codesOf, d, denialOf, market, policyWith, snapshotWith } from '../scenario.test-support.js'

const decide = (
  day: { realized?: string; unrealized?: string; fees?: string; complete?: boolean },
  side: 'BUY' | 'SELL' = 'BUY',
) =>
  evaluateOrder(
    policyWith({ maxLossPerDayUsd: '1000' }),
    snapshotWith({
      day: {
        realizedUsd: d(day.realized ?? '0'),
        unrealizedUsd: d(day.unrealized ?? '0'),
        feesUsd: d(day.fees ?? '0'),
        complete: day.complete ?? true,
      },
    }),
    market(side, { size: '0.1' }),
  )

describe('daily-loss', () => {
  it('passes one micro-USD below the limit and refuses at it', () => {
    expect(decide({ realized: '-999.999999' }).kind).toBe('approved')
    expect(codesOf(decide({ realized: '-1000' }))).toEqual(['RISK_DAILY_LOSS'])
    expect(codesOf(decide({ realized: '-1000.000001' }))).toEqual(['RISK_DAILY_LOSS'])
  })

  it('adds realised, unrealised and fees, and sets gains off', () => {
    expect(codesOf(decide({ realized: '-500', unrealized: '-400', fees: '100' }))).toEqual(['RISK_DAILY_LOSS'])
    expect(decide({ realized: '-5000', unrealized: '4100', fees: '99.999999' }).kind).toBe('approved')
    expect(denialOf(decide({ realized: '-5000', unrealized: '3000' }), 'RISK_DAILY_LOSS')).toMatchObject({
      limit: '1000',
      actual: '2000',
      unit: 'USD',
    })
  })

  it('refuses what adds exposure while the day is incomplete', () => {
    expect(codesOf(decide({ complete: false }))).toEqual(['RISK_STALE_DATA'])
    expect(codesOf(decide({ realized: 'NaN' }))).toEqual(['RISK_DAILY_LOSS'])
  })

  it('never holds back a sell of what the account holds', () => {
    expect(decide({ realized: '-100000', complete: false }, 'SELL').kind).toBe('approved')
  })
})
