import type { Product } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import { btcUsd, codesOf, denialOf, limit, market, policyWith, snapshotWith } from '../scenario.test-support.js'
import { allRules } from './all-rules.js'

const decide = (over: Partial<Product>, terms = market('SELL', { size: '0.1' })) =>
  evaluateOrder(policyWith(), snapshotWith({ product: { ...btcUsd, ...over } }), terms)

describe('product-status', () => {
  it('says PRODUCT_NOT_FOUND for a product the venue does not list, and still runs the other rules', () => {
    const snapshot = snapshotWith({ product: undefined, mode: 'HALTED' })
    const decision = evaluateOrder(policyWith(), snapshot, market('BUY', { quoteSize: '10' }))
    expect(codesOf(decision)).toEqual(['PRODUCT_NOT_FOUND', 'RISK_HALTED'])
    expect(decision.findings).toHaveLength(allRules.length)
    expect(decision.estimate).toBeUndefined()
  })

  it.each([
    ['is_disabled', { isDisabled: true }],
    ['trading_disabled', { tradingDisabled: true }],
    ['cancel_only', { cancelOnly: true }],
    ['view_only', { viewOnly: true }],
    ['auction_mode', { auctionMode: true }],
    ['delisted', { status: 'delisted' }],
    ['offline', { status: 'offline' }],
  ])('refuses every order, sells too, while the product is %s', (state, over) => {
    const decision = decide(over)
    expect(codesOf(decision)).toEqual(['PRODUCT_NOT_TRADABLE'])
    expect(denialOf(decision, 'PRODUCT_NOT_TRADABLE').actual).toBe(state)
  })

  it('takes an empty status as tradable, because futures come with one', () => {
    expect(decide({ status: '' }).kind).toBe('approved')
  })

  it('refuses market orders alone while the product is limit-only', () => {
    expect(codesOf(decide({ limitOnly: true }))).toEqual(['PRODUCT_NOT_TRADABLE'])
    expect(
      evaluateOrder(
        policyWith(),
        snapshotWith({ product: { ...btcUsd, limitOnly: true } }),
        limit('SELL', { size: '0.1' }, '100000'),
      ).kind,
    ).toBe('approved')
  })

  it('takes nothing but post-only limits while the product is post-only', () => {
    const snapshot = snapshotWith({ product: { ...btcUsd, postOnly: true } })
    const plain = evaluateOrder(policyWith(), snapshot, limit('SELL', { size: '0.1' }, '100000'))
    expect(denialOf(plain, 'PRODUCT_NOT_TRADABLE').cure).toBe('send a LIMIT order with post_only true')
    const maker = limit('SELL', { size: '0.1' }, '100000', { postOnly: true })
    expect(evaluateOrder(policyWith(), snapshot, maker).kind).toBe('approved')
  })
})
