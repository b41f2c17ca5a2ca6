import type { DayMark, Fill } from '@tidegate/trading-model'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { d, fill } from '../scenario.test-support.js'
import { type EquityInput, equityPeaks } from './equity-peaks.js'

const dayMs = 86_400_000
const today = Date.UTC(2026, 10, 24)
const at = (daysAgo: number, hour: number): number => today - daysAgo * dayMs + hour * 3_600_000
const mark = (daysAgo: number, btc: string): DayMark => ({
  day: new Date(at(daysAgo, 0)).toISOString().slice(0, 10),
  prices: { BTC: btc, ETH: '4000' },
  atMs: at(daysAgo, 0),
})
const traded = (side: 'BUY' | 'SELL', size: string, price: string, daysAgo: number, hour: number): Fill =>
  fill(side, size, price, { tradedAtMs: at(daysAgo, hour) })
const look = (over: Partial<EquityInput>) =>
  equityPeaks({
    fills: [],
    marks: [],
    holdings: { USD: d('1000') },
    nowPrices: { USD: d('1'), BTC: d('90000') },
    nowMs: at(0, 12),
    days: 7,
    ...over,
  })

describe('equityPeaks', () => {
  it('values what was held at every day mark and every execution, and what is held now', () => {
    const result = look({
      // 1 BTC held for two days, half of it sold at 110 000 yesterday
      fills: [traded('SELL', '0.5', '110000', 1, 10)],
      marks: [mark(2, '100000'), mark(1, '105000'), mark(0, '95000')],
      holdings: { USD: d('56000'), BTC: d('0.5') },
    })
    expect(result?.nowUsd.toFixed()).toBe('101000')
    expect(result?.peaks.map(({ day, usd }) => [day, usd.toFixed()])).toEqual([
      ['2026-11-22', '101000'],
      ['2026-11-23', '111000'],
      ['2026-11-24', '103500'],
    ])
  })

  it('sees the high of a morning whose gain is gone by noon, and takes fees off', () => {
    const result = look({
      fills: [
        { ...traded('BUY', '1', '80000', 0, 2), fee: d('100') },
        { ...traded('BUY', '0.01', '120000', 0, 9), fee: d('1') },
      ],
      marks: [mark(0, '80000')],
      holdings: { USD: d('18699'), BTC: d('1.01') },
    })
    expect(result?.peaks.map(({ usd }) => usd.toFixed())).toEqual([d('1.01').mul('120000').plus('18699').toFixed()])
    expect(result?.nowUsd.toFixed()).toBe('109599')
  })

  it('takes a withdrawal for no loss and a deposit for no gain', () => {
    const marks = [mark(1, '100000'), mark(0, '100000')]
    const prices = { USD: d('1'), BTC: d('100000') }
    for (const usd of ['10', '1000', '500000']) {
      const result = look({ marks, nowPrices: prices, holdings: { USD: d(usd), BTC: d('1') } })
      expect(result?.peaks.every((peak) => peak.usd.eq(result.nowUsd))).toBe(true)
    }
  })

  it('forgets what is before the window and does not know a value whose price has gone', () => {
    const marks = [mark(7, '300000'), mark(6, '100000')]
    const holdings = { USD: d('0'), BTC: d('1') }
    expect(look({ marks, holdings })?.peaks.map(({ day }) => day)).toEqual(['2026-11-18'])
    expect(look({ marks, holdings, nowPrices: { USD: d('1') } })).toBeUndefined()
    expect(look({ holdings: { USD: d('5'), DUST: d('1') } })?.nowUsd.toFixed()).toBe('5')
  })

  it('says the same of the same history however it is split into reads and whatever the order of its rows (property)', () => {
    const fills = fc.array(
      fc.tuple(
        fc.constantFrom('BUY' as const, 'SELL' as const),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 50_000, max: 150_000 }),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 11 }),
      ),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(fills, fc.integer(), (raw, seed) => {
        const list = raw.map(([side, size, price, daysAgo, hour]) =>
          traded(side, d(size).div(1000).toFixed(), String(price), daysAgo, hour),
        )
        const marks = [0, 1, 2, 3, 4, 5, 6].map((daysAgo) => mark(daysAgo, '100000'))
        const mixed = seed % 2 === 0 ? [...list].reverse() : list
        const holdings = { USD: d('1000000'), BTC: d('20') }
        expect(look({ fills: mixed, marks: [...marks].reverse(), holdings })).toEqual(
          look({ fills: list, marks, holdings }),
        )
      }),
      { numRuns: 100 },
    )
  })
})
