import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import {
  btcMarket,
  codesOf,
  d,
  denialOf,
  limit,
  market,
  policyWith,
  snapshotWith,
  stopLimit,
} from '../scenario.test-support.js'

const policy = policyWith({ priceCollarPct: '10' })
const decide = (terms: Parameters<typeof evaluateOrder>[2], over: Parameters<typeof btcMarket>[0] = {}) =>
  evaluateOrder(policy, snapshotWith({ market: { value: btcMarket(over), ageMs: 0, usable: true } }), terms)

describe('price-collar', () => {
  it('passes a buy limit at mid + 10 % and refuses one tick more', () => {
    const buy = (price: string) => decide(limit('BUY', { size: '0.1' }, price))
    expect(buy('109999.99').kind).toBe('approved')
    expect(buy('110000').kind).toBe('approved')
    expect(denialOf(buy('110000.01'), 'RISK_PRICE_COLLAR')).toMatchObject({
      limit: '110000',
      actual: '110000.01',
      unit: 'USD',
      cure: 'set limit_price to 110000',
    })
  })

  it('passes a sell limit at mid − 10 % and refuses one tick less', () => {
    const sell = (price: string) => decide(limit('SELL', { size: '0.1' }, price))
    expect(sell('90000.01').kind).toBe('approved')
    expect(sell('90000').kind).toBe('approved')
    expect(denialOf(sell('89999.99'), 'RISK_PRICE_COLLAR').cure).toBe('set limit_price to 90000')
  })

  it('leaves the side that does not hurt free: a bid at one dollar, an offer at a million', () => {
    expect(decide(limit('BUY', { size: '0.1' }, '100')).kind).toBe('approved')
    expect(decide(limit('SELL', { size: '0.1' }, '1000000')).kind).toBe('approved')
  })

  it('catches a price ten times too high', () => {
    expect(codesOf(decide(limit('BUY', { size: '0.1' }, '1000000')))).toEqual(['RISK_PRICE_COLLAR'])
  })

  it('holds the price against the last trade as well as against mid', () => {
    const buy = (price: string) => decide(limit('BUY', { size: '0.1' }, price), { lastTrade: d('98000') })
    expect(buy('107800').kind).toBe('approved')
    expect(denialOf(buy('107800.01'), 'RISK_PRICE_COLLAR').message).toContain('the last trade 98000')
    const sell = decide(limit('SELL', { size: '0.1' }, '90000'), { lastTrade: d('100000.02') })
    expect(codesOf(sell)).toEqual(['RISK_PRICE_COLLAR'])
  })

  it('holds a market order to the deepest level it reaches, and says how much the book takes within the collar', () => {
    const asks = [
      { price: d('100001'), size: d('1') },
      { price: d('110000'), size: d('1') },
      { price: d('110000.01'), size: d('5') },
    ]
    const buy = (size: string) => decide(market('BUY', { size }), { asks })
    expect(buy('2').kind).toBe('approved')
    expect(denialOf(buy('2.00000001'), 'RISK_PRICE_COLLAR').cure).toBe('reduce size to 2')
    const byQuote = decide(market('BUY', { quoteSize: '250000' }), { asks })
    expect(denialOf(byQuote, 'RISK_PRICE_COLLAR').cure).toBe('reduce quote_size to 210001')
  })

  it('holds a market sell to the bids it reaches', () => {
    const bids = [
      { price: d('99999'), size: d('0.5') },
      { price: d('89999.99'), size: d('5') },
    ]
    expect(decide(market('SELL', { size: '0.5' }), { bids }).kind).toBe('approved')
    expect(denialOf(decide(market('SELL', { size: '0.6' }), { bids }), 'RISK_PRICE_COLLAR').cure).toBe(
      'reduce size to 0.5',
    )
  })

  it('holds a stop-limit against its stop, so that a protective stop far away passes and a slipped digit does not', () => {
    expect(decide(stopLimit('SELL', '0.1', '70000', '69000')).kind).toBe('approved')
    expect(decide(stopLimit('SELL', '0.1', '70000', '63000')).kind).toBe('approved')
    expect(denialOf(decide(stopLimit('SELL', '0.1', '70000', '62999.99')), 'RISK_PRICE_COLLAR').message).toContain(
      'the stop price',
    )
    expect(codesOf(decide(stopLimit('SELL', '0.1', '70000', '6900')))).toEqual(['RISK_PRICE_COLLAR'])
  })
})
