import { type OrderTerms, serializeTerms } from '@tidegate/trading-model'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalText, termsOn } from './arbitraries.test-support.js'
import { parseOrderRequest } from './order-request.js'
import { ORDER_FIELDS } from './request-fields.js'

function toRaw(terms: OrderTerms): Record<string, unknown> {
  const text = JSON.parse(serializeTerms(terms)) as Record<string, unknown>
  const { base_size, ...rest } = text
  return { ...rest, ...(base_size === undefined ? {} : { size: base_size }) }
}

describe('parseOrderRequest (properties)', () => {
  it('reads back every order written in its own words', () => {
    fc.assert(
      fc.property(termsOn('BTC-USD'), (terms) => {
        expect(parseOrderRequest(toRaw(terms))).toEqual(terms)
      }),
      { numRuns: 500 },
    )
  })

  it('keeps every digit of a 36-digit size', () => {
    fc.assert(
      fc.property(decimalText(18, 18), (size) => {
        const terms = parseOrderRequest({ product_id: 'BTC-USD', side: 'SELL', order_type: 'MARKET', size })
        expect(terms.size.kind === 'base' && terms.size.baseSize.toFixed()).toBe(size)
      }),
      { numRuns: 500 },
    )
  })

  it('answers any garbage with terms or an InputError that names a field and a cure', () => {
    const keys = fc.oneof(fc.constantFrom(...ORDER_FIELDS), fc.string())
    fc.assert(
      fc.property(fc.dictionary(keys, fc.anything({ withBigInt: true })), (raw) => {
        try {
          parseOrderRequest(raw)
        } catch (error) {
          const { code, issues } = error as { code: string; issues: readonly { field: string; fix: string }[] }
          expect(code).toBe('ERR_INPUT_INVALID')
          expect(issues.length).toBeGreaterThan(0)
          expect(issues.every(({ fix }) => fix.length > 0)).toBe(true)
        }
      }),
      { numRuns: 800 },
    )
  })
})
