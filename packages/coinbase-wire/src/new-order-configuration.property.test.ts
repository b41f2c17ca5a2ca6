import { Decimal } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  buildOrderConfiguration as build,
  type NewOrderConfiguration,
  newOrderConfigurationSchema,
  newOrderRequestSchema,
  ORDER_CONFIGURATION_KEYS,
  orderConfigurationSchema,
  presentConfigurationKeys,
} from './index.js'

const decimal = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 20n }), fc.integer({ min: 0, max: 12 }))
  .map(([units, places]) => new Decimal(units.toString()).div(new Decimal(10).pow(places)))
const size = fc.oneof(
  decimal.map((baseSize) => ({ baseSize })),
  decimal.map((quoteSize) => ({ quoteSize: quoteSize.toFixed() })),
)
const timeMs = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 })
const flags = fc.record({ postOnly: fc.boolean(), reduceOnly: fc.boolean() }, { requiredKeys: [] })
const end = timeMs.map((endTimeMs) => ({ endTimeMs }))
const limit = decimal.map((limitPrice) => ({ limitPrice }))
const stop = fc.record({
  baseSize: decimal,
  limitPrice: decimal,
  stopPrice: decimal,
  stopDirection: fc.constantFrom('UP', 'DOWN'),
})
const bracket = fc.record({ baseSize: decimal, limitPrice: decimal, stopTriggerPrice: decimal })
const merged = <A, B, C = object>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>, c: fc.Arbitrary<C> = fc.constant({} as C)) =>
  fc.tuple(a, b, c).map(([x, y, z]) => ({ ...x, ...y, ...z }))

const twap = fc.tuple(size, limit, timeMs, fc.integer({ min: 1, max: 10 ** 8 })).map(([s, l, startTimeMs, lasts]) => ({
  ...s,
  ...l,
  startTimeMs,
  endTimeMs: startTimeMs + lasts,
  numberOfBuckets: 5,
  bucketSeconds: 300,
}))
const scaled = fc.tuple(size, decimal, decimal).map(([s, minPrice, maxPrice]) => ({
  ...s,
  minPrice,
  maxPrice,
  numberOfOrders: 4,
  priceDistribution: 'FLAT' as const,
  sizeDistribution: 'EVENLY_SPLIT' as const,
}))

const written: Record<string, fc.Arbitrary<NewOrderConfiguration>> = {
  market_market_ioc: size.map(build.marketIoc),
  market_market_fok: size.map(build.marketFok),
  sor_limit_ioc: merged(size, limit).map(build.limitIoc),
  limit_limit_gtc: merged(size, limit, flags).map(build.limitGtc),
  limit_limit_gtd: merged(merged(size, limit), end, flags).map(build.limitGtd),
  limit_limit_fok: merged(size, limit).map(build.limitFok),
  stop_limit_stop_limit_gtc: stop.map(build.stopLimitGtc),
  stop_limit_stop_limit_gtd: merged(stop, end).map(build.stopLimitGtd),
  trigger_bracket_gtc: bracket.map(build.bracketGtc),
  trigger_bracket_gtd: merged(bracket, end).map(build.bracketGtd),
  twap_limit_gtd: twap.map(build.twapGtd),
  scaled_limit_gtc: scaled.map(build.scaledGtc),
}

describe('the twelve order configurations', () => {
  it('are the twelve of the table', () => {
    expect(Object.keys(written)).toEqual([...ORDER_CONFIGURATION_KEYS])
  })

  it.each(Object.entries(written))(
    '%s passes what its builder writes, and a server reads the same back',
    (key, any) => {
      fc.assert(
        fc.property(any, (configuration) => {
          expect(Object.keys(configuration)).toEqual([key])
          expect(newOrderConfigurationSchema.parse(configuration)).toEqual(configuration)
          const read = orderConfigurationSchema.parse(configuration)
          expect(presentConfigurationKeys(read)).toEqual([key])
          expect(JSON.parse(JSON.stringify(read))).toEqual(configuration)
        }),
      )
    },
  )

  it.each(Object.entries(written))(
    '%s refuses a misspelt field, a second size, and numbers that are none',
    (key, any) => {
      const wrongs = fc.constantFrom<Record<string, unknown>>(
        { limitPrice: '1' },
        { base_size: '1', quote_size: '1' },
        { base_size: '0' },
        { base_size: '-1' },
        { base_size: '1e3' },
        { base_size: '' },
        { base_size: 1 },
        { base_size: 'NaN' },
        { base_size: undefined, quote_size: undefined },
      )
      fc.assert(
        fc.property(any, wrongs, (configuration, wrong) => {
          const fields = (configuration as unknown as Record<string, object>)[key]
          expect(newOrderConfigurationSchema.safeParse({ [key]: { ...fields, ...wrong } }).success).toBe(false)
        }),
      )
    },
  )

  it('refuses no variant, two variants and an unknown one', () => {
    const one = { market_market_fok: { base_size: '1' } }
    for (const wrong of [{}, { ...one, sor_limit_ioc: { base_size: '1', limit_price: '2' } }, { iceberg: {} }]) {
      expect(newOrderConfigurationSchema.safeParse(wrong).success).toBe(false)
    }
  })

  it('refuses a TWAP that ends before it starts, whatever the zone', () => {
    const twapOf = (start_time: string, end_time: string) => ({
      twap_limit_gtd: { base_size: '1', limit_price: '1', start_time, end_time },
    })
    const reads = (start: string, end_: string) => newOrderConfigurationSchema.safeParse(twapOf(start, end_)).success
    expect(reads('2026-01-01T10:00:00Z', '2026-01-01T11:00:00Z')).toBe(true)
    expect(reads('2026-01-01T10:00:00Z', '2026-01-01T11:00:00+05:00')).toBe(false)
    expect(reads('2026-01-01T10:00:00Z', 'tomorrow')).toBe(false)
  })
})

describe('a new order', () => {
  const order = {
    client_order_id: 'c',
    product_id: 'BTC-USD',
    side: 'BUY',
    order_configuration: build.limitGtc({ baseSize: '1', limitPrice: '2' }),
  }

  it('may carry a take profit and a stop loss, without a size of their own', () => {
    const attached = { trigger_bracket_gtc: { limit_price: '3', stop_trigger_price: '1' } }
    expect(newOrderRequestSchema.safeParse({ ...order, attached_order_configuration: attached }).success).toBe(true)
    const sized = { trigger_bracket_gtc: { ...attached.trigger_bracket_gtc, base_size: '1' } }
    expect(newOrderRequestSchema.safeParse({ ...order, attached_order_configuration: sized }).success).toBe(false)
  })

  it.each([
    { side: 'buy' },
    { client_order_id: '' },
    { client_order_id: 'x'.repeat(129) },
    { product_id: '' },
    { leverage: '-2' },
    { margin_type: 'WHATEVER' },
    { post_only: true },
  ])('is refused with %j', (wrong) => {
    expect(newOrderRequestSchema.safeParse({ ...order, ...wrong }).success).toBe(false)
  })
})
