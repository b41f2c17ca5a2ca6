import { Decimal, InputError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { clientOptions, json, memoryHttp } from '../../test-support/runtime.js'
import { createCoinbaseClient } from '../index.js'

const terms = {
  productId: 'BTC-USD',
  side: 'BUY',
  orderType: 'MARKET',
  timeInForce: 'IOC',
  size: { kind: 'quote', quoteSize: new Decimal(10) },
} as const

describe('previewOrder', () => {
  it('sends the order without an id and reads the expected cost, leaving unknown amounts out', async () => {
    const http = memoryHttp(() =>
      json({
        order_total: '10',
        commission_total: '0.05',
        errs: [],
        warning: ['SMALL_ORDER'],
        best_bid: '',
        preview_id: 'p',
      }),
    )
    const preview = await createCoinbaseClient(clientOptions(http)).previewOrder(terms)
    expect(preview.orderTotal?.toFixed()).toBe('10')
    expect(preview).toMatchObject({ previewId: 'p', warnings: ['SMALL_ORDER'] })
    expect(preview).not.toHaveProperty('bestBid')
    expect(JSON.parse(http.requests[0]?.body ?? '')).toEqual({
      product_id: 'BTC-USD',
      side: 'BUY',
      order_configuration: { market_market_ioc: { quote_size: '10' } },
    })
  })

  it('is a refusal when it names errors, though the status is 200', async () => {
    const http = memoryHttp(() => json({ errs: ['PREVIEW_INSUFFICIENT_FUND', 'PREVIEW_INVALID_SIDE'], warning: [] }))
    await expect(createCoinbaseClient(clientOptions(http)).previewOrder(terms)).rejects.toMatchObject({
      code: 'ERR_VENUE_REJECTED',
      venueReason: 'PREVIEW_INSUFFICIENT_FUND',
      context: { reasons: ['PREVIEW_INSUFFICIENT_FUND', 'PREVIEW_INVALID_SIDE'] },
    })
  })

  it('does not take an answer without `errs` for a yes', async () => {
    const http = memoryHttp(() => json({ order_total: '10' }))
    await expect(createCoinbaseClient(clientOptions(http)).previewOrder(terms)).rejects.toMatchObject({
      code: 'ERR_VENUE_PROTOCOL',
    })
  })

  it('names what the venue has no variant for, before any request', async () => {
    const http = memoryHttp(() => json({}))
    const impossible = {
      ...terms,
      orderType: 'LIMIT',
      timeInForce: 'FOK',
      limitPrice: new Decimal(1),
      postOnly: true,
    } as const
    await expect(createCoinbaseClient(clientOptions(http)).previewOrder(impossible)).rejects.toThrow(InputError)
    expect(http.requests).toEqual([])
  })
})
