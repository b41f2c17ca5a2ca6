import type { DayMark, Fill } from '@tidegate/trading-model'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalText } from '../arbitraries.test-support.js'
import { d, fill } from '../scenario.test-support.js'
import { dayResult } from './day-result.js'

const day = '2026-11-24'
const startMs = Date.UTC(2026, 10, 24)
const mark = (prices: Record<string, string>): DayMark => ({ day, prices, atMs: startMs })
const today = { tradedAtMs: startMs, sequenceAtMs: startMs }
const yesterday = { tradedAtMs: startMs - 1, sequenceAtMs: startMs - 1 }

describe('dayResult', () => {
  it('measures what was held at midnight from the mark, not from what it once cost', () => {
    const fills = [fill('BUY', '2', '10', yesterday)]
    const result = dayResult({ fills, mark: mark({ BTC: '100' }), nowPrices: { BTC: d('90') }, day })
    expect(result).toMatchObject({ realizedUsd: d('0'), unrealizedUsd: d('-20'), feesUsd: d('0'), complete: true })
  })

  it('realises a sale against the mark and keeps fees apart', () => {
    const fills = [
      fill('BUY', '2', '10', { ...yesterday, fee: d('7') }),
      fill('SELL', '1', '95', { ...today, fee: d('1') }),
    ]
    const result = dayResult({ fills, mark: mark({ BTC: '100' }), nowPrices: { BTC: d('90') }, day })
    expect(result).toMatchObject({ realizedUsd: d('-5'), unrealizedUsd: d('-10'), feesUsd: d('1'), complete: true })
  })

  it('counts the first millisecond of the day in and the first of the next out', () => {
    const edge = (tradedAtMs: number): Fill =>
      fill('BUY', '1', '100', { tradedAtMs, sequenceAtMs: tradedAtMs, fee: d('1') })
    const fees = (tradedAtMs: number): string =>
      dayResult({
        fills: [edge(tradedAtMs)],
        mark: mark({ BTC: '1' }),
        nowPrices: { BTC: d('1') },
        day,
      }).feesUsd.toFixed()
    expect([startMs - 1, startMs, startMs + 86_399_999, startMs + 86_400_000].map(fees)).toEqual(['0', '1', '1', '0'])
  })

  it('sees the loss of an asset that was deposited and never traded, when told what is held', () => {
    const input = { fills: [], mark: mark({ BTC: '100' }), nowPrices: { BTC: d('60') }, day }
    expect(dayResult(input).unrealizedUsd).toEqual(d('0'))
    expect(dayResult({ ...input, holdings: { BTC: d('3'), USD: d('5') } })).toMatchObject({
      unrealizedUsd: d('-120'),
      complete: true,
    })
  })

  it('is incomplete without the mark, with the mark of another day, or without a price now', () => {
    const fills = [fill('BUY', '1', '100', yesterday)]
    const nowPrices = { BTC: d('90') }
    expect(dayResult({ fills, mark: undefined, nowPrices, day })).toMatchObject({ complete: false })
    expect(dayResult({ fills, mark: { ...mark({ BTC: '1' }), day: '2026-11-23' }, nowPrices, day }).complete).toBe(
      false,
    )
    expect(dayResult({ fills, mark: mark({ BTC: '100' }), nowPrices: {}, day })).toMatchObject({
      complete: false,
      missing: ['BTC has no price now'],
    })
    expect(dayResult({ fills, mark: mark({ BTC: '' }), nowPrices, day }).complete).toBe(false)
    expect(dayResult({ fills: [], mark: undefined, nowPrices, day: 'today' }).complete).toBe(false)
  })

  it('is incomplete when more was sold than anybody bought, and when balances and fills disagree', () => {
    const fills = [fill('SELL', '1', '100', today)]
    expect(dayResult({ fills, mark: mark({ BTC: '100' }), nowPrices: { BTC: d('90') }, day }).complete).toBe(false)
    const bought = [fill('BUY', '1', '100', today)]
    const disagree = {
      fills: bought,
      mark: mark({ BTC: '100' }),
      nowPrices: { BTC: d('90') },
      day,
      holdings: { BTC: d('0') },
    }
    expect(dayResult(disagree).complete).toBe(false)
  })

  it('leaves out an asset that has no market at all, and nothing else', () => {
    const input = { fills: [], mark: mark({ BTC: '100' }), nowPrices: { BTC: d('100') }, day }
    expect(dayResult({ ...input, holdings: { AIRDROP: d('1000') } }).complete).toBe(true)
    expect(dayResult({ ...input, nowPrices: {}, holdings: { BTC: d('1') } }).complete).toBe(false)
    expect(dayResult({ ...input, mark: mark({}), holdings: { BTC: d('1') } }).complete).toBe(false)
  })

  it('conserves: realised + unrealised − fees = change in value of the holdings (property)', () => {
    const trade = fc.record({
      productId: fc.constantFrom('BTC-USD', 'BTC-USDC', 'ETH-USD', 'ETH-BTC'),
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      baseSize: decimalText(1, 8).map(d),
      price: decimalText(3, 2).map(d),
      fee: decimalText(1, 8).map(d),
    })
    fc.assert(
      fc.property(
        fc.array(trade, { maxLength: 20 }),
        decimalText(3, 2),
        decimalText(3, 2),
        (trades, btcThen, btcNow) => {
          const nowPrices = { BTC: d(btcNow), ETH: d('7'), USD: d('1'), USDC: d('1') }
          const open: Record<string, string> = { BTC: '100000', ETH: '100000', USD: '0', USDC: '0' }
          const change = new Map(Object.keys(open).map((currency) => [currency, d('0')]))
          const add = (currency: string, amount: ReturnType<typeof d>): void => {
            change.set(currency, (change.get(currency) ?? d('0')).plus(amount))
          }
          const fills = trades.map((entry, i) => {
            const [base = '', quote = ''] = entry.productId.split('-')
            const sign = entry.side === 'BUY' ? 1 : -1
            add(base, entry.baseSize.mul(sign))
            add(quote, entry.baseSize.mul(entry.price).mul(-sign))
            add(quote, entry.fee.neg())
            return fill(entry.side, '1', '1', {
              ...entry,
              feeCurrency: quote,
              tradedAtMs: startMs + i,
              sequenceAtMs: 0,
            })
          })
          const holdings = Object.fromEntries(
            [...change].map(([currency, delta]) => [currency, delta.plus(open[currency] ?? '0')]),
          )
          const result = dayResult({ fills, mark: mark({ BTC: btcThen, ETH: '9' }), nowPrices, day, holdings })
          const value = (
            prices: Record<string, ReturnType<typeof d>>,
            of: (currency: string) => ReturnType<typeof d>,
          ) => Object.keys(open).reduce((sum, currency) => sum.plus(of(currency).mul(prices[currency] ?? 0)), d('0'))
          const before = value({ BTC: d(btcThen), ETH: d('9') }, (currency) => d(open[currency] ?? '0'))
          const after = value(nowPrices, (currency) => holdings[currency] ?? d('0'))
          expect(result.missing).toEqual([])
          expect(result.realizedUsd.plus(result.unrealizedUsd).minus(result.feesUsd).toFixed()).toBe(
            after.minus(before).toFixed(),
          )
        },
      ),
      { numRuns: 200 },
    )
  })
})
