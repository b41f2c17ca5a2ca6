import fc from 'fast-check'
import { expect, it } from 'vitest'
import { OrderQueue } from './order-queue.js'
import { NO_SLOT } from './order-slots.js'

interface Plain {
  readonly name: number
  readonly ticks: number
  readonly priority: number
  left: number
  ahead: number
}

const steps = (lowest: number, highest: number, adds: number) =>
  fc.oneof(
    {
      weight: adds,
      arbitrary: fc.record({
        do: fc.constant('add' as const),
        ticks: fc.integer({ min: lowest, max: highest }),
        units: fc.integer({ min: 1, max: 20 }),
        priority: fc.integer({ min: 1, max: 30 }),
        ahead: fc.oneof(fc.constant(0), fc.nat(30), fc.constant(Number.NaN)),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), which: fc.nat() }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('take' as const),
        ticks: fc.integer({ min: lowest - 2, max: highest + 2 }),
        units: fc.integer({ min: 1, max: 60 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('shorten' as const),
        ticks: fc.integer({ min: lowest, max: highest }),
        units: fc.integer({ min: 1, max: 20 }),
      }),
    },
  )

/** What a trade does to orders with queues in front, one at a time, in a list that is sorted anew. */
function takePlainly(line: Plain[], sign: number, ticks: number, units: number): string[] {
  const fills: string[] = []
  let volume = units
  let ownAtPrice = 0
  for (const order of line) {
    if (sign * order.ticks < sign * ticks || volume <= 0) break
    if (order.ticks !== ticks) {
      order.ahead = 0
      const traded = Math.min(order.left, volume)
      volume -= traded
      order.left -= traded
      fills.push(`${order.name}: ${traded}`)
      continue
    }
    if (Number.isNaN(order.ahead)) continue
    const reaches = volume - order.ahead - ownAtPrice
    order.ahead = Math.max(0, order.ahead - volume)
    if (reaches <= 0) continue
    const traded = Math.min(order.left, reaches)
    ownAtPrice += traded
    order.left -= traded
    fills.push(`${order.name}: ${traded}`)
  }
  return fills
}

function holdAgainstPlainList(step: ReturnType<typeof steps>, lengths: fc.ArrayConstraints, numRuns: number): void {
  fc.assert(
    fc.property(fc.constantFrom('BUY' as const, 'SELL' as const), fc.array(step, lengths), (side, commands) => {
      const sign = side === 'BUY' ? 1 : -1
      const queue = new OrderQueue<Plain>(side)
      const slots = new Map<Plain, number>()
      let plain: Plain[] = []
      for (const [name, next] of commands.entries()) {
        if (next.do === 'add') {
          const order = { name, ticks: next.ticks, priority: next.priority, left: next.units, ahead: next.ahead }
          slots.set(order, queue.add(order, next.ticks, next.units, next.priority, next.ahead))
          plain.push(order)
          // A stable sort: of two with the same priority the earlier stays in front.
          plain.sort((a, b) => sign * (b.ticks - a.ticks) || a.priority - b.priority)
        } else if (next.do === 'remove') {
          const order = plain[next.which % Math.max(1, plain.length)]
          if (!order) continue
          queue.remove(slots.get(order) ?? NO_SLOT)
          plain = plain.filter((other) => other !== order)
        } else if (next.do === 'shorten') {
          queue.shortenQueues(next.ticks, next.units)
          for (const order of plain) {
            if (order.ticks === next.ticks && order.ahead > 0) order.ahead = Math.max(0, order.ahead - next.units)
          }
        } else {
          const expected = takePlainly(plain, sign, next.ticks, next.units)
          const fills: string[] = []
          let taken = 0
          const left = queue.take(next.ticks, next.units, {
            mayTradeWith: () => true,
            onFill: (order, units) => {
              taken += units
              fills.push(`${order.name}: ${units}`)
            },
          })
          expect(fills).toEqual(expected)
          expect(left).toBe(next.units - taken)
          plain = plain.filter((order) => order.left > 0)
        }
        expect(queue.size).toBe(plain.length)
        expect(queue.levelCount).toBe(new Set(plain.map((order) => order.ticks)).size)
        const line = []
        for (let rank = 0; rank < queue.levelCount; rank++) {
          for (let slot = queue.firstAtRank(rank); slot !== NO_SLOT; slot = queue.nextAtPrice(slot)) {
            line.push({ name: queue.ownerOf(slot).name, left: queue.leftOf(slot), ahead: queue.aheadOf(slot) })
          }
        }
        expect(line).toEqual(plain.map(({ name, left, ahead }) => ({ name, left, ahead })))
        expect(queue.hasQueues).toBe(plain.some((order) => order.ahead !== 0))
      }
    }),
    { numRuns },
  )
}

it('serves orders with people in front of them as a plain list does, over 2,000 random sequences', () => {
  holdAgainstPlainList(steps(100, 108, 4), { maxLength: 80 }, 2_000)
})

it('does so too in a book of hundreds of prices, where levels move in blocks and storage grows', () => {
  holdAgainstPlainList(steps(1, 3_000, 40), { minLength: 250, maxLength: 320, size: 'max' }, 15)
})
