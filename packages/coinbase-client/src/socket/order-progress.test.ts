import { Decimal, type VenueOrder } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOrderProgress } from './order-progress.js'

const order = (status: string, filled: number, orderId = 'o1') =>
  ({ orderId, status, filledSize: new Decimal(filled) }) as unknown as VenueOrder
const told = (verdict: VenueOrder | string) =>
  typeof verdict === 'string' ? verdict : `${verdict.status} ${verdict.filledSize.toFixed()}`

describe('createOrderProgress', () => {
  it.each<[string, [string, number][], string[]]>([
    [
      'the usual life',
      [
        ['PENDING', 0],
        ['OPEN', 0],
        ['OPEN', 1],
        ['FILLED', 2],
      ],
      ['PENDING 0', 'OPEN 0', 'OPEN 1', 'FILLED 2'],
    ],
    [
      'PENDING after OPEN',
      [
        ['OPEN', 0],
        ['PENDING', 0],
      ],
      ['OPEN 0', 'late'],
    ],
    [
      'a late update after the end',
      [
        ['FILLED', 2],
        ['OPEN', 1],
        ['CANCEL_QUEUED', 2],
      ],
      ['FILLED 2', 'late', 'late'],
    ],
    [
      'fewer fills than before',
      [
        ['OPEN', 2],
        ['OPEN', 1],
      ],
      ['OPEN 2', 'late'],
    ],
    [
      'more fills under an older status',
      [
        ['OPEN', 1],
        ['PENDING', 2],
      ],
      ['OPEN 1', 'OPEN 2'],
    ],
    [
      'the same again, as after a reconnect',
      [
        ['OPEN', 1],
        ['OPEN', 1],
        ['FILLED', 2],
        ['FILLED', 2],
      ],
      ['OPEN 1', 'OPEN 1', 'FILLED 2', 'FILLED 2'],
    ],
    [
      'a cancel that is refused',
      [
        ['OPEN', 0],
        ['CANCEL_QUEUED', 0],
        ['OPEN', 0],
      ],
      ['OPEN 0', 'CANCEL_QUEUED 0', 'OPEN 0'],
    ],
    [
      'two different ends',
      [
        ['CANCELLED', 0],
        ['FILLED', 1],
      ],
      ['CANCELLED 0', 'contradiction'],
    ],
    [
      'an end that takes fills back',
      [
        ['OPEN', 2],
        ['CANCELLED', 1],
      ],
      ['OPEN 2', 'contradiction'],
    ],
    [
      'a status nobody knows',
      [
        ['OPEN', 0],
        ['HALF_BAKED', 0],
        ['FILLED', 1],
      ],
      ['OPEN 0', 'HALF_BAKED 0', 'FILLED 1'],
    ],
  ])('takes %s', (_what, updates, expected) => {
    const progress = createOrderProgress()
    expect(updates.map(([status, filled]) => told(progress.advance(order(status, filled))))).toEqual(expected)
  })

  it('never tells less than it told before, whatever comes in whatever order', () => {
    const statuses = [
      'QUEUED',
      'PENDING',
      'OPEN',
      'CANCEL_QUEUED',
      'EDIT_QUEUED',
      'FILLED',
      'CANCELLED',
      'EXPIRED',
      'NEW_WORD',
    ]
    const ended = (status: string) => ['FILLED', 'CANCELLED', 'EXPIRED'].includes(status)
    const waiting = (status: string) => ['QUEUED', 'PENDING'].includes(status)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...statuses), fc.nat(3), fc.constantFrom('a', 'b')), { maxLength: 40 }),
        (updates) => {
          const progress = createOrderProgress()
          const last = new Map<string, VenueOrder>()
          for (const [status, filled, id] of updates) {
            const news = progress.advance(order(status, filled, id))
            if (typeof news === 'string') continue
            const before = last.get(id)
            if (before) {
              expect(news.filledSize.gte(before.filledSize)).toBe(true)
              if (ended(before.status)) expect(news.status).toBe(before.status)
              if (!waiting(before.status)) expect(waiting(news.status)).toBe(false)
            }
            last.set(id, news)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('remembers a bounded number of orders', () => {
    const progress = createOrderProgress()
    for (let index = 0; index < 10_001; index++) progress.advance(order('FILLED', 1, String(index)))
    expect(told(progress.advance(order('OPEN', 0, '10000')))).toBe('late')
    expect(told(progress.advance(order('OPEN', 0, '0')))).toBe('OPEN 0')
  })
})
