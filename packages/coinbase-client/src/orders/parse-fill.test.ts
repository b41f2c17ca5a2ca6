import { fillSchema, listFillsResponseSchema, parseVenueJson, type WireFillInput } from '@tidegate/coinbase-wire'
import { Decimal, formatDecimal } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { samplesAbsent, sampleText } from '../../test-support/runtime.js'
import { parseFill } from './parse-fill.js'

const base: WireFillInput = {
  entry_id: 'e1',
  trade_id: 't1',
  order_id: 'o1',
  trade_time: '2026-11-24T10:00:00Z',
  trade_type: 'FILL',
  price: '50000',
  size: '0.1',
  commission: '30',
  product_id: 'BTC-USDC',
  sequence_timestamp: '2026-11-24T10:00:01Z',
  liquidity_indicator: 'MAKER',
  size_in_quote: false,
  side: 'SELL',
}
const parse = (changes: Partial<WireFillInput> = {}) => parseFill(fillSchema.parse({ ...base, ...changes }))

describe('parseFill', () => {
  it('keeps a base size as it is, with the fee in the quote currency that was submitted', () => {
    expect(parse()).toMatchObject({ tradeId: 't1', side: 'SELL', liquidity: 'MAKER', feeCurrency: 'USDC' })
    expect(formatDecimal(parse().baseSize)).toBe('0.1')
  })

  it('turns a quote size into base units, to 16 decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e9 }), (sizeCents, priceCents) => {
        const size = new Decimal(sizeCents).div(100)
        const price = new Decimal(priceCents).div(100)
        const fill = parse({ size: size.toFixed(), price: price.toFixed(), size_in_quote: true })
        expect(fill.baseSize.decimalPlaces()).toBeLessThanOrEqual(16)
        expect(fill.baseSize.minus(size.div(price)).abs().lte('0.00000000000000005')).toBe(true)
      }),
    )
  })

  it('takes back what a reversal takes back, under a name of its own', () => {
    const fill = parse({ trade_type: 'REVERSAL' })
    expect(fill.tradeId).toBe('e1')
    expect([fill.baseSize, fill.fee].map(formatDecimal)).toEqual(['-0.1', '-30'])
    expect(parse({ trade_type: 'CORRECTION' }).tradeId).toBe('e1')
  })

  it.each([
    { price: '' },
    { price: '0' },
    { size: '' },
    { commission: '' },
    { trade_time: '' },
    { side: 'UNKNOWN_ORDER_SIDE' },
  ])('refuses %j rather than take it for zero', (changes) => {
    expect(() => parse(changes)).toThrow(/cannot be used/)
  })

  it('does not know whether an unknown liquidity was maker or taker', () => {
    expect(parse({ liquidity_indicator: 'UNKNOWN_LIQUIDITY_INDICATOR' }).liquidity).toBe('UNKNOWN')
    expect(parse({ liquidity_indicator: undefined }).liquidity).toBe('UNKNOWN')
  })
})

describe.skipIf(samplesAbsent)('parseFill on captured fills (shared/fixtures)', () => {
  it('reads the real fill with a quote size: commission is 0.6 % of it, base size follows the price', () => {
    const samples = JSON.parse(sampleText('ccxt/rest-comment-samples.json')) as { fn: string; sample: unknown }[]
    const answer = listFillsResponseSchema.parse(samples.find(({ fn }) => fn === 'fetchMyTrades')?.sample)
    const wire = answer.fills[0]
    if (!wire) throw new Error('no fill in the sample')
    expect(wire.size_in_quote).toBe(true)
    const fill = parseFill(wire)
    const rate = new Decimal('0.006')
    expect(fill.fee.eq(new Decimal(wire.size ?? '').mul(rate).toDecimalPlaces(16, Decimal.ROUND_HALF_UP))).toBe(true)
    expect(formatDecimal(fill.baseSize)).toBe('0.000000220684505')
    expect(fill.price.toFixed()).toBe('21220.64')
  })

  it('reads the real base-sized fill', () => {
    const all = JSON.parse(sampleText('ccxt/static-response-subset.json')) as Record<string, unknown>
    const key = Object.keys(all).find((each) => each.startsWith('fetchMyTrades spot')) ?? ''
    const [wire] = listFillsResponseSchema.parse(parseVenueJson(JSON.stringify(all[key]))).fills
    if (!wire) throw new Error('no fill in the sample')
    expect(parseFill(wire)).toMatchObject({ liquidity: 'TAKER', feeCurrency: 'USDT', side: 'SELL' })
    expect(formatDecimal(parseFill(wire).baseSize)).toBe('10')
  })
})
