import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import {
  btcUsd,
  codesOf,
  d,
  denialOf,
  limit,
  market,
  policyWith,
  snapshotWith,
  wallet,
} from '../scenario.test-support.js'

const feeRates = { tier: '', takerRate: d('0.01'), makerRate: d('0.005'), volumeUsd: d('0') }

describe('max-order-value', () => {
  it('passes at the limit and refuses one cent more for a quote-sized buy, fee inside', () => {
    const decide = (quoteSize: string) =>
      evaluateOrder(policyWith({ maxOrderValueUsd: '1000' }), snapshotWith({ feeRates }), market('BUY', { quoteSize }))
    expect(decide('999.99').kind).toBe('approved')
    expect(decide('1000').kind).toBe('approved')
    expect(denialOf(decide('1000.01'), 'RISK_MAX_ORDER_VALUE')).toMatchObject({
      limit: '1000',
      actual: '1000.01',
      unit: 'USD',
      cure: 'reduce quote_size to 1000',
    })
  })

  it('counts the fee on top of a base-sized buy', () => {
    const decide = (limitUsd: string) =>
      evaluateOrder(
        policyWith({ maxOrderValueUsd: limitUsd }),
        snapshotWith({ feeRates }),
        limit('BUY', { size: '0.01' }, '100000'),
      )
    expect(decide('1010').kind).toBe('approved')
    expect(codesOf(decide('1009.999999999999'))).toEqual(['RISK_MAX_ORDER_VALUE'])
  })

  it('values a sell at mid when its limit is lower, so that a low price makes no order small', () => {
    const decide = (size: string) =>
      evaluateOrder(policyWith({ maxOrderValueUsd: '1000' }), snapshotWith(), limit('SELL', { size }, '50000'))
    expect(decide('0.01').kind).toBe('approved')
    expect(denialOf(decide('0.01000001'), 'RISK_MAX_ORDER_VALUE').cure).toBe('reduce size to 0.01')
  })

  it('converts with the USD price of the quote currency and refuses without one', () => {
    const product = { ...btcUsd, productId: 'BTC-EUR', quoteCurrency: 'EUR' }
    const balancesOf = [wallet('EUR', '100000'), wallet('BTC', '1')]
    const decide = (eur: string | undefined, side: 'BUY' | 'SELL') =>
      evaluateOrder(
        policyWith({ maxOrderValueUsd: '1000' }),
        snapshotWith({ product, balancesOf, usdPrices: { BTC: d('108000'), ...(eur ? { EUR: d(eur) } : {}) } }),
        limit(side, { size: '0.01' }, '100000', { productId: 'BTC-EUR' }),
      )
    expect(decide('1', 'BUY').kind).toBe('approved')
    expect(denialOf(decide('1.08', 'BUY'), 'RISK_MAX_ORDER_VALUE').actual).toBe('1080')
    for (const side of ['BUY', 'SELL'] as const) {
      for (const price of [undefined, '0', '-1', 'NaN']) {
        const decision = decide(price, side)
        expect(decision.kind).toBe('denied')
        expect(codesOf(decision)).toContain('RISK_STALE_DATA')
      }
    }
  })
})
