import { Decimal, ZERO } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limitOrder, testMarket } from '../testing/test-market.js'
import { remainingSize } from './records.js'

const placed = fc.record({ ticks: fc.integer({ min: 9_000, max: 9_020 }), units: fc.integer({ min: 1, max: 40 }) })
const trade = fc.record({ ticks: fc.integer({ min: 8_990, max: 9_020 }), units: fc.integer({ min: 1, max: 120 }) })

describe('price-time priority', () => {
  it('never fills an order while a better or older one of ours could still have been filled by the same trade', () => {
    fc.assert(
      fc.property(
        fc.array(placed, { minLength: 2, maxLength: 12 }),
        fc.array(trade, { maxLength: 12 }),
        (bids, trades) => {
          const market = testMarket({ deposits: { USD: '100000' } })
          market.show([['ask', '200', '1']])
          const orders = bids.map(({ ticks, units }) =>
            market.accept(limitOrder('BUY', String(units / 10), (ticks / 100).toFixed(2))),
          )
          const left = (index: number) => (bids[index]?.units ?? 0) / 10 - orders[index]!.filledSize.toNumber()
          for (const { ticks, units } of trades) {
            const before = orders.map((order) => order.filledSize)
            market.trade((ticks / 100).toFixed(2), String(units / 10), 'SELL')
            const filled = orders.map((order, index) => order.filledSize.sub(before[index] ?? ZERO))
            const total = filled.reduce((sum, size) => sum.add(size), ZERO)
            expect(total.lte(units / 10)).toBe(true)
            for (const [index, size] of filled.entries()) {
              if (size.isZero()) continue
              const mine = bids[index]!.ticks
              expect(mine).toBeGreaterThanOrEqual(ticks)
              for (const [other, bid] of bids.entries()) {
                const goesFirst = bid.ticks > mine || (bid.ticks === mine && other < index)
                if (goesFirst) expect(left(other)).toBeCloseTo(0, 9)
              }
            }
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  it('keeps available and hold of every wallet at or above zero, and the hold equal to what open orders hold', () => {
    fc.assert(
      fc.property(fc.array(placed, { maxLength: 20 }), fc.array(trade, { maxLength: 20 }), (bids, trades) => {
        const market = testMarket({ deposits: { USD: '300' } })
        market.show([['ask', '200', '1']])
        for (const { ticks, units } of bids) {
          market.place(limitOrder('BUY', String(units / 10), (ticks / 100).toFixed(2)))
        }
        for (const { ticks, units } of trades) {
          market.trade((ticks / 100).toFixed(2), String(units / 10), 'SELL')
          const wallet = market.engine.state.wallets.get('USD')
          const held = [...market.engine.state.live.values()].reduce((sum, order) => sum.add(order.hold), ZERO)
          expect(wallet?.available.gte(0)).toBe(true)
          expect(wallet?.hold.toFixed()).toBe(held.toFixed())
        }
      }),
      { numRuns: 150 },
    )
  })

  it('keeps in the queue what the records say is left, through fills, edits and cancels', () => {
    const command = fc.record({
      do: fc.constantFrom('place' as const, 'place' as const, 'trade' as const, 'edit' as const, 'cancel' as const),
      which: fc.nat(),
      ticks: fc.integer({ min: 9_000, max: 9_006 }),
      units: fc.integer({ min: 1, max: 40 }),
    })
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const market = testMarket({ deposits: { USD: '1000000' } })
        market.show([
          ['ask', '200', '1'],
          ['bid', '90.03', '0.7'],
        ])
        const { engine } = market
        for (const { do: what, which, ticks, units } of commands) {
          const [price, size] = [(ticks / 100).toFixed(2), (units / 10).toFixed(1)]
          const open = [...engine.state.live.values()]
          const order = open[which % Math.max(1, open.length)]
          if (what === 'place') market.place(limitOrder('BUY', size, price))
          else if (what === 'trade') market.trade(price, size, 'SELL')
          else if (order && what === 'cancel') engine.cancel(order.orderId)
          else if (order) engine.editOrder(order.orderId, { limitPrice: new Decimal(price), size: new Decimal(size) })
          const shown = engine.market('BTC-USD')!.resting.BUY
          const wanted = new Map<number, Decimal>()
          for (const live of engine.state.live.values()) {
            const at = engine.market('BTC-USD')!.ticksOf((live.terms as { limitPrice: Decimal }).limitPrice)
            wanted.set(at, remainingSize(live).add(wanted.get(at) ?? ZERO))
          }
          expect(shown.levelCount).toBe(wanted.size)
          for (const [at, left] of wanted) expect(shown.sizeAt(at).toFixed()).toBe(left.toFixed())
        }
      }),
      { numRuns: 300 },
    )
  })
})
