import { connectCoinbase } from '@tidegate/coinbase-client'
import { createPaperExchange } from '@tidegate/paper-exchange'
import { ConfigError, Decimal, type Ticker, type VenueOrder } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'

describe('connectCoinbase, the short way in', () => {
  it('reads, trades and streams with nothing given but a key', async () => {
    const exchange = await createPaperExchange({ seed: 7 })
    const { client, openFeed, close } = connectCoinbase({
      key: { name: exchange.keyName, secret: exchange.privateKeyPem },
      restUrl: exchange.rest,
      socketUrl: exchange.ws,
    })
    try {
      expect((await client.listAccounts()).map((wallet) => wallet.currency)).toContain('USD')
      const feed = openFeed()
      const ticked = new Promise<Ticker>((resolve) => feed.listen({ onTicker: resolve }))
      const filled = new Promise<VenueOrder>((resolve) =>
        feed.listen({ onOrder: (order) => (order.status === 'FILLED' ? resolve(order) : undefined) }),
      )
      await feed.subscribeUser()
      expect(await feed.subscribe(['BTC-USD'])).toEqual({ accepted: ['BTC-USD'], unknown: [] })
      expect((await ticked).price.gt(0)).toBe(true)
      const ack = await client.createOrder({
        clientOrderId: 'short-way-in',
        terms: {
          productId: 'BTC-USD',
          side: 'BUY',
          orderType: 'MARKET',
          timeInForce: 'IOC',
          size: { kind: 'quote', quoteSize: new Decimal(10) },
        },
      })
      expect((await filled).orderId).toBe(ack.orderId)
      const fills = await client.listFills({ orderIds: [ack.orderId] })
      const spent = fills.reduce((sum, fill) => sum.plus(fill.price.mul(fill.baseSize)).plus(fill.fee), new Decimal(0))
      expect(spent.toDecimalPlaces(8).toFixed()).toBe('10')
    } finally {
      close()
      await exchange.close()
    }
  })

  it('names a key that cannot work before anything is sent', () => {
    const secret = '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----'
    expect(() => connectCoinbase({ key: { name: 'organizations/o/apiKeys/k', secret } })).toThrow(ConfigError)
    expect(() => connectCoinbase({ key: { name: 'organizations/o/apiKeys/k', secret } })).toThrow(/public key/i)
  })
})
