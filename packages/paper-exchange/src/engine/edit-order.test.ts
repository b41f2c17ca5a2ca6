import { Decimal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { bracketOrder, ladderOrder, limitOrder, stopOrder, testMarket } from '../testing/test-market.js'
import { reconcile } from './reconcile.js'

const edit = (price: string, size: string, stop?: string) => ({
  limitPrice: new Decimal(price),
  size: new Decimal(size),
  ...(stop === undefined ? {} : { stopPrice: new Decimal(stop) }),
})

function openMarket(options: Parameters<typeof testMarket>[0] = {}) {
  const market = testMarket(options)
  market.show([
    ['bid', '99', '1'],
    ['ask', '101', '1'],
  ])
  market.trade('100', '0.1', 'BUY')
  return market
}

describe('an edit', () => {
  it('to a smaller size keeps the place in the queue, to a larger one or another price loses it', () => {
    const market = openMarket()
    const first = market.accept(limitOrder('BUY', '1', '98'))
    const second = market.accept(limitOrder('BUY', '1', '98'))
    expect(market.engine.editOrder(first.orderId, edit('98', '0.5'))).toBeUndefined()
    market.trade('98', '0.3', 'SELL')
    expect([first.filledSize.toFixed(), second.filledSize.toFixed()]).toEqual(['0.3', '0'])
    expect(market.engine.editOrder(first.orderId, edit('98', '0.6'))).toBeUndefined()
    market.trade('98', '0.3', 'SELL')
    expect([first.filledSize.toFixed(), second.filledSize.toFixed()]).toEqual(['0.3', '0.3'])
    expect(reconcile(market.engine.state)).toEqual([])
  })

  it('takes the new total, filled units included, and moves the hold with it', () => {
    const market = openMarket()
    const order = market.accept(limitOrder('BUY', '1', '98'))
    market.trade('98', '0.4', 'SELL')
    expect(market.engine.editOrder(order.orderId, edit('90', '0.5'))).toBeUndefined()
    expect([order.hold.toFixed(), market.hold('USD')]).toEqual(['9.108', '9.108'])
    expect(order.terms).toMatchObject({ limitPrice: new Decimal('90') })
    expect(order.editHistory).toHaveLength(1)
    market.trade('89', '5', 'SELL')
    expect([order.status, order.filledSize.toFixed()]).toEqual(['FILLED', '0.5'])
    expect(reconcile(market.engine.state)).toEqual([])
  })

  it('to a price that crosses takes liquidity', () => {
    const market = openMarket()
    const order = market.accept(limitOrder('BUY', '1', '98'))
    expect(market.engine.editOrder(order.orderId, edit('101', '1'))).toBeUndefined()
    expect([order.status, market.engine.state.fills[0]?.liquidity]).toEqual(['FILLED', 'TAKER'])
  })

  it('keeps the last five in the history', () => {
    const market = openMarket()
    const order = market.accept(limitOrder('BUY', '1', '98'))
    for (let price = 90; price < 97; price++) market.engine.editOrder(order.orderId, edit(String(price), '1'))
    expect(order.editHistory.map((past) => past.limitPrice.toFixed())).toEqual(['91', '92', '93', '94', '95'])
  })

  it('moves a stop, and both prices of a bracket', () => {
    const market = openMarket()
    const stop = market.accept(stopOrder('SELL', '1', '95', '94', 'DOWN'))
    const bracket = market.accept(bracketOrder('SELL', '1', '110', '90'))
    expect(market.engine.editOrder(stop.orderId, edit('92', '1', '93'))).toBeUndefined()
    expect(market.engine.editOrder(bracket.orderId, edit('120', '0.5', '91'))).toBeUndefined()
    market.trade('94', '1', 'SELL')
    expect([stop.isTriggered, bracket.isTriggered]).toEqual([false, false])
    market.trade('93', '1', 'SELL')
    expect([stop.isTriggered, market.hold('BTC')]).toEqual([true, '0.5'])
    market.trade('121', '9', 'BUY')
    expect(bracket.filledValue.toFixed()).toBe('60')
  })

  it('says why not, in the venue’s words', () => {
    const market = openMarket({ deposits: { USD: '200', BTC: '2' } })
    const order = market.accept(limitOrder('BUY', '1', '98'))
    const ladder = market.accept(
      ladderOrder('SELL', [
        ['150', '0.1'],
        ['151', '0.1'],
      ]),
    )
    const bracket = market.accept(bracketOrder('SELL', '1', '110', '90'))
    market.trade('98', '0.4', 'SELL')
    const reason = (orderId: string, ...change: Parameters<typeof edit>) =>
      market.engine.editOrder(orderId, edit(...change))?.reason
    expect(reason('nobody', '90', '1')).toBe('ORDER_NOT_FOUND')
    expect(reason(order.orderId, '98', '1')).toBe('EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST')
    expect(reason(order.orderId, '98', '0.4')).toBe('CANNOT_EDIT_TO_BELOW_FILLED_SIZE')
    expect(reason(order.orderId, '98', '0.000000001')).toBe('INVALID_EDITED_SIZE')
    expect(reason(order.orderId, '98.001', '1')).toBe('INVALID_EDITED_PRICE')
    expect(reason(order.orderId, '98', '1', '97')).toBe('FIELD_STOPPRICE_NOT_SUPPORTED')
    expect(reason(ladder.orderId, '98', '1')).toBe('ORDER_EDIT_ORDER_TYPE_NOT_SUPPORTED')
    expect(reason(bracket.orderId, '110', '1', '90.001')).toBe('INVALID_EDITED_STOP_PRICE')
    expect(market.engine.editOrder(order.orderId, edit('98', '9'))).toMatchObject({
      reason: 'COMMANDER_REJECTED_EDIT_ORDER',
      previewReason: 'PREVIEW_INSUFFICIENT_FUND',
    })
    market.engine.cancel(order.orderId)
    expect(reason(order.orderId, '97', '1')).toBe('ONLY_OPEN_ORDERS_CAN_BE_EDITED')
    expect(reconcile(market.engine.state)).toEqual([])
  })

  it('on its way can lose to a fill, and to a cancel', async () => {
    const market = openMarket({ editDelayMs: 100, cancelDelayMs: 100 })
    const order = market.accept(limitOrder('BUY', '1', '98'))
    expect(market.engine.editOrder(order.orderId, edit('98', '0.5'))).toBeUndefined()
    expect(order.status).toBe('EDIT_QUEUED')
    expect(market.engine.editOrder(order.orderId, edit('98', '0.4'))?.reason).toBe('ORDER_IS_ALREADY_BEING_REPLACED')
    market.trade('98', '0.7', 'SELL')
    await market.time.advance(100)
    market.engine.advance()
    expect([order.status, order.editHistory.length, order.filledSize.toFixed()]).toEqual(['OPEN', 0, '0.7'])
    market.engine.editOrder(order.orderId, edit('97', '1'))
    market.engine.cancel(order.orderId)
    expect(market.engine.editOrder(order.orderId, edit('96', '1'))?.reason).toBe('CANNOT_EDIT_ORDER_PENDING_CANCEL')
    await market.time.advance(100)
    market.engine.advance()
    expect([order.status, market.hold('USD')]).toEqual(['CANCELLED', '0'])
  })

  it('can be tried out without doing it', () => {
    const market = openMarket()
    const order = market.accept(limitOrder('BUY', '1', '98'))
    const effects = market.effects.length
    const preview = market.engine.previewEdit(order.orderId, edit('101', '0.5'))
    expect([preview.refusal, preview.plan?.stoppedBy, preview.plan?.steps[0]?.price.toFixed()]).toEqual([
      undefined,
      'complete',
      '101',
    ])
    expect(market.effects.length).toBe(effects)
  })
})
