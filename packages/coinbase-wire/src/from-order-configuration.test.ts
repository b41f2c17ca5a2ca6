import { Decimal, InputError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { fromOrderConfiguration, orderConfigurationSchema, toOrderConfiguration } from './index.js'

function read(configuration: unknown, side = 'BUY') {
  return fromOrderConfiguration({
    product_id: 'BTC-USD',
    side,
    order_configuration: orderConfigurationSchema.parse(configuration),
  })
}

describe('fromOrderConfiguration', () => {
  it.each([
    [{}, 'UNSUPPORTED_ORDER_CONFIGURATION'],
    [{ twap_limit_gtd: { base_size: '1' } }, 'UNSUPPORTED_ORDER_CONFIGURATION'],
    [{ market_market_fok: { base_size: '1' } }, 'UNSUPPORTED_ORDER_CONFIGURATION'],
    [
      { market_market_ioc: { base_size: '1' }, limit_limit_gtc: { base_size: '1', limit_price: '1' } },
      'INVALID_REQUEST',
    ],
    [{ market_market_ioc: {} }, 'PREVIEW_INVALID_ORDER_CONFIG'],
    [{ market_market_ioc: { base_size: '1', quote_size: '1' } }, 'PREVIEW_INVALID_ORDER_CONFIG'],
    [{ market_market_ioc: { base_size: '1e-7' } }, 'PREVIEW_NON_NUMERIC_ORDER_SIZE'],
    [{ market_market_ioc: { base_size: '-1' } }, 'PREVIEW_NON_NUMERIC_ORDER_SIZE'],
    [{ market_market_ioc: { base_size: '0' } }, 'PREVIEW_NON_NUMERIC_ORDER_SIZE'],
    [{ market_market_ioc: { base_size: '٣' } }, 'PREVIEW_NON_NUMERIC_ORDER_SIZE'],
    [{ limit_limit_gtc: { base_size: '1' } }, 'INVALID_LIMIT_PRICE'],
    [{ limit_limit_gtd: { base_size: '1', limit_price: '1' } }, 'GTD_ORDERS_MUST_HAVE_END_TIME'],
    [{ limit_limit_fok: { base_size: '1', limit_price: '1', post_only: true } }, 'POST_ONLY_NOT_ALLOWED_WITH_FOK'],
    [
      { stop_limit_stop_limit_gtc: { base_size: '1', limit_price: '1', stop_direction: 'STOP_DIRECTION_STOP_UP' } },
      'PREVIEW_INVALID_STOP_PRICE',
    ],
    [
      { stop_limit_stop_limit_gtc: { base_size: '1', limit_price: '1', stop_price: '1' } },
      'PREVIEW_INVALID_ORDER_CONFIG',
    ],
    [
      {
        stop_limit_stop_limit_gtc: {
          quote_size: '1',
          limit_price: '1',
          stop_price: '1',
          stop_direction: 'STOP_DIRECTION_STOP_UP',
        },
      },
      'PREVIEW_INVALID_ORDER_CONFIG',
    ],
  ])('refuses %j with %s', (configuration, reason) => {
    expect(read(configuration)).toMatchObject({ kind: 'refused', reason })
  })

  it('refuses a side that is none', () => {
    expect(read({ market_market_ioc: { base_size: '1' } }, 'HOLD')).toMatchObject({ reason: 'INVALID_SIDE' })
  })

  it('skips keys that are null', () => {
    expect(read({ market_market_ioc: { quote_size: '10' }, limit_limit_gtc: null })).toMatchObject({ kind: 'terms' })
  })
})

describe('toOrderConfiguration', () => {
  const limit = {
    productId: 'BTC-USD',
    side: 'BUY',
    orderType: 'LIMIT',
    size: { kind: 'base', baseSize: new Decimal('0.00000001') },
    limitPrice: new Decimal('50000'),
  } as const

  it('writes the smallest size as plain text', () => {
    expect(toOrderConfiguration({ ...limit, timeInForce: 'GTC', postOnly: true })).toEqual({
      limit_limit_gtc: { base_size: '0.00000001', limit_price: '50000', post_only: true },
    })
  })

  it('refuses combinations the venue has no variant for', () => {
    expect(() => toOrderConfiguration({ ...limit, timeInForce: 'IOC', postOnly: true })).toThrow(InputError)
    expect(() => toOrderConfiguration({ ...limit, timeInForce: 'GTD', postOnly: false })).toThrow(InputError)
    expect(() =>
      toOrderConfiguration({
        ...limit,
        orderType: 'STOP_LIMIT',
        timeInForce: 'GTC',
        size: { kind: 'quote', quoteSize: new Decimal(1) },
        stopPrice: new Decimal(1),
        stopDirection: 'UP',
      }),
    ).toThrow(InputError)
  })
})
