import { Decimal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import {
  bracketOrder,
  ladderOrder,
  limitOrder,
  marketBuyFor,
  marketOrder,
  testMarket,
  twapOrder,
} from '../testing/test-market.js'
import { reconcile } from './reconcile.js'
import type { ExchangeTerms } from './terms.js'

const book = [
  ['bid', '99', '1'],
  ['bid', '98', '5'],
  ['bid', '80', '100'],
  ['ask', '101', '1'],
  ['ask', '102', '5'],
] as const

function openMarket(options: Parameters<typeof testMarket>[0] = {}) {
  const market = testMarket(options)
  market.show(book)
  market.trade('100', '0.1', 'BUY')
  return market
}

describe('a bracket', () => {
  it('takes its profit as a maker at its limit and gives up its stop', () => {
    const market = openMarket()
    const order = market.accept(bracketOrder('SELL', '1', '110', '90'))
    expect([order.status, market.hold('BTC')]).toEqual(['OPEN', '1'])
    market.trade('111', '5', 'BUY')
    expect([order.status, order.filledValue.toFixed()]).toEqual(['FILLED', '110'])
    market.trade('85', '1', 'SELL')
    expect([order.fillCount, order.isTriggered]).toEqual([1, false])
    expect(reconcile(market.engine.state)).toEqual([])
  })

  it('leaves with a stop-limit 5 % beyond its trigger, taking what is better and resting the rest', () => {
    const market = openMarket()
    const order = market.accept(bracketOrder('SELL', '2', '110', '90'))
    market.show([
      ['bid', '88', '0.5'],
      ['bid', '85', '9'],
      ['ask', '91', '1'],
    ])
    market.trade('90', '0.1', 'SELL')
    expect([order.isTriggered, order.status, order.filledValue.toFixed()]).toEqual([true, 'OPEN', '44'])
    // 90 less 5 % is 85.5: what rests stands there and no longer at 110.
    const asks = market.engine.market('BTC-USD')?.levels('ask', 2) ?? []
    expect(asks.map(({ price, size }) => [price.toFixed(), size.toFixed()])).toEqual([
      ['85.5', '1.5'],
      ['91', '1'],
    ])
    expect(reconcile(market.engine.state)).toEqual([])
  })

  it('that buys holds what its stop would cost and gives the difference back', () => {
    const market = openMarket()
    const order = market.accept(bracketOrder('BUY', '1', '90', '110'))
    expect(market.hold('USD')).toBe(new Decimal('110').mul('1.05').mul('1.012').toFixed())
    market.trade('89', '500', 'SELL')
    expect([order.status, market.hold('USD')]).toEqual(['FILLED', '0'])
    expect(reconcile(market.engine.state)).toEqual([])
  })

  it.each([
    ['profit below the stop', bracketOrder('SELL', '1', '90', '95'), 'INVALID_BRACKET_PRICES'],
    ['a profit that is there already', bracketOrder('SELL', '1', '99', '90'), 'INVALID_BRACKET_LIMIT_PRICE'],
    ['a stop that is reached', bracketOrder('SELL', '1', '110', '100'), 'INVALID_BRACKET_STOP_TRIGGER_PRICE'],
    [
      'a limit between ticks',
      bracketOrder('SELL', '1', '110.001', '90'),
      'PREVIEW_INVALID_BRACKET_LIMIT_PRICE_PRECISION',
    ],
    [
      'a trigger between ticks',
      bracketOrder('SELL', '1', '110', '90.001'),
      'PREVIEW_INVALID_STOP_TRIGGER_PRICE_PRECISION',
    ],
    [
      'a quote size',
      { ...bracketOrder('BUY', '1', '90', '110'), size: { kind: 'quote', quoteSize: new Decimal(100) } },
      'QUOTE_SIZE_NOT_ALLOWED_FOR_BRACKET',
    ],
    ['an end in the past', bracketOrder('SELL', '1', '110', '90', 1), 'END_TIME_IS_IN_THE_PAST'],
  ] satisfies [string, ExchangeTerms, string][])('is refused with %s', (_name, terms, reason) => {
    expect(openMarket().refuse(terms)).toBe(reason)
  })

  it('ends at its end time', async () => {
    const market = openMarket()
    const order = market.accept(bracketOrder('SELL', '1', '110', '90', market.time.nowMs() + 1_000))
    await market.time.advance(1_000)
    market.engine.advance()
    expect([order.status, market.available('BTC'), market.hold('BTC')]).toEqual(['EXPIRED', '2', '0'])
  })
})

describe('a TWAP', () => {
  it('sends one slice a bucket, asks again for what the book did not give, and ends when it is done', async () => {
    const market = openMarket()
    const order = market.accept(twapOrder('BUY', '4', '101', market.time.nowMs(), 4))
    expect([order.filledSize.toFixed(), order.slicesSent]).toEqual(['1', 1])
    await market.time.advance(60_000)
    market.engine.advance()
    // Nothing is left at 101, and 102 is past its limit.
    expect([order.filledSize.toFixed(), order.slicesSent]).toEqual(['1', 2])
    market.show([['ask', '100.5', '10']])
    expect(order.filledSize.toFixed()).toBe('1')
    await market.time.advance(60_000)
    market.engine.advance()
    expect(order.filledSize.toFixed()).toBe('3')
    await market.time.advance(60_000)
    market.engine.advance()
    expect([order.status, order.filledSize.toFixed(), market.hold('USD')]).toEqual(['FILLED', '4', '0'])
    expect(reconcile(market.engine.state)).toEqual([])
  })

  it('spends a quote size to the last digit', async () => {
    const market = openMarket()
    const size = { kind: 'quote', quoteSize: new Decimal('100.01') } as const
    const order = market.accept(twapOrder('BUY', size, '105', market.time.nowMs(), 3))
    for (let bucket = 0; bucket < 2; bucket++) {
      await market.time.advance(60_000)
      market.engine.advance()
    }
    expect(order.status).toBe('FILLED')
    expect(order.filledValue.add(order.totalFees).toFixed()).toBe('100.01')
  })

  it('expires with what it has', async () => {
    const market = openMarket()
    const order = market.accept(twapOrder('BUY', '4', '90', market.time.nowMs() + 60_000, 4))
    await market.time.advance(300_000)
    market.engine.advance()
    expect([order.status, order.filledSize.toFixed(), market.available('USD')]).toEqual(['EXPIRED', '0', '10000'])
  })

  it.each([
    ['one bucket', { bucketCount: 1 }, 'DURATION_TOO_SMALL'],
    ['no time', { endTimeMs: Date.UTC(2026, 10, 24, 12, 0, 30) }, 'DURATION_TOO_SMALL'],
    ['a month', { endTimeMs: Date.UTC(2026, 11, 24, 12) }, 'DURATION_TOO_LARGE'],
    ['buckets of dust', { bucketCount: 100_000_000, bucketDurationMs: 1_000 }, 'BUCKET_SIZE_SMALLER_THAN_QUOTE_MIN'],
  ])('is refused with %s', (_name, change, reason) => {
    const market = openMarket()
    expect(market.refuse({ ...twapOrder('BUY', '1', '101', market.time.nowMs(), 4), ...change })).toBe(reason)
  })
})

describe('a ladder', () => {
  it('works its rungs under one id, each at its own price', () => {
    const market = openMarket()
    const order = market.accept(
      ladderOrder('BUY', [
        ['101', '0.5'],
        ['95', '1'],
        ['90', '1'],
      ]),
    )
    expect([order.status, order.filledSize.toFixed()]).toEqual(['OPEN', '0.5'])
    market.trade('94', '50', 'SELL')
    expect(order.legs?.map((leg) => leg.filledSize.toFixed())).toEqual(['0.5', '1', '0'])
    expect(market.hold('USD')).toBe('91.08')
    market.trade('90', '50', 'SELL')
    expect([order.status, market.hold('USD')]).toEqual(['FILLED', '0'])
    expect(reconcile(market.engine.state)).toEqual([])
  })

  it.each([
    ['a single rung', ladderOrder('BUY', [['90', '1']]), 'SCALED_PARAM_INFEASIBLE'],
    [
      'a rung below the minimum',
      ladderOrder('BUY', [
        ['90', '1'],
        ['89', '0.001'],
      ]),
      'SCALED_MIN_ORDER_VIOLATION',
    ],
    [
      'a rung above the maximum',
      ladderOrder('SELL', [
        ['190', '1'],
        ['191', '3401'],
      ]),
      'SCALED_MAX_ORDER_VIOLATION',
    ],
    [
      'rungs that do not add up',
      {
        ...ladderOrder('BUY', [
          ['90', '1'],
          ['89', '1'],
        ]),
        size: { kind: 'base', baseSize: new Decimal('2.5') },
      },
      'SCALED_PARAM_DISCREPANCY',
    ],
  ] satisfies [string, ExchangeTerms, string][])('is refused with %s', (_name, terms, reason) => {
    expect(openMarket().refuse(terms)).toBe(reason)
  })
})

describe('a quote-sized limit', () => {
  it('is worked as what its money buys at the limit, fees included, and never costs more', () => {
    const market = openMarket()
    const quote = { kind: 'quote', quoteSize: new Decimal('150') } as const
    const order = market.accept({ ...limitOrder('BUY', '1', '102'), size: quote })
    expect(order.status).toBe('FILLED')
    expect(order.filledSize.toFixed()).toBe('1.45315043')
    expect(order.filledValue.add(order.totalFees).lt('150')).toBe(true)
    expect(market.hold('USD')).toBe('0')
  })
})

describe('an attached bracket', () => {
  const attached = { limitPrice: new Decimal('110'), stopTriggerPrice: new Decimal('90') }

  it('is created with the first fill and grows with the next, at the back of the queue', () => {
    const market = openMarket()
    const parent = market.accept(limitOrder('BUY', '1', '98.5'), undefined, { attached })
    expect(market.engine.state.childrenOf(parent.orderId)).toEqual([])
    market.trade('98.5', '0.4', 'SELL')
    const [child] = market.engine.state.childrenOf(parent.orderId)
    expect([child?.terms.orderType, child?.terms.side, child?.status, child?.hold.toFixed()]).toEqual([
      'BRACKET',
      'SELL',
      'OPEN',
      '0.4',
    ])
    expect([parent.attachedOrderId, child?.originatingOrderId]).toEqual([child?.orderId, parent.orderId])
    const before = child?.priority ?? 0
    market.trade('98.5', '0.6', 'SELL')
    expect([child?.hold.toFixed(), (child?.priority ?? 0) > before]).toEqual(['1', true])
    market.trade('110.5', '9', 'BUY')
    expect(child?.status).toBe('FILLED')
    expect(reconcile(market.engine.state)).toEqual([])
  })

  it('sells what a quote-sized market buy bought, down to the increment', () => {
    const market = openMarket()
    const parent = market.accept(marketBuyFor('50'), undefined, { attached })
    const [child] = market.engine.state.childrenOf(parent.orderId)
    expect(parent.status).toBe('FILLED')
    expect(child?.hold.toFixed()).toBe(parent.filledSize.toDecimalPlaces(8, Decimal.ROUND_DOWN).toFixed())
  })

  it('stops out what was bought', () => {
    const market = openMarket()
    const parent = market.accept(marketOrder('BUY', '1'), undefined, { attached })
    market.show([['bid', '89', '5']])
    market.trade('89.5', '0.1', 'SELL')
    const [child] = market.engine.state.childrenOf(parent.orderId)
    expect([child?.isTriggered, child?.status, child?.filledValue.toFixed()]).toEqual([true, 'FILLED', '89'])
  })

  it('stays away once somebody has cancelled it', () => {
    const market = openMarket()
    const parent = market.accept(limitOrder('BUY', '1', '98.5'), undefined, { attached })
    market.trade('98.5', '0.4', 'SELL')
    market.engine.cancel(parent.attachedOrderId ?? '')
    market.trade('98.5', '0.6', 'SELL')
    expect([parent.status, market.engine.state.childrenOf(parent.orderId).length]).toEqual(['FILLED', 1])
    expect(market.hold('BTC')).toBe('0')
  })

  it.each([
    ['a sale', limitOrder('SELL', '1', '105'), {}, 'INVALID_ORDER_SIDE_FOR_ATTACHED_TPSL'],
    ['a bracket', bracketOrder('SELL', '1', '110', '90'), {}, 'ATTACHED_ORDERS_ONLY_ALLOWED_ON_MARKET_LIMIT'],
    [
      'a profit below the price',
      limitOrder('BUY', '1', '95'),
      { limitPrice: new Decimal('94') },
      'INVALID_ATTACHED_TAKE_PROFIT_PRICE',
    ],
    [
      'a stop above the price',
      limitOrder('BUY', '1', '95'),
      { stopTriggerPrice: new Decimal('96') },
      'INVALID_ATTACHED_STOP_LOSS_PRICE',
    ],
    [
      'prices of nothing',
      limitOrder('BUY', '1', '95'),
      { limitPrice: new Decimal(0) },
      'ATTACHED_ORDER_MUST_HAVE_POSITIVE_PRICES',
    ],
    [
      'a profit between ticks',
      limitOrder('BUY', '1', '95'),
      { limitPrice: new Decimal('110.001') },
      'INVALID_ATTACHED_TAKE_PROFIT_PRICE_PRECISION',
    ],
  ] satisfies [string, ExchangeTerms, object, string][])('is refused on %s', (_name, terms, change, reason) => {
    expect(openMarket().refuse(terms, { attached: { ...attached, ...change } })).toBe(reason)
  })
})

describe('an auction', () => {
  it('lets orders rest without matching, and trading resume with the book taken in order of time', () => {
    const market = openMarket()
    market.engine.changeProduct('BTC-USD', { auctionMode: true })
    expect(market.refuse(marketOrder('BUY', '1'))).toBe('PREVIEW_NOT_ALLOWED_BY_MARKET_STATE')
    expect(market.refuse(limitOrder('BUY', '1', '101', { timeInForce: 'IOC' }))).toBe(
      'PREVIEW_NOT_ALLOWED_BY_MARKET_STATE',
    )
    const first = market.accept(limitOrder('BUY', '1', '101'))
    const second = market.accept(limitOrder('BUY', '1', '103'))
    market.show(book)
    market.trade('90', '50', 'SELL')
    expect([first.fillCount, second.fillCount]).toEqual([0, 0])
    market.engine.changeProduct('BTC-USD', { auctionMode: false })
    expect([first.filledValue.toFixed(), second.filledValue.toFixed()]).toEqual(['101', '102'])
    expect(reconcile(market.engine.state)).toEqual([])
  })

  it('wakes no stop until it is over', () => {
    const market = openMarket()
    const order = market.accept(bracketOrder('SELL', '1', '110', '95'))
    market.engine.changeProduct('BTC-USD', { auctionMode: true })
    market.trade('94', '1', 'SELL')
    expect(order.isTriggered).toBe(false)
    market.engine.changeProduct('BTC-USD', { auctionMode: false })
    expect([order.isTriggered, order.status]).toEqual([true, 'FILLED'])
  })
})
