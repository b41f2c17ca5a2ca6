import { FakeTime, MemoryMarket } from '@tidegate/testkit'
import { Decimal, type Intent, type VenueOrder } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { limitBuy, marketBuy } from '../../test/desk-world.js'
import { createSameBook } from '../same-book.js'
import { compareAck, compareOrder } from './compare-order.js'

const books = createSameBook(new MemoryMarket(new FakeTime()))
const intent = { clientOrderId: 'c', terms: limitBuy('59000', '0.01') } as Intent
const order = {
  clientOrderId: 'c',
  productId: 'BTC-USD',
  side: 'BUY',
  orderType: 'LIMIT',
  limitPrice: new Decimal('59000.00'),
  baseSize: new Decimal('0.0100'),
} as unknown as VenueOrder
const ack = { orderId: 'o', clientOrderId: 'c', productId: 'BTC-USD', side: 'BUY', receivedAtMs: 0 }

describe('comparing what the venue says with what was committed', () => {
  it('finds no difference in other spellings of the same numbers, or in the alias of the product', () => {
    expect(compareOrder(intent, order, books)).toBeUndefined()
    expect(compareOrder(intent, { ...order, productId: 'BTC-USDC' }, books)).toBeUndefined()
    expect(compareAck(intent, { ...ack, productId: 'BTC-USDC', side: 'buy' }, books)).toBeUndefined()
  })

  it.each<[string, Partial<VenueOrder>]>([
    ['client order id', { clientOrderId: 'd' }],
    ['product', { productId: 'ETH-USD' }],
    ['side', { side: 'SELL' }],
    ['order type', { orderType: 'MARKET' }],
    ['limit price', { limitPrice: new Decimal('59000.01') }],
    ['base size', { baseSize: new Decimal('0.01000001') }],
  ])('names a different %s', (what, change) => {
    expect(compareOrder(intent, { ...order, ...change }, books)).toContain(what)
  })

  it('names a different quote size, and does not compare what the venue leaves out', () => {
    const market = { clientOrderId: 'c', terms: marketBuy('100') } as Intent
    const shown = { ...order, orderType: 'MARKET', quoteSize: new Decimal(100) } as VenueOrder
    expect(compareOrder(market, shown, books)).toBeUndefined()
    expect(compareOrder(market, { ...shown, quoteSize: new Decimal(101) }, books)).toContain('quote size')
    const { quoteSize: _, ...silent } = shown
    expect(compareOrder(market, silent, books)).toBeUndefined()
  })

  it.each([
    ['client order id', { clientOrderId: '' }],
    ['product', { productId: 'DOGE-USD' }],
    ['side', { side: 'SELL' }],
    ['no order', { orderId: '' }],
  ])('refuses an acknowledgement with another %s', (what, change) => {
    expect(compareAck(intent, { ...ack, ...change }, books)).toContain(what)
  })
})
