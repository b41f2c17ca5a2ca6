import { Decimal, InvariantError } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.js'

describe('canonicalJson', () => {
  it('says the same for the same value in any order of its fields', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse())
        expect(canonicalJson(turned)).toBe(canonicalJson(value))
      }),
    )
  })

  it('is JSON that says it again the same way', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
      }),
    )
  })

  it('writes decimals and bigints as strings and leaves out what is not there', () => {
    expect(canonicalJson({ b: new Decimal('0.00000001'), a: 12345678901234567890n, c: undefined })).toBe(
      '{"a":"12345678901234567890","b":"0.00000001"}',
    )
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, () => 1, Symbol('x')])('does not write %s', (value) => {
    expect(() => canonicalJson({ value })).toThrow(InvariantError)
  })

  it('does not follow a circle', () => {
    const circle: Record<string, unknown> = {}
    circle['again'] = circle
    expect(() => canonicalJson(circle)).toThrow(InvariantError)
  })
})
