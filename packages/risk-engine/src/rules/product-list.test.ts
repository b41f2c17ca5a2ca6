import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import type { PolicyOptions } from '../policy-text.js'
import {
  btcUsd,
  btcUsdc,
  codesOf,
  denialOf,
  market,
  policyWith,
  snapshotWith,
  wallet,
} from '../scenario.test-support.js'

const decide = (policy: PolicyOptions, productId: 'BTC-USD' | 'BTC-USDC') =>
  evaluateOrder(
    policyWith(policy),
    snapshotWith({
      product: productId === 'BTC-USD' ? btcUsd : btcUsdc,
      balancesOf: [wallet('USD', '1000'), wallet('USDC', '1000')],
    }),
    market('BUY', { quoteSize: '10' }, productId),
  )

describe('product-list', () => {
  it.each(['BTC-USD', 'BTC-USDC'] as const)('denies %s by any name of its book', (productId) => {
    for (const denied of ['BTC-USD', 'BTC-USDC']) {
      expect(codesOf(decide({ denyProducts: [denied] }, productId))).toEqual(['RISK_PRODUCT_BLOCKED'])
    }
  })

  it('allows by any name of the book and refuses what is not on the list', () => {
    expect(decide({ allowProducts: ['BTC-USD'] }, 'BTC-USDC').kind).toBe('approved')
    const decision = decide({ allowProducts: ['ETH-USD'] }, 'BTC-USD')
    expect(codesOf(decision)).toEqual(['RISK_PRODUCT_BLOCKED'])
    expect(denialOf(decision, 'RISK_PRODUCT_BLOCKED').cure).toBe('trade one of ETH-USD')
  })

  it('allows everything when both lists are empty', () => {
    expect(decide({}, 'BTC-USDC').kind).toBe('approved')
  })
})
