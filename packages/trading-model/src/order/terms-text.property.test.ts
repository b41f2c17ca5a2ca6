import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Decimal } from '../money/decimal.js'
import type { OrderTerms } from './order.js'
import { deserializeTerms, serializeTerms } from './terms-text.js'

const amount = fc.bigInt(1n, 10n ** 30n).map((raw) => new Decimal(raw.toString()).div('1e15'))
const common = fc.record({
  productId: fc.constantFrom('BTC-USD', 'BTC-USDC', 'TONE-USD'),
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
  size: fc.oneof(
    amount.map((baseSize) => ({ kind: 'base' as const, baseSize })),
    amount.map((quoteSize) => ({ kind: 'quote' as const, quoteSize })),
  ),
})
const rungs = fc.array(fc.record({ limitPrice: amount, baseSize: amount }), { minLength: 2, maxLength: 5 })
const attached = fc.record({ takeProfitPrice: amount, stopLossPrice: amount })
const terms: fc.Arbitrary<OrderTerms> = fc.oneof(
  common.map((value) => ({ ...value, orderType: 'MARKET' as const, timeInForce: 'IOC' as const })),
  fc.tuple(common, attached).map(([value, exits]) => ({
    ...value,
    orderType: 'MARKET' as const,
    timeInForce: 'IOC' as const,
    attached: exits,
  })),
  fc.tuple(common, amount, attached, fc.nat()).map(([value, limitPrice, exits, endTimeMs]) => ({
    ...value,
    orderType: 'LIMIT' as const,
    timeInForce: 'GTD' as const,
    limitPrice,
    postOnly: false,
    endTimeMs,
    attached: exits,
  })),
  fc.tuple(common, amount, amount).map(([value, limitPrice, stopPrice]) => ({
    ...value,
    orderType: 'BRACKET' as const,
    timeInForce: 'GTC' as const,
    limitPrice,
    stopPrice,
  })),
  fc
    .tuple(common, amount, fc.nat(), fc.nat(), fc.integer({ min: 2, max: 1_000 }))
    .map(([value, limitPrice, startTimeMs, endTimeMs, sliceCount]) => ({
      ...value,
      orderType: 'TWAP' as const,
      timeInForce: 'GTD' as const,
      limitPrice,
      startTimeMs,
      endTimeMs,
      sliceCount,
    })),
  fc.tuple(common, amount, amount, rungs).map(([value, baseSize, limitPrice, legs]) => ({
    ...value,
    size: { kind: 'base' as const, baseSize },
    orderType: 'SCALED' as const,
    timeInForce: 'GTC' as const,
    limitPrice,
    rungs: legs,
  })),
  fc
    .tuple(common, amount, fc.boolean(), fc.constantFrom('GTC' as const, 'IOC' as const, 'FOK' as const))
    .map(([value, limitPrice, postOnly, timeInForce]) => ({
      ...value,
      orderType: 'LIMIT' as const,
      timeInForce,
      limitPrice,
      postOnly,
    })),
  fc
    .tuple(common, amount, amount, fc.constantFrom('UP' as const, 'DOWN' as const), fc.nat())
    .map(([value, limitPrice, stopPrice, stopDirection, endTimeMs]) => ({
      ...value,
      orderType: 'STOP_LIMIT' as const,
      timeInForce: 'GTD' as const,
      limitPrice,
      stopPrice,
      stopDirection,
      endTimeMs,
    })),
)

describe('the text of an order’s terms', () => {
  it('reads back as the same terms and writes again as the same text', () => {
    fc.assert(
      fc.property(terms, (value) => {
        const text = serializeTerms(value)
        expect(serializeTerms(deserializeTerms(text))).toBe(text)
        expect(JSON.stringify(deserializeTerms(text))).toBe(JSON.stringify(value, (_, item: unknown) => item))
      }),
      { numRuns: 500 },
    )
  })

  it('is the same for amounts that are equal but were written differently', () => {
    const one = (size: string): OrderTerms => ({
      productId: 'BTC-USD',
      side: 'BUY',
      orderType: 'MARKET',
      timeInForce: 'IOC',
      size: { kind: 'base', baseSize: new Decimal(size) },
    })
    expect(serializeTerms(one('0.10'))).toBe(serializeTerms(one('0.1')))
  })

  it('refuses stored text that it would not have written', () => {
    expect(() =>
      deserializeTerms('{"product_id":"BTC-USD","side":"BUY","order_type":"MARKET","time_in_force":"IOC"}'),
    ).toThrow(/lack quote_size/)
  })
})
