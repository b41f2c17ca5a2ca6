import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NaiveBook } from '../../testing/naive-book.js'
import type { MatchEvent, MatchFill, MatchOrder } from './match-types.js'
import { MatchingBook } from './matching-book.js'

const increments = fc.constantFrom(
  { price: '0.01', base: '0.1', priceStep: 1n, baseStep: 1n, priceDecimals: 2, baseDecimals: 1 },
  { price: '0.25', base: '0.00000001', priceStep: 25n, baseStep: 1n, priceDecimals: 2, baseDecimals: 8 },
  { price: '5', base: '0.003', priceStep: 5n, baseStep: 3n, priceDecimals: 0, baseDecimals: 3 },
)

const side = fc.constantFrom('BUY' as const, 'SELL' as const)
const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('place' as const),
      id: fc.integer({ min: 0, max: 60 }),
      side,
      ticks: fc.option(fc.integer({ min: 95, max: 105 }), { nil: undefined, freq: 8 }),
      units: fc.integer({ min: 1, max: 30 }),
      timeInForce: fc.constantFrom('GTC' as const, 'GTC' as const, 'IOC' as const, 'FOK' as const),
      postOnly: fc.boolean(),
      account: fc.constantFrom(undefined, undefined, 'a', 'b'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), id: fc.integer({ min: 0, max: 60 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('resize' as const),
      id: fc.integer({ min: 0, max: 60 }),
      units: fc.integer({ min: 1, max: 30 }),
    }),
  },
)

function decimal(units: bigint, decimals: number): string {
  const digits = String(units).padStart(decimals + 1, '0')
  const cut = digits.length - decimals
  return decimals === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`
}

const told = ({ makerId, size, price, makerLeft }: MatchFill) => `${makerId} ${size} @ ${price} leaves ${makerLeft}`

describe('a matching book', () => {
  it('does what the naive book does, over 1,500 random sequences of orders, cancels and edits', () => {
    fc.assert(
      fc.property(increments, fc.array(command, { minLength: 1, maxLength: 60 }), (grid, commands) => {
        const events: MatchEvent[] = []
        const book = new MatchingBook({
          priceIncrement: grid.price,
          baseIncrement: grid.base,
          onEvent: (event) => events.push(event),
        })
        const naive = new NaiveBook()
        const priceOf = (ticks: number) => decimal(BigInt(ticks) * grid.priceStep, grid.priceDecimals)
        const sizeOf = (units: number) => decimal(BigInt(units) * grid.baseStep, grid.baseDecimals)
        const fills: string[] = []
        for (const next of commands) {
          const id = `o${next.id}`
          if (next.do === 'cancel') expect(book.cancel(id)).toBe(naive.cancel(id))
          else if (next.do === 'resize') {
            const done = naive.resize(id, sizeOf(next.units))
            expect(book.resize(id, sizeOf(next.units))).toBe(done ? undefined : 'UNKNOWN_ID')
          } else {
            const { ticks, units, timeInForce, postOnly, account } = next
            const order: MatchOrder = {
              id,
              side: next.side,
              size: sizeOf(units),
              timeInForce,
              postOnly: postOnly && timeInForce === 'GTC',
              ...(ticks === undefined ? {} : { price: priceOf(ticks) }),
              ...(account === undefined ? {} : { account }),
            }
            const answer = book.place(order)
            const wanted = naive.place(order)
            if (answer.kind === 'refused') expect(answer.reason).toBe(wanted.kind)
            else {
              expect(answer.kind === 'cancelled' ? answer.why : answer.kind).toBe(wanted.kind)
              expect(answer.fills.map(told)).toEqual(wanted.fills)
              if (answer.kind !== 'filled') expect(answer.left).toBe(wanted.left)
              fills.push(...answer.fills.map(told))
            }
          }
          expect(book.openOrders).toBe(naive.openOrders)
        }
        for (const of of ['BUY', 'SELL'] as const) expect(book.depth(of)).toEqual(naive.depth(of))
        // The events tell the same fills, each once and in order.
        expect(events.flatMap((event) => (event.kind === 'fill' ? [told(event.fill)] : []))).toEqual(fills)
      }),
      { numRuns: 1_500 },
    )
  })

  it('is never crossed', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 80 }), (commands) => {
        const book = new MatchingBook({ priceIncrement: '1', baseIncrement: '1' })
        for (const next of commands) {
          if (next.do !== 'place' || next.ticks === undefined) continue
          book.place({ id: `o${next.id}`, side: next.side, size: String(next.units), price: String(next.ticks) })
          const bid = Number(book.depth('BUY', 1)[0]?.price ?? 0)
          const ask = Number(book.depth('SELL', 1)[0]?.price ?? Number.POSITIVE_INFINITY)
          expect(bid).toBeLessThan(ask)
        }
      }),
      { numRuns: 300 },
    )
  })
})
