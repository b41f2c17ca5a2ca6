import type { PlainTerms } from '@tidegate/coinbase-wire'
import { Decimal, type Product } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { limitOrder, marketBuyFor, marketOrder, stopOrder, testMarket } from '../testing/test-market.js'

const now = Date.UTC(2026, 10, 24, 12)
const tone = { productId: 'TONE-USD' }

const table: readonly (readonly [name: string, terms: PlainTerms, reason: string])[] = [
  ['an unknown product', marketBuyFor('10', 'DOGE-USD'), 'INVALID_PRODUCT_ID'],
  ['a base size between increments', limitOrder('BUY', '0.123456789', '90'), 'PREVIEW_INVALID_SIZE_PRECISION'],
  ['a quote size between increments', marketBuyFor('10.001'), 'PREVIEW_INVALID_QUOTE_SIZE_PRECISION'],
  ['a limit price between ticks', limitOrder('BUY', '1', '90.001'), 'PREVIEW_INVALID_PRICE_PRECISION'],
  [
    'a stop price between ticks',
    stopOrder('SELL', '1', '90.001', '90', 'DOWN'),
    'PREVIEW_INVALID_STOP_PRICE_PRECISION',
  ],
  [
    'a base size below a minimum that is no increment',
    limitOrder('BUY', '26', '0.1', tone),
    'PREVIEW_INVALID_BASE_SIZE_TOO_SMALL',
  ],
  ['a base size above the maximum', limitOrder('SELL', '3401', '90'), 'PREVIEW_INVALID_BASE_SIZE_TOO_LARGE'],
  ['a quote size below the minimum', marketBuyFor('0.99'), 'PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL'],
  ['a quote size above the maximum', marketBuyFor('150000000.01'), 'PREVIEW_INVALID_QUOTE_SIZE_TOO_LARGE'],
  [
    'a base-sized order worth less than the minimum',
    limitOrder('BUY', '0.0001', '90'),
    'PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL',
  ],
  ['a market order worth less than the minimum', marketOrder('SELL', '0.001'), 'PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL'],
  ['a buy beyond the balance', marketBuyFor('10000.01'), 'PREVIEW_INSUFFICIENT_FUND'],
  [
    'a limit buy that only its fee takes beyond the balance',
    limitOrder('BUY', '100', '99'),
    'PREVIEW_INSUFFICIENT_FUND',
  ],
  ['a sale of more than there is', limitOrder('SELL', '2.00000001', '101'), 'PREVIEW_INSUFFICIENT_FUND'],
  [
    'a post-only buy that would take',
    limitOrder('BUY', '1', '101', { postOnly: true }),
    'INVALID_LIMIT_PRICE_POST_ONLY',
  ],
  [
    'a post-only sale that would take',
    limitOrder('SELL', '1', '99', { postOnly: true }),
    'INVALID_LIMIT_PRICE_POST_ONLY',
  ],
  ['a market order against an empty side', marketOrder('BUY', '100', 'ETH-USD'), 'INVALID_NO_LIQUIDITY'],
  [
    'an end time in the past',
    limitOrder('BUY', '1', '90', { timeInForce: 'GTD', endTimeMs: now }),
    'END_TIME_IS_IN_THE_PAST',
  ],
  [
    'a good-till-date order without end time',
    limitOrder('BUY', '1', '90', { timeInForce: 'GTD' }),
    'GTD_ORDERS_MUST_HAVE_END_TIME',
  ],
  ['a quote-sized sale', { ...marketBuyFor('10'), side: 'SELL' }, 'UNSUPPORTED_ORDER_CONFIGURATION'],
  [
    'a stop-down at or above the last trade',
    stopOrder('SELL', '1', '100', '99', 'DOWN'),
    'PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE',
  ],
  [
    'a stop-up at or below the last trade',
    stopOrder('BUY', '1', '100', '101', 'UP'),
    'PREVIEW_STOP_PRICE_BELOW_LAST_TRADE_PRICE',
  ],
  [
    'a stop sell with its limit above its stop',
    stopOrder('SELL', '1', '98', '99', 'DOWN'),
    'PREVIEW_STOP_PRICE_BELOW_LIMIT_PRICE',
  ],
  [
    'a stop buy with its limit below its stop',
    stopOrder('BUY', '1', '103', '102', 'UP'),
    'PREVIEW_STOP_PRICE_ABOVE_LIMIT_PRICE',
  ],
]

const states: readonly (readonly [change: Partial<Product>, terms: PlainTerms, reason: string])[] = [
  [{ isDisabled: true }, marketBuyFor('10'), 'UNTRADABLE_PRODUCT'],
  [{ viewOnly: true }, marketBuyFor('10'), 'UNTRADABLE_PRODUCT'],
  [{ tradingDisabled: true }, marketBuyFor('10'), 'TRADING_DISABLED'],
  [{ cancelOnly: true }, limitOrder('BUY', '1', '90'), 'ORDER_ENTRY_DISABLED'],
  [{ limitOnly: true }, marketBuyFor('10'), 'PREVIEW_NOT_ALLOWED_BY_MARKET_STATE'],
  [{ limitOnly: true }, limitOrder('BUY', '1', '90'), 'accepted'],
  [{ postOnly: true }, limitOrder('BUY', '1', '90'), 'PREVIEW_NOT_ALLOWED_BY_MARKET_STATE'],
  [{ postOnly: true }, limitOrder('BUY', '1', '90', { postOnly: true }), 'accepted'],
]

function openMarket() {
  const market = testMarket()
  market.show([
    ['bid', '99', '1'],
    ['ask', '101', '1'],
  ])
  market.trade('100', '0.1', 'BUY')
  return market
}

describe('validateOrder', () => {
  it.each(table)('refuses %s', (_name, terms, reason) => {
    const market = openMarket()
    const before = market.effects.length
    expect(market.refuse(terms)).toBe(reason)
    expect(market.effects.length).toBe(before)
  })

  it.each(states)('with product state %o it says what the market takes', (change, terms, reason) => {
    const market = openMarket()
    market.engine.changeProduct('BTC-USD', change)
    expect(market.refuse(terms)).toBe(reason)
  })

  it('accepts a base size rounded up to the increment above an odd minimum', () => {
    const market = openMarket()
    expect(market.refuse(limitOrder('BUY', '27', '0.1', tone))).toBe('accepted')
  })

  it('refuses a stop order before any trade', () => {
    const market = testMarket()
    expect(market.refuse(stopOrder('SELL', '1', '90', '89', 'DOWN'))).toBe('MISSING_MARKET_TRADE_DATA')
  })

  it('takes a limit buy whose hold is the whole balance, to the cent', () => {
    const market = testMarket({ deposits: { USD: '91.08' } })
    market.show([['ask', '101', '1']])
    expect(market.refuse(limitOrder('BUY', '1', '90'))).toBe('accepted')
    expect(market.available('USD')).toBe(new Decimal(0).toFixed())
  })
})
