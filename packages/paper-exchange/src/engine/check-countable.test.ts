import { Decimal } from '@tidegate/trading-model'
import { expect, it } from 'vitest'
import { DEFAULT_PRODUCTS } from '../products.js'
import { limitOrder, marketBuyFor, testMarket } from '../testing/test-market.js'

/** A product without bounds of its own. */
function boundlessMarket() {
  const products = DEFAULT_PRODUCTS.map((product) => ({
    ...product,
    baseMaxSize: new Decimal('1e30'),
    quoteMaxSize: new Decimal('1e30'),
  }))
  return testMarket({ products, deposits: { USD: '1e35', BTC: '1e35' } })
}

it('takes the largest price and the largest size that can be counted, and keeps them to the last digit', () => {
  const market = boundlessMarket()
  market.show([['bid', '99', '1']])
  const order = market.accept(limitOrder('SELL', '90071992.54740991', '90071992547409.91'))
  expect(market.engine.market('BTC-USD')?.levels('ask')).toMatchObject([
    { price: new Decimal('90071992547409.91'), size: new Decimal('90071992.54740991') },
  ])
  market.trade('90071992547409.91', '0.00000001', 'BUY')
  expect(order.filledSize.toFixed()).toBe('0.00000001')
})

it('refuses what cannot be counted exactly, by whatever way it comes', () => {
  const market = boundlessMarket()
  market.show([
    ['bid', '99', '1'],
    ['ask', '101', '1'],
  ])
  expect(market.refuse(limitOrder('SELL', '1', '90071992547409.92'))).toBe('PREVIEW_INVALID_PRICE_TOO_LARGE')
  expect(market.refuse(limitOrder('SELL', '90071992.54740992', '200'))).toBe('PREVIEW_INVALID_BASE_SIZE_TOO_LARGE')
  const dust = { ...limitOrder('BUY', '1', '0.01'), size: { kind: 'quote' as const, quoteSize: new Decimal('1e9') } }
  expect(market.refuse(dust)).toBe('PREVIEW_INVALID_BASE_SIZE_TOO_LARGE')
  expect(
    market.refuse(marketBuyFor('50'), {
      attached: { limitPrice: new Decimal('1e20'), stopTriggerPrice: new Decimal('90') },
    }),
  ).toBe('PREVIEW_INVALID_PRICE_TOO_LARGE')
  const order = market.accept(limitOrder('SELL', '1', '200'))
  const edit = { limitPrice: new Decimal('1e20'), size: new Decimal(1) }
  expect(market.engine.editOrder(order.orderId, edit)?.previewReason).toBe('PREVIEW_INVALID_PRICE_TOO_LARGE')
})
