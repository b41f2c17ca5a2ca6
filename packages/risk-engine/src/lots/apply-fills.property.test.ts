import { type Decimal, type Fill, ZERO } from '@tidegate/trading-model'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalText } from '../arbitraries.test-support.js'
import { d } from '../scenario.test-support.js'
import { applyFills } from './apply-fills.js'
import { entryValueUsd } from './positions-from-lots.js'

const fills: fc.Arbitrary<readonly Fill[]> = fc
  .array(
    fc.record({
      productId: fc.constantFrom('BTC-USD', 'BTC-USDC', 'ETH-USD'),
      side: fc.constantFrom('BUY' as const, 'BUY' as const, 'SELL' as const),
      price: decimalText(5, 2).map(d),
      baseSize: decimalText(2, 16).map(d),
      fee: fc.tuple(fc.boolean(), decimalText(2, 16)).map(([rebate, text]) => d(rebate ? `-${text}` : text)),
      tradedAtMs: fc.integer({ min: 0, max: 5 }),
      sequenceAtMs: fc.integer({ min: 0, max: 5 }),
    }),
    { maxLength: 40 },
  )
  .map((list) =>
    list.map((entry, i) => ({
      ...entry,
      orderId: `order-${i % 7}`,
      tradeId: `trade-${i}`,
      feeCurrency: entry.productId.split('-')[1] ?? 'USD',
      liquidity: 'UNKNOWN' as const,
    })),
  )

const sum = (values: readonly Decimal[]): Decimal => values.reduce((total, value) => total.plus(value), ZERO)

describe('applyFills (properties)', () => {
  it('gives the same book for any order and repetition of the fills', () => {
    fc.assert(
      fc.property(
        fills.chain((list) =>
          fc.tuple(
            fc.constant(list),
            fc.shuffledSubarray([...list], { minLength: list.length }),
            fc.subarray([...list]),
          ),
        ),
        ([list, shuffled, repeated]) => {
          expect(applyFills([...shuffled, ...repeated])).toEqual(applyFills(list))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('conserves money to the last digit: realised + unrealised − fees = cash + value of what is left', () => {
    fc.assert(
      fc.property(fills, decimalText(5, 2).map(d), (list, nowPrice) => {
        for (const lots of applyFills(list).values()) {
          const own = list.filter((fill) => fill.productId.startsWith(`${lots.asset}-`))
          const cash = sum(
            own.map(({ side, baseSize, price, fee }) =>
              baseSize
                .mul(price)
                .mul(side === 'BUY' ? -1 : 1)
                .minus(fee),
            ),
          )
          const unrealized = lots.size.mul(nowPrice).minus(entryValueUsd(lots.lots) ?? ZERO)
          const result = lots.realizedGrossUsd.plus(unrealized).minus(lots.feesUsd).plus(lots.unmatchedProceedsUsd)
          expect(result.toFixed()).toBe(cash.plus(lots.size.mul(nowPrice)).toFixed())
        }
      }),
      { numRuns: 300 },
    )
  })

  it('accounts for every fee once: realised, unmatched, or in an open lot', () => {
    fc.assert(
      fc.property(fills, (list) => {
        for (const lots of applyFills(list).values()) {
          const inResults = sum(lots.realized.map((entry) => entry.feesUsd))
          const inLots = sum(lots.lots.map((lot) => lot.feeUsd))
          expect(inResults.plus(inLots).plus(lots.unmatchedFeesUsd).toFixed()).toBe(lots.feesUsd.toFixed())
          expect(lots.realizedGrossUsd.minus(inResults).toFixed()).toBe(lots.realizedNetUsd.toFixed())
        }
      }),
      { numRuns: 300 },
    )
  })

  it('conserves size: bought = sold from lots + still held, and no lot is ever empty or negative', () => {
    fc.assert(
      fc.property(fills, (list) => {
        for (const lots of applyFills(list).values()) {
          const own = list.filter((fill) => fill.productId.startsWith(`${lots.asset}-`))
          const bought = sum(own.filter(({ side }) => side === 'BUY').map(({ baseSize }) => baseSize))
          const sold = sum(own.filter(({ side }) => side === 'SELL').map(({ baseSize }) => baseSize))
          expect(bought.minus(sold).plus(lots.unmatchedSize).toFixed()).toBe(lots.size.toFixed())
          expect(lots.lots.every((lot) => lot.size.gt(0))).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})
