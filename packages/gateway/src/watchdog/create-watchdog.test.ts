import { FakeTime, MemoryLog, MemoryMarket, MemoryVenue } from '@tidegate/testkit'
import { Decimal, type OrderTerms } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import type { OwnerRecord } from '../home/owner-file.js'
import { createWatchdog } from './create-watchdog.js'

const settings = { lookEveryMs: 1_000, deadAfterMs: 10_000, listEveryMs: 1_000, lateRequestsMs: 60_000 }

const record = (pid: number): OwnerRecord => ({
  pid,
  url: 'http://127.0.0.1:1',
  startedAt: '',
  environment: 'production',
})

const limit = (price: number): OrderTerms => ({
  productId: 'BTC-USD',
  side: 'BUY',
  orderType: 'LIMIT',
  timeInForce: 'GTC',
  size: { kind: 'base', baseSize: new Decimal('0.001') },
  limitPrice: new Decimal(price),
  postOnly: false,
})

/** A gateway that lives or not, and a venue with orders. */
function world() {
  const time = new FakeTime()
  const market = new MemoryMarket(time)
  const venue = new MemoryVenue({ clock: time, timers: time, market })
  const gateway: { owner: OwnerRecord | undefined; answers: boolean } = { owner: undefined, answers: false }
  const halts: string[] = []
  const log = new MemoryLog()
  const watchdog = createWatchdog({
    owner: () => gateway.owner,
    answers: async () => gateway.answers,
    venue,
    halt: (reason) => halts.push(reason),
    clock: time,
    timers: time,
    log,
    settings,
  })
  const live = async () => (await venue.listOrders({ only: 'live' })).length
  return { time, venue, gateway, halts, log, watchdog, live }
}

describe('the watchdog', () => {
  it('halts the home and cancels all that rests when the gateway has died', async () => {
    const { time, venue, gateway, halts, watchdog, live } = world()
    const done = watchdog.run({ once: true })
    gateway.owner = record(7)
    gateway.answers = true
    for (let price = 50_000; price < 50_130; price++) venue.placeOutside(limit(price))
    await time.advance(60_000)
    expect([await live(), halts]).toEqual([130, []])
    gateway.answers = false
    await time.advance(9_000)
    expect(await live()).toBe(130)
    await time.advance(3_000)
    expect(await live()).toBe(0)
    expect(halts).toEqual([expect.stringContaining('process 7 has not answered since')])
    await time.advance(70_000)
    expect(await done).toMatchObject({ pid: 7, allGone: true, cancelled: { length: 130 } })
  })

  it('goes on looking until nothing the dead gateway sent can be accepted any more', async () => {
    const { time, venue, gateway, watchdog, live } = world()
    gateway.owner = record(7)
    const done = watchdog.run({ once: true })
    await time.advance(30_000)
    venue.placeOutside(limit(50_000))
    await time.advance(2_000)
    expect(await live()).toBe(0)
    await time.advance(60_000)
    expect(await done).toMatchObject({ cancelled: { length: 1 }, allGone: true })
  })

  it('does nothing when the gateway ends in order, or is only slow', async () => {
    const { time, venue, gateway, halts, watchdog, live } = world()
    void watchdog.run()
    gateway.owner = record(7)
    gateway.answers = true
    venue.placeOutside(limit(50_000))
    await time.advance(5_000)
    gateway.answers = false
    await time.advance(8_000)
    gateway.answers = true
    await time.advance(20_000)
    gateway.owner = undefined
    gateway.answers = false
    await time.advance(300_000)
    expect([await live(), halts]).toEqual([1, []])
    watchdog.stop()
  })

  it('tries until the venue answers, and says meanwhile that it cannot', async () => {
    const { time, venue, gateway, log, watchdog, live } = world()
    gateway.owner = record(7)
    venue.placeOutside(limit(50_000))
    venue.readsFail = true
    const done = watchdog.run({ once: true })
    await time.advance(100_000)
    expect(log.entries).toContainEqual(expect.objectContaining({ event: 'watchdog_cannot_reach_venue' }))
    venue.readsFail = false
    await time.advance(5_000)
    expect(await live()).toBe(0)
    expect(await done).toMatchObject({ allGone: true })
  })

  it('cancels even where the file cannot be written', async () => {
    const { time, venue, gateway, live } = world()
    const watchdog = createWatchdog({
      owner: () => record(7),
      answers: async () => gateway.answers,
      venue,
      halt: () => {
        throw new Error('read-only file system')
      },
      clock: time,
      timers: time,
      log: new MemoryLog(),
      settings,
    })
    venue.placeOutside(limit(50_000))
    void watchdog.run({ once: true })
    await time.advance(20_000)
    expect(await live()).toBe(0)
  })

  it('deals with one death once, and with the next one again', async () => {
    const { time, venue, gateway, halts, watchdog, live } = world()
    gateway.owner = record(7)
    void watchdog.run()
    await time.advance(200_000)
    expect(halts).toHaveLength(1)
    gateway.owner = record(8)
    gateway.answers = true
    venue.placeOutside(limit(50_000))
    await time.advance(10_000)
    expect(await live()).toBe(1)
    gateway.answers = false
    await time.advance(15_000)
    expect([await live(), halts.length]).toEqual([0, 2])
    watchdog.stop()
  })
})
