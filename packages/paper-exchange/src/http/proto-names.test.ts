import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPaperExchange, type PaperExchange } from '../create-paper-exchange.js'
import { systemRuntime } from '../system-runtime.js'
import { testClient } from '../testing/test-client.js'
import { protoName, protoNames } from './proto-names.js'

let exchange: PaperExchange
beforeAll(async () => {
  exchange = await createPaperExchange({ seed: 7, rateLimits: 'off' })
})
afterAll(() => exchange.close())

describe('field names in protobuf’s other spelling', () => {
  it('become the documented ones, at every depth, and data stays', () => {
    expect(protoName('marketMarketIoc')).toBe('market_market_ioc')
    expect(protoName('productIds[]')).toBe('product_ids[]')
    for (const name of ['product_id', 'BTC-USD', 'USD', 'side', 'Content']) expect(protoName(name)).toBe(name)
    expect(
      protoNames({ clientOrderId: 'aB', list: [{ orderIds: ['xY'] }], productId: 'other', product_id: 'BTC-USD' }),
    ).toEqual({ client_order_id: 'aB', list: [{ order_ids: ['xY'] }], product_id: 'BTC-USD' })
    expect(protoNames(null)).toBeNull()
  })

  it('are taken in bodies and queries', async () => {
    const client = testClient(exchange, () => systemRuntime().clock.nowMs())
    const placed = await client.post('/orders', {
      clientOrderId: 'camel',
      productId: 'BTC-USD',
      side: 'BUY',
      orderConfiguration: { limitLimitGtc: { baseSize: '0.001', limitPrice: '30000', postOnly: true } },
    })
    expect(placed.json).toMatchObject({
      success: true,
      order_configuration: { limit_limit_gtc: { limit_price: '30000' } },
    })
    const { products } = (await client.get('/products?productIds=ETH-USD')).json
    expect(products.map((product: { product_id: string }) => product.product_id)).toEqual(['ETH-USD'])
  })
})
