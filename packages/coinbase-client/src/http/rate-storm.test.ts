import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FakeTime } from '@tidegate/testkit'
import type { HttpTransport, RateBudget } from '@tidegate/trading-model'
import { afterEach, describe, expect, it } from 'vitest'
import { clientOptions } from '../../test-support/runtime.js'
import { createAxiosTransport, createCoinbaseClient, createRateBudget } from '../index.js'

let cleanUp: (() => void)[] = []
afterEach(() => {
  for (const run of cleanUp) run()
  cleanUp = []
})

interface Arrival {
  readonly atMs: number
  readonly path: string
  readonly status: number
}

/** A venue on loopback that counts, on the clock of the test. */
async function startVenue(time: FakeTime, answer: (path: string, count: number) => [number, object, string]) {
  const arrivals: Arrival[] = []
  const startMs = time.nowMs()
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const [status, headers, body] = answer(path, arrivals.length)
    arrivals.push({ atMs: time.nowMs() - startMs, path, status })
    request.resume()
    response.writeHead(status, headers as Record<string, string>).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUp.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { arrivals, restUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** Real sockets on a clock that stands still while a request is under way. */
function stillTransport() {
  const real = createAxiosTransport()
  cleanUp.push(() => real.close())
  let underWay = 0
  const http: HttpTransport = {
    send: async (request) => {
      underWay++
      try {
        return await real.send(request)
      } finally {
        underWay--
      }
    },
  }
  const settle = async () => {
    do await new Promise((resolve) => setImmediate(resolve))
    while (underWay > 0)
  }
  return { http, settle }
}

/** No window of any length may hold more than its bucket: what it holds when full, and what refills meanwhile. */
function expectWithin(arrivals: readonly Arrival[], size: number, perSecond: number) {
  for (const [first, { atMs: fromMs }] of arrivals.entries()) {
    for (let last = first; last < arrivals.length; last++) {
      const spanMs = (arrivals[last]?.atMs ?? 0) - fromMs
      expect(last - first + 1).toBeLessThanOrEqual(size + (perSecond * (spanMs + 20)) / 1000)
    }
  }
}

async function run(time: FakeTime, settle: () => Promise<void>, work: Promise<unknown>) {
  let isDone = false
  void work.finally(() => {
    isDone = true
  })
  while (!isDone) {
    await settle()
    await time.advance(10)
  }
}

const tooMany: [number, object, string][] = [
  [429, { 'content-type': 'application/json' }, '{"error":"rate_limit_exceeded","message":"slow down"}'],
  [429, { 'content-type': 'text/html' }, '<html><title>429 Too Many Requests</title></html>'],
  [429, { 'retry-after': '3', 'x-ratelimit-remaining': '0' }, ''],
]

describe('under a storm of 429', () => {
  it('never sends more than the halved bucket allows, counted by the venue, and gives up in the end', async () => {
    const time = new FakeTime()
    const venue = await startVenue(time, (_path, count) => tooMany[count % 3] as [number, object, string])
    const { http, settle } = stillTransport()
    const budget = createRateBudget({ clock: time, timers: time })
    const client = createCoinbaseClient(
      clientOptions(http, { clock: time, timers: time, budget, restUrl: venue.restUrl, readAttempts: 4 }),
    )
    const calls = Array.from({ length: 60 }, () => client.getAccount('00000000-0000-4000-8000-000000000000'))
    const settled = Promise.allSettled(calls)
    await run(time, settle, settled)
    for (const each of await settled) expect(each).toMatchObject({ reason: { code: 'ERR_VENUE_RATE_LIMIT' } })
    expect(venue.arrivals.length).toBe(240)
    // The first burst is what the full bucket gives ordinary requests; after the first 429 everything is halved.
    expectWithin(venue.arrivals, 30, 30)
    expectWithin(
      venue.arrivals.filter(({ atMs }) => atMs > 0),
      15,
      15,
    )
    expect(Math.max(...venue.arrivals.map(({ atMs }) => atMs))).toBeGreaterThan(10_000)
  })

  it('leaves nothing at all while Retry-After runs, and full speed returns after 10 s', async () => {
    const time = new FakeTime()
    let isStormy = true
    const venue = await startVenue(time, () =>
      isStormy ? [429, { 'retry-after': '3' }, ''] : [200, {}, JSON.stringify({ accounts: [], has_next: false })],
    )
    const { http, settle } = stillTransport()
    const budget = createRateBudget({ clock: time, timers: time, urgentShare: 0 })
    const client = createCoinbaseClient(
      clientOptions(http, { clock: time, timers: time, budget, restUrl: venue.restUrl }),
    )
    const first = client.listAccounts()
    await settle()
    isStormy = false
    await run(time, settle, first)
    expect(venue.arrivals.map(({ status }) => status)).toEqual([429, 200])
    expect(venue.arrivals[1]?.atMs).toBeGreaterThanOrEqual(3_000)
    const burst = async () => {
      const before = venue.arrivals.length
      const work = Promise.all(Array.from({ length: 40 }, () => client.listAccounts()))
      await settle()
      const atOnce = venue.arrivals.length - before
      await run(time, settle, work)
      return atOnce
    }
    await time.advance(1_000)
    expect(await burst()).toBe(15)
    await time.advance(12_000)
    expect(await burst()).toBe(30)
  })

  it('lets cancels pass reads that queue up', async () => {
    const time = new FakeTime()
    const venue = await startVenue(time, (path) =>
      path.endsWith('batch_cancel')
        ? [200, {}, JSON.stringify({ results: [{ success: true, failure_reason: '', order_id: 'o1' }] })]
        : [200, {}, JSON.stringify({ accounts: [], has_next: false })],
    )
    const { http, settle } = stillTransport()
    const budget = createRateBudget({ clock: time, timers: time })
    const client = createCoinbaseClient(
      clientOptions(http, { clock: time, timers: time, budget, restUrl: venue.restUrl }),
    )
    const reads = Array.from({ length: 100 }, () => client.listAccounts())
    await settle()
    const cancel = client.cancelOrders(['o1'])
    await settle()
    expect(venue.arrivals.at(-1)?.path).toContain('batch_cancel')
    expect(venue.arrivals).toHaveLength(25)
    await run(time, settle, Promise.all([...reads, cancel]))
  })
})

interface BudgetRow {
  tokens: number
  atMs: number
  pausedUntilMs: number
  lock: Promise<void>
}

/** A budget that lives in one row of a store, changed under the store's lock: nobody holds tokens of its own. */
function storeBudget(row: BudgetRow, time: FakeTime, perSecond: number): RateBudget {
  const locked = <T>(change: () => T): Promise<T> => {
    const result = row.lock.then(change)
    row.lock = result.then(() => {})
    return result
  }
  const tryTake = (weight: number) =>
    locked(() => {
      const nowMs = time.nowMs()
      row.tokens = Math.min(perSecond, row.tokens + ((nowMs - row.atMs) * perSecond) / 1_000)
      row.atMs = nowMs
      if (row.pausedUntilMs > nowMs) return row.pausedUntilMs - nowMs
      if (row.tokens < weight) return ((weight - row.tokens) * 1_000) / perSecond
      row.tokens -= weight
      return 0
    })
  return {
    take: async (_bucket, weight) => {
      for (;;) {
        const waitMs = await tryTake(weight)
        if (waitMs === 0) return
        await time.sleep(Math.ceil(waitMs))
      }
    },
    pause: (_bucket, ms) =>
      void locked(() => {
        row.pausedUntilMs = Math.max(row.pausedUntilMs, time.nowMs() + ms)
      }),
  }
}

describe('a budget kept in a store', () => {
  it('holds for several clients of one key together, through the port alone', async () => {
    const time = new FakeTime()
    const body = JSON.stringify({ accounts: [], has_next: false })
    const venue = await startVenue(time, (_path, count) => (count === 40 ? [429, {}, ''] : [200, {}, body]))
    const { http, settle } = stillTransport()
    const row = { tokens: 30, atMs: time.nowMs(), pausedUntilMs: 0, lock: Promise.resolve() }
    const clients = [1, 2, 3].map(() =>
      createCoinbaseClient(
        clientOptions(http, {
          clock: time,
          timers: time,
          budget: storeBudget(row, time, 30),
          restUrl: venue.restUrl,
        }),
      ),
    )
    const work = Promise.all(clients.flatMap((client) => Array.from({ length: 40 }, () => client.listAccounts())))
    await run(time, settle, work)
    expect(venue.arrivals).toHaveLength(121)
    expectWithin(venue.arrivals, 30, 30)
    // One client's 429 held the others back as well.
    const refusedAtMs = venue.arrivals[40]?.atMs ?? 0
    expect(venue.arrivals.filter(({ atMs }) => atMs > refusedAtMs && atMs < refusedAtMs + 1_000)).toEqual([])
  })
})
