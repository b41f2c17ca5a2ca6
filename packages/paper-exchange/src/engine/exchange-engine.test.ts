import { Decimal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { averagePrice } from '../accounts/fill-arithmetic.js'
import { limitOrder, marketBuyFor, marketOrder, stopOrder, testMarket } from '../testing/test-market.js'
import { reconcile } from './reconcile.js'

const book = [
  ['bid', '99', '1'],
  ['bid', '98', '5'],
  ['ask', '101', '1'],
  ['ask', '102', '5'],
] as const

describe('quote-sized market buys', () => {
  it.each([
    {
      name: 'order A of the reference',
      quote: '25',
      price: '16465.18',
      value: '24.8508946322067594',
      fees: '0.1491053677932406',
      size: '0.0015092999063604',
      average: '16465.1799999997538779',
    },
    {
      name: 'order B of the reference',
      quote: '6.36',
      price: '21220.64',
      value: '6.3220675944333996',
      fees: '0.0379324055666004',
      size: '0.000297920684505',
      average: '21220.6399999973697697',
    },
  ])('fill $name bit for bit', ({ quote, price, value, fees, size, average }) => {
    const tier = {
      name: 'of the capture',
      fromVolumeUsd: new Decimal(0),
      takerRate: new Decimal('0.006'),
      makerRate: new Decimal('0.004'),
    }
    const market = testMarket({ feeTiers: [tier], deposits: { USD: '1000' } })
    market.show([['ask', price, '1']])
    const order = market.accept(marketBuyFor(quote))
    expect(order.status).toBe('FILLED')
    expect(order.filledValue.toFixed()).toBe(value)
    expect(order.totalFees.toFixed()).toBe(fees)
    expect(order.filledSize.toFixed()).toBe(size)
    expect(averagePrice(order.filledValue, order.filledSize).toFixed()).toBe(average)
    expect(market.available('USD')).toBe(new Decimal(1000).sub(quote).toFixed())
    expect(market.available('BTC')).toBe(size)
    expect(reconcile(market.engine.state)).toEqual([])
  })

  it('spend exactly the quote size over several levels', () => {
    const market = testMarket()
    market.show([
      ['ask', '33333.33', '0.01'],
      ['ask', '33337.77', '0.02'],
      ['ask', '33341.01', '3'],
    ])
    const order = market.accept(marketBuyFor('1234.57'))
    expect(order.fillCount).toBe(3)
    expect(order.filledValue.add(order.totalFees).toFixed()).toBe('1234.57')
    expect(market.available('USD')).toBe('8765.43')
    expect(market.hold('USD')).toBe('0')
    expect(reconcile(market.engine.state)).toEqual([])
  })

  it('charge each level its share of the fee, never less than nothing', () => {
    const market = testMarket()
    const levels = Array.from({ length: 9 }, (_, n) => ['ask', `333${n}3.33`, `0.00${n + 1}`] as const)
    market.show([...levels, ['ask', '40000', '3']])
    market.accept(marketBuyFor('3333.33'))
    expect(market.engine.state.fills).toHaveLength(10)
    for (const { fee, quoteValue } of market.engine.state.fills) {
      expect(fee.sub(quoteValue.mul('0.012')).abs().lte('0.0000000000000002')).toBe(true)
    }
  })

  it('keep what the book could not give, and end cancelled', () => {
    const market = testMarket()
    market.show([['ask', '100', '1']])
    const order = market.accept(marketBuyFor('1000'))
    expect(order.status).toBe('CANCELLED')
    expect(order.filledValue.toFixed()).toBe('100')
    expect(order.totalFees.toFixed()).toBe('1.2')
    expect(market.available('USD')).toBe('9898.8')
    expect(reconcile(market.engine.state)).toEqual([])
  })
})

describe('base-sized orders', () => {
  it('sell with the fee out of the proceeds, as the captured order does', () => {
    const market = testMarket({
      feeTiers: [
        {
          name: 'of the capture',
          fromVolumeUsd: new Decimal(0),
          takerRate: new Decimal('0.008'),
          makerRate: new Decimal('0.006'),
        },
      ],
      deposits: { TONE: '1000', USD: '0' },
    })
    market.show([['bid', '0.392', '5000']], true, 'TONE-USD')
    const order = market.accept(marketOrder('SELL', '100', 'TONE-USD'))
    expect(order.filledValue.toFixed()).toBe('39.2')
    expect(order.totalFees.toFixed()).toBe('0.3136')
    expect(market.available('USD')).toBe('38.8864')
  })

  it('buy at the shown price even where the limit is worse, and give the difference back', () => {
    const market = testMarket()
    market.show(book)
    const order = market.accept(limitOrder('BUY', '0.5', '105'))
    expect(order.status).toBe('FILLED')
    expect(order.filledValue.toFixed()).toBe('50.5')
    expect(market.available('USD')).toBe(new Decimal('10000').sub('50.5').sub('0.606').toFixed())
    expect(market.hold('USD')).toBe('0')
  })

  it('give price improvement back at once, and hold only what the rest may cost', () => {
    const market = testMarket()
    market.show([['ask', '101', '1']])
    const order = market.accept(limitOrder('BUY', '2', '105'))
    expect([order.status, order.filledSize.toFixed()]).toEqual(['OPEN', '1'])
    expect(market.hold('USD')).toBe('106.26')
    expect(market.available('USD')).toBe(new Decimal('10000').sub('106.26').sub('101').sub('1.212').toFixed())
  })

  it('debit the wallet of the product that was named, while sharing the book of its alias', () => {
    const market = testMarket()
    market.show(book)
    market.accept(marketBuyFor('50', 'BTC-USDC'))
    expect(market.available('USD')).toBe('10000')
    expect(market.available('USDC')).toBe('9950')
    expect(market.engine.market('BTC-USD')?.displayed.sizeAt('ask', 10_100).lt(1)).toBe(true)
  })
})

describe('displayed liquidity', () => {
  it('is gone once taken and comes back only with new data', () => {
    const market = testMarket()
    market.show(book)
    market.accept(limitOrder('BUY', '1', '101', { timeInForce: 'IOC' }))
    const second = market.accept(limitOrder('BUY', '1', '101', { timeInForce: 'IOC' }))
    expect(second.status).toBe('CANCELLED')
    expect(second.fillCount).toBe(0)
    market.show([['ask', '101', '1']], false)
    expect(market.accept(limitOrder('BUY', '1', '101', { timeInForce: 'IOC' })).status).toBe('FILLED')
  })

  it('kills a fill-or-kill that it cannot fill whole, and leaves the book alone', () => {
    const market = testMarket()
    market.show(book)
    const killed = market.accept(limitOrder('BUY', '2', '101', { timeInForce: 'FOK' }))
    expect([killed.status, killed.fillCount]).toEqual(['CANCELLED', 0])
    expect(market.accept(limitOrder('BUY', '2', '102', { timeInForce: 'FOK' })).status).toBe('FILLED')
  })
})

describe('resting orders', () => {
  it('wait behind the size that was shown before them', () => {
    const market = testMarket()
    market.show(book)
    const order = market.accept(limitOrder('BUY', '1', '99'))
    market.trade('99', '0.6', 'SELL')
    expect(order.fillCount).toBe(0)
    market.trade('99', '0.6', 'SELL')
    expect(order.filledSize.toFixed()).toBe('0.2')
    expect(market.engine.state.fills[0]?.liquidity).toBe('MAKER')
    market.trade('99', '5', 'SELL')
    expect(order.status).toBe('FILLED')
    expect(order.totalFees.toFixed()).toBe('0.594')
  })

  it('do not move up when the level ahead merely shrinks', () => {
    const market = testMarket()
    market.show(book)
    const order = market.accept(limitOrder('BUY', '1', '99'))
    market.show([['bid', '99', '0.01']], false)
    market.trade('99', '0.5', 'SELL')
    expect(order.fillCount).toBe(0)
  })

  it('cannot overtake an older order of ours by arriving when the level looks shorter', () => {
    const market = testMarket()
    market.show(book)
    const older = market.accept(limitOrder('BUY', '1', '99'))
    market.show([['bid', '99', '0.01']], false)
    const newer = market.accept(limitOrder('BUY', '1', '99'))
    market.trade('99', '0.5', 'SELL')
    expect([older.fillCount, newer.fillCount]).toEqual([0, 0])
    market.trade('99', '1', 'SELL')
    expect([older.filledSize.toFixed(), newer.filledSize.toFixed()]).toEqual(['0.5', '0'])
  })

  it('are not filled by trades of their own direction', () => {
    const market = testMarket()
    market.show(book)
    const order = market.accept(limitOrder('BUY', '1', '99'))
    market.trade('99', '50', 'BUY')
    market.trade('98', '50', 'BUY')
    expect(order.fillCount).toBe(0)
  })

  it('fill at their own price, at most with the size of the trade that went through them', () => {
    const market = testMarket()
    market.show(book)
    const order = market.accept(limitOrder('BUY', '1', '99'))
    market.trade('98.5', '0.3', 'SELL')
    expect(order.filledSize.toFixed()).toBe('0.3')
    expect(market.engine.state.fills[0]?.price.toFixed()).toBe('99')
  })

  it('fill when the book moves through them, consuming what is shown', () => {
    const market = testMarket()
    market.show(book)
    const order = market.accept(limitOrder('BUY', '1', '99'))
    market.show(
      [
        ['bid', '99', '0'],
        ['ask', '98.5', '0.4'],
      ],
      false,
    )
    expect(order.filledSize.toFixed()).toBe('0.4')
    expect(market.engine.market('BTC-USD')?.best('ask')?.price.toFixed()).toBe('101')
  })

  it('show up in the book that clients see', () => {
    const market = testMarket()
    market.show(book)
    market.accept(limitOrder('BUY', '0.25', '99'))
    market.accept(limitOrder('BUY', '0.5', '100'))
    const levels = market.engine.market('BTC-USD')?.levels('bid', 3) ?? []
    expect(levels.map((level) => [level.price.toFixed(), level.size.toFixed()])).toEqual([
      ['100', '0.5'],
      ['99', '1.25'],
      ['98', '5'],
    ])
  })

  it('expire at their end time', async () => {
    const market = testMarket()
    market.show(book)
    const endTimeMs = market.time.nowMs() + 5_000
    const order = market.accept(limitOrder('BUY', '1', '90', { timeInForce: 'GTD', endTimeMs }))
    await market.time.advance(4_999)
    market.engine.advance()
    expect(order.status).toBe('OPEN')
    await market.time.advance(1)
    market.engine.advance()
    expect(order.status).toBe('EXPIRED')
    expect(market.hold('USD')).toBe('0')
  })
})

describe('self-trade prevention', () => {
  it('cancels the newer order instead of trading with the older', () => {
    const market = testMarket()
    market.show(book)
    const resting = market.accept(limitOrder('SELL', '1', '100'))
    const incoming = market.accept(limitOrder('BUY', '2', '103'))
    expect(incoming.status).toBe('CANCELLED')
    expect(incoming.fillCount).toBe(0)
    expect(incoming.cancelMessage).toMatch(/self-trade/i)
    expect(resting.status).toBe('OPEN')
    expect(market.hold('USD')).toBe('0')
  })

  it('lets it take what queues ahead of the older order first', () => {
    const market = testMarket()
    market.show(book)
    market.accept(limitOrder('SELL', '1', '101'))
    market.show([['ask', '101', '3']], false)
    const incoming = market.accept(limitOrder('BUY', '3', '101'))
    expect([incoming.filledSize.toFixed(), incoming.status]).toEqual(['1', 'CANCELLED'])
  })
})

describe('stop-limit orders', () => {
  it('sleep with their hold until the last trade reaches them, then take liquidity', () => {
    const market = testMarket()
    market.show(book)
    market.trade('100', '0.1', 'BUY')
    const order = market.accept(stopOrder('SELL', '1', '99', '98', 'DOWN'))
    expect([order.status, order.isTriggered, market.hold('BTC')]).toEqual(['OPEN', false, '1'])
    market.trade('99.5', '0.1', 'SELL')
    expect(order.isTriggered).toBe(false)
    market.trade('99', '0.1', 'SELL')
    expect([order.status, order.isTriggered, order.filledValue.toFixed()]).toEqual(['FILLED', true, '99'])
  })

  it('wake each other through their own trades', () => {
    const market = testMarket()
    market.show([
      ['bid', '99', '1'],
      ['bid', '98', '1'],
      ['bid', '97', '1'],
      ['ask', '101', '1'],
    ])
    market.trade('100', '0.1', 'BUY')
    const first = market.accept(stopOrder('SELL', '1', '99.5', '95', 'DOWN'))
    const second = market.accept(stopOrder('SELL', '1', '99', '95', 'DOWN'))
    market.trade('99.5', '0.01', 'SELL')
    expect([first.status, second.status]).toEqual(['FILLED', 'FILLED'])
    expect(second.filledValue.toFixed()).toBe('98')
  })
})

describe('lifecycle', () => {
  it('answers a repeated client order id with the first order, whatever the terms', () => {
    const market = testMarket()
    market.show(book)
    const first = market.accept(marketBuyFor('10'), 'same')
    const again = market.place(limitOrder('SELL', '1', '200'), 'same')
    expect(again).toMatchObject({ kind: 'accepted', isRepeat: true, order: { orderId: first.orderId } })
    expect(market.engine.state.orders.size).toBe(1)
  })

  it('opens after the delay, and a cancel can lose to a fill', async () => {
    const market = testMarket({ openDelayMs: 100, cancelDelayMs: 100 })
    market.show(book)
    const order = market.accept(limitOrder('BUY', '1', '99.5'))
    expect(order.status).toBe('PENDING')
    await market.time.advance(100)
    market.engine.advance()
    expect(order.status).toBe('OPEN')
    expect(market.engine.cancel(order.orderId)).toBeUndefined()
    expect(order.status).toBe('CANCEL_QUEUED')
    expect(market.engine.cancel(order.orderId)).toBe('DUPLICATE_CANCEL_REQUEST')
    market.trade('99', '1', 'SELL')
    expect(order.status).toBe('FILLED')
    await market.time.advance(100)
    market.engine.advance()
    expect(market.engine.cancel(order.orderId)).toBe('ORDER_IS_FULLY_FILLED')
    expect(reconcile(market.engine.state)).toEqual([])
  })

  it('releases the hold of a cancelled order', () => {
    const market = testMarket()
    market.show(book)
    const order = market.accept(limitOrder('BUY', '1', '90'))
    expect(market.hold('USD')).toBe('91.08')
    expect(market.engine.cancel(order.orderId)).toBeUndefined()
    expect([order.status, market.available('USD'), market.hold('USD')]).toEqual(['CANCELLED', '10000', '0'])
    expect(market.engine.cancel(order.orderId)).toBe('NOT_ALLOWED_TO_CANCEL')
    expect(market.engine.cancel('nonsense')).toBe('UNKNOWN_CANCEL_ORDER')
  })

  it('stops for good when a change cannot be made durable', () => {
    let isDiskFull = false
    const market = testMarket({
      commit: () => {
        if (isDiskFull) throw new Error('no space left')
      },
    })
    market.show(book)
    isDiskFull = true
    expect(() => market.place(marketBuyFor('10'))).toThrow('no space left')
    isDiskFull = false
    expect(() => market.place(marketBuyFor('10'))).toThrow('stopped')
    expect(market.events.some((event) => event.kind === 'order')).toBe(false)
  })
})
