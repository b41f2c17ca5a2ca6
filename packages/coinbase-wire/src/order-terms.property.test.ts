import { Decimal, formatDecimal, type OrderTerms, readDecimal } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatTimestamp,
  fromOrderConfiguration,
  orderConfigurationSchema,
  parseTimestamp,
  parseVenueJson,
  toOrderConfiguration,
} from './index.js'

const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`))
const decimal = fc
  .tuple(digits(30), fc.option(digits(30), { nil: undefined }))
  .map(([whole, fraction]) => new Decimal(`${whole}${fraction ? `.${fraction}` : ''}`))
  .filter((value) => value.gt(0) && value.decimalPlaces() <= 38)
const endTimeMs = fc.integer({ min: 1, max: 4_000_000_000_000 })
const common = {
  productId: fc.constantFrom('BTC-USD', 'BTC-USDC', 'TONE-USD'),
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
}
const base = decimal.map((baseSize) => ({ kind: 'base' as const, baseSize }))
const anySize = fc.oneof(
  base,
  decimal.map((quoteSize) => ({ kind: 'quote' as const, quoteSize })),
)
const terms: fc.Arbitrary<OrderTerms> = fc.oneof(
  fc.record({
    ...common,
    size: anySize,
    orderType: fc.constant('MARKET' as const),
    timeInForce: fc.constant('IOC' as const),
  }),
  fc.record({
    ...common,
    size: anySize,
    orderType: fc.constant('LIMIT' as const),
    timeInForce: fc.constant('GTC' as const),
    limitPrice: decimal,
    postOnly: fc.boolean(),
  }),
  fc.record({
    ...common,
    size: anySize,
    orderType: fc.constant('LIMIT' as const),
    timeInForce: fc.constant('GTD' as const),
    limitPrice: decimal,
    postOnly: fc.boolean(),
    endTimeMs,
  }),
  fc.record({
    ...common,
    size: anySize,
    orderType: fc.constant('LIMIT' as const),
    timeInForce: fc.constantFrom('IOC' as const, 'FOK' as const),
    limitPrice: decimal,
    postOnly: fc.constant(false),
  }),
  fc.record({
    ...common,
    size: base,
    orderType: fc.constant('STOP_LIMIT' as const),
    timeInForce: fc.constant('GTC' as const),
    limitPrice: decimal,
    stopPrice: decimal,
    stopDirection: fc.constantFrom('UP' as const, 'DOWN' as const),
  }),
  fc.record({
    ...common,
    size: base,
    orderType: fc.constant('STOP_LIMIT' as const),
    timeInForce: fc.constant('GTD' as const),
    limitPrice: decimal,
    stopPrice: decimal,
    stopDirection: fc.constantFrom('UP' as const, 'DOWN' as const),
    endTimeMs,
  }),
)

/** Through the wire and back: written, sent as text, parsed, read. */
function roundTrip(order: OrderTerms) {
  const sent = JSON.stringify(toOrderConfiguration(order))
  return fromOrderConfiguration({
    product_id: order.productId,
    side: order.side,
    order_configuration: orderConfigurationSchema.parse(parseVenueJson(sent)),
  })
}

const plain = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (_key, item: unknown) => (Decimal.isDecimal(item) ? formatDecimal(item) : item)))

describe('order terms on the wire', () => {
  it('come back exactly as they were, whatever their size, price or type', () => {
    fc.assert(
      fc.property(terms, (order) => {
        const back = roundTrip(order)
        expect(back.kind).toBe('terms')
        if (back.kind === 'terms') expect(plain(back.terms)).toEqual(plain(order))
      }),
    )
  })

  it('are written under exactly one key and without exponents', () => {
    fc.assert(
      fc.property(terms, (order) => {
        const written = toOrderConfiguration(order)
        expect(Object.keys(written)).toHaveLength(1)
        for (const value of Object.values(Object.values(written)[0] as object)) {
          if (typeof value === 'string' && /^\d/.test(value) && !value.includes('T')) {
            expect(value).toMatch(/^\d+(\.\d+)?$/)
          }
        }
      }),
    )
  })
})

describe('decimals and times', () => {
  it('survive format and read, down to one satoshi and up to 30 digits', () => {
    fc.assert(fc.property(decimal, (value) => readDecimal(formatDecimal(value))?.eq(value) === true))
    for (const text of ['0.00000001', '123456789012345678901234567890', '0.123456789012345678901234567891']) {
      expect(formatDecimal(readDecimal(text) as Decimal)).toBe(text)
    }
  })

  it('gives back every moment it writes', () => {
    fc.assert(fc.property(endTimeMs, (ms) => parseTimestamp(formatTimestamp(ms)) === ms))
  })
})
