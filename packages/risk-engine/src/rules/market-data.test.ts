import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import { btcMarket, codesOf, d, limit, market, policyWith, snapshotWith } from '../scenario.test-support.js'
import type { RiskSnapshot } from '../snapshot.js'

const buy = market('BUY', { quoteSize: '10' })
const exit = market('SELL', { size: '0.1' })
const policy = policyWith({ maxMarketAgeMs: 5000 })
const decide = (over: Partial<NonNullable<RiskSnapshot['market']>>, terms = buy) =>
  evaluateOrder(policy, snapshotWith({ market: { value: btcMarket(), ageMs: 0, usable: true, ...over } }), terms)

describe('market-data', () => {
  it('takes data exactly as old as allowed and refuses one millisecond more', () => {
    expect(decide({ ageMs: 4999 }).kind).toBe('approved')
    expect(decide({ ageMs: 5000 }).kind).toBe('approved')
    expect(codesOf(decide({ ageMs: 5001 }))).toEqual(['RISK_STALE_DATA'])
  })

  it('refuses a broken stream, however young its data is', () => {
    expect(codesOf(decide({ usable: false }))).toEqual(['RISK_STALE_DATA'])
  })

  it('refuses a crossed and a locked book', () => {
    for (const bestBid of [d('100001'), d('100002')]) {
      expect(codesOf(decide({ value: btcMarket({ bestBid }) }))).toContain('RISK_STALE_DATA')
    }
  })

  it.each(['0', '-1', 'NaN', 'Infinity'])('refuses a last trade of %s', (price) => {
    const decision = decide({ value: btcMarket({ lastTrade: d(price) }) })
    expect(codesOf(decision)).toEqual(['RISK_STALE_DATA'])
  })

  it('lets an exit pass on stale, broken or crossed data', () => {
    expect(decide({ ageMs: 60_000 }, exit).kind).toBe('approved')
    expect(decide({ usable: false }, exit).kind).toBe('approved')
    expect(decide({ value: btcMarket({ bestBid: d('100002') }) }, exit).kind).toBe('approved')
  })

  it('refuses even an exit when there is no price at all, because nothing could be valued', () => {
    const none = snapshotWith({ market: undefined })
    for (const terms of [exit, buy, limit('SELL', { size: '0.1' }, '100000')]) {
      expect(codesOf(evaluateOrder(policy, none, terms))).toEqual(['RISK_STALE_DATA'])
    }
  })
})
