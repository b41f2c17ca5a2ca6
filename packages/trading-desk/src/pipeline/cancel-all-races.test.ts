import type { CancelResult } from '@tidegate/trading-model'
import { VenueNotSentError, VenueOutcomeUnknownError } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DeskWorld, during, limitBuy, openWorld, pass, trader } from '../../test/desk-world.js'

const wide = { maxOrdersPerMinute: 1_000, requireConfirmationAboveUsd: '1000' }
const liveStates = ['OPEN', 'PENDING', 'QUEUED', 'EDIT_QUEUED'] as const

async function withMany(count: number): Promise<DeskWorld> {
  const world = await openWorld({ feed: false })
  for (let index = 0; index < count; index++) {
    const orderId = world.venue.placeOutside(limitBuy('50000', '0.00001'))
    world.venue.change(orderId, { status: liveStates[index % liveStates.length] ?? 'OPEN' })
  }
  return world
}

/** Lets a test answer single cancels in the venue's place; `undefined` leaves them to the venue. */
function answerCancels(
  world: DeskWorld,
  answer: (orderId: string, turn: number) => CancelResult | undefined,
): number[] {
  const cancel = world.venue.cancel.bind(world.venue)
  const turns = new Map<string, number>()
  const sizes: number[] = []
  world.venue.cancel = async (orderIds) => {
    sizes.push(orderIds.length)
    const results: CancelResult[] = []
    for (const orderId of orderIds) {
      const turn = (turns.get(orderId) ?? 0) + 1
      turns.set(orderId, turn)
      results.push(...[answer(orderId, turn) ?? (await cancel([orderId]))].flat())
    }
    return results
  }
  return sizes
}

describe('cancelling 250 orders in four states', () => {
  it('takes them all, also those that the OPEN filter would not show, a hundred at a time', async () => {
    const world = await withMany(250)
    const sizes = answerCancels(world, () => undefined)
    const result = await during(world, world.desk.cancelAll(trader))
    expect(sizes).toEqual([100, 100, 50])
    expect(result).toMatchObject({ allGone: true, remaining: [] })
    expect(result.results).toHaveLength(250)
    expect(world.venue.all().filter((order) => order.status !== 'CANCELLED')).toEqual([])
  })

  it('asks again for what was refused or not answered at first, and only for that', async () => {
    const world = await withMany(250)
    const stubborn = new Set(['venue-2', 'venue-101', 'venue-250'])
    const silent = new Set(['venue-3', 'venue-200'])
    const sizes = answerCancels(world, (orderId, turn) => {
      if (turn > 1) return undefined
      if (stubborn.has(orderId)) return { orderId, outcome: 'refused', reason: 'COMMANDER_REJECTED_CANCEL_ORDER' }
      return silent.has(orderId) ? { orderId, outcome: 'unknown', reason: 'no answer' } : undefined
    })
    const result = await during(world, world.desk.cancelAll(trader))
    expect(sizes).toEqual([100, 100, 50, 5])
    expect(result.allGone).toBe(true)
    expect(world.venue.all().every((order) => order.status === 'CANCELLED')).toBe(true)
  })

  it('lives through a chunk that does not arrive and one whose answer is lost', async () => {
    const world = await withMany(250)
    const cancel = world.venue.cancel.bind(world.venue)
    let call = 0
    world.venue.cancel = async (orderIds) => {
      call++
      if (call === 1) throw new VenueNotSentError('connect ECONNREFUSED', { endpoint: 'batch_cancel' })
      const answer = await cancel(orderIds)
      if (call === 3) throw new VenueOutcomeUnknownError('socket hang up', { endpoint: 'batch_cancel' })
      return answer
    }
    const result = await during(world, world.desk.cancelAll(trader))
    expect(result.allGone).toBe(true)
    expect(world.venue.all().every((order) => order.status === 'CANCELLED')).toBe(true)
  })

  it('reports what remains, one by one, when the venue never lets go', async () => {
    const world = await withMany(250)
    const kept = ['venue-7', 'venue-77', 'venue-177']
    answerCancels(world, (orderId) =>
      kept.includes(orderId) ? { orderId, outcome: 'refused', reason: 'COMMANDER_REJECTED_CANCEL_ORDER' } : undefined,
    )
    const result = await during(world, world.desk.cancelAll(trader))
    expect(result.allGone).toBe(false)
    expect([...result.remaining].sort()).toEqual([...kept].sort())
    for (const id of kept) {
      expect(result.results.find((one) => one.id === id)).toMatchObject({
        outcome: 'refused',
        reason: 'COMMANDER_REJECTED_CANCEL_ORDER',
      })
    }
  })

  it('is not fooled by one empty listing', async () => {
    const world = await withMany(4)
    const listOrders = world.venue.listOrders.bind(world.venue)
    let looks = 0
    world.venue.listOrders = async (query) => (++looks === 1 ? [] : listOrders(query))
    const result = await during(world, world.desk.cancelAll(trader))
    expect(result.allGone).toBe(true)
    expect(world.venue.all().every((order) => order.status === 'CANCELLED')).toBe(true)
  })

  it('takes what appears while it is at work', async () => {
    const world = await withMany(3)
    let late: string | undefined
    answerCancels(world, (orderId) => {
      late ??= world.venue.placeOutside(limitBuy('50000', '0.00001'))
      return orderId === 'nobody' ? { orderId, outcome: 'refused' } : undefined
    })
    const result = await during(world, world.desk.cancelAll(trader))
    expect(result.allGone).toBe(true)
    expect(world.venue.all().find((order) => order.orderId === late)?.status).toBe('CANCELLED')
  })
})

describe('cancels that race fills', () => {
  it('keep every executed part: the record ends with the venue’s sizes, in every order of events', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            which: fc.integer({ min: 0, max: 3 }),
            share: fc.constantFrom('0.001', '0.004', undefined),
            beforeCancel: fc.boolean(),
            atMs: fc.integer({ min: 0, max: 1_500 }),
          }),
          { maxLength: 8 },
        ),
        fc.boolean(),
        async (fills, slow) => {
          const world = await openWorld({ policy: wide })
          const ids: string[] = []
          for (const price of ['59000', '58000', '57000', '56000']) {
            const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy(price) }))
            ids.push(intent?.venueOrderId ?? '')
          }
          const fill = (which: number, share: string | undefined): void => {
            const order = world.venue.all().find((one) => one.orderId === ids[which])
            if (!order || (order.status !== 'OPEN' && order.status !== 'CANCEL_QUEUED')) return
            world.venue.fill(order.orderId, share)
            const after = world.venue.all().find((one) => one.orderId === order.orderId)
            // A fill on the way does not take the cancel back.
            if (after?.status === 'OPEN') world.venue.change(order.orderId, { status: order.status })
          }
          for (const one of fills) if (one.beforeCancel) fill(one.which, one.share)
          world.venue.slowCancels = slow
          for (const one of fills) {
            if (!one.beforeCancel) world.time.after(one.atMs, () => fill(one.which, one.share))
          }
          if (slow) world.time.after(1_600, () => world.venue.settleCancels())
          const result = await during(world, world.desk.cancelAll(trader))
          world.venue.settleCancels()
          await pass(world, 5_000)
          expect(result.allGone).toBe(true)
          const recorded = await world.journal.listFills()
          for (const order of world.venue.all()) {
            const intent = await world.journal.findByVenueOrderId(order.orderId)
            expect(intent?.state).toBe(order.status)
            expect(intent?.filledSize).toBe(order.filledSize.toFixed())
            const own = recorded.filter((item) => item.orderId === order.orderId)
            expect(own.reduce((sum, item) => sum + item.baseSize.mul(1e8).toNumber(), 0)).toBe(
              order.filledSize.mul(1e8).toNumber(),
            )
            expect(
              world.journal
                .heldBy(intent?.intentId ?? '')
                .filter(openWindow)
                .every(({ held }) => held === 0n),
            ).toBe(true)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

function openWindow({ reservation }: { readonly reservation: { readonly window: string } }): boolean {
  return reservation.window === 'open'
}
