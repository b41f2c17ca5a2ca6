import { CountingIds, MemoryDisk, MemoryLog, SeededRandom, sampleWish } from '@tidegate/testkit'
import { openJournal } from '@tidegate/trade-journal'
import type { Journal } from '@tidegate/trading-model'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type DatabaseClock, moveDatabaseClock } from './database-clock.js'
import { type PostgresServer, startPostgres } from './start-postgres.js'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(async () => await postgres.stop())

let url: string
let clock: DatabaseClock
let disk: MemoryDisk
let ids: CountingIds
let opened: Journal[]
beforeEach(async () => {
  url = await postgres.createSchema()
  clock = await moveDatabaseClock(url)
  disk = new MemoryDisk()
  ids = new CountingIds()
  opened = []
})
afterEach(async () => {
  for (const journal of opened) await journal.close()
  clock.remove()
})

async function open(): Promise<Journal> {
  const journal = await openJournal({
    url,
    headsPath: '/heads/heads.jsonl',
    environment: 'paper',
    hostId: `host-${opened.length}`,
    clock: { nowMs: () => Number.NaN },
    ids,
    random: new SeededRandom(1),
    log: new MemoryLog(),
    disk,
  })
  opened.push(journal)
  return journal
}

async function take(journal: Journal, name: string, forMs = 10_000): Promise<boolean | undefined> {
  return await journal.takeLease?.(name, forMs)
}

async function takenEntries(journal: Journal): Promise<readonly string[]> {
  const entries = await journal.auditEntries({ limit: 1_000 })
  return entries.filter((entry) => entry.type === 'lease.taken').map((entry) => entry.body)
}

describe('a lease among several gateways', () => {
  it('has one holder, who renews it, until it runs out by the clock of the database', async () => {
    const [a, b, c] = [await open(), await open(), await open()]
    expect(await Promise.all([take(a, 'reconcile'), take(b, 'reconcile'), take(c, 'reconcile')])).toHaveLength(3)
    const holders = async () => {
      const told = []
      for (const each of [a, b, c]) told.push(await take(each, 'reconcile'))
      return told
    }
    const first = await holders()
    expect(first.filter((holds) => holds)).toHaveLength(1)
    clock.time.step(9_999)
    expect(await holders()).toEqual(first)
    clock.time.step(9_999)
    expect(await holders()).toEqual(first)
    // Renewals are no news.
    expect(await takenEntries(a)).toHaveLength(1)
    clock.time.step(10_000)
    const other = [a, b, c][(first.indexOf(true) + 1) % 3]
    expect(other && (await take(other, 'reconcile'))).toBe(true)
    expect((await holders()).filter((holds) => holds)).toHaveLength(1)
    expect(await takenEntries(a)).toHaveLength(2)
  })

  it('is free at once when its holder closes, and other names are other leases', async () => {
    const [a, b] = [await open(), await open()]
    expect(await take(a, 'reconcile')).toBe(true)
    expect(await take(b, 'reconcile')).toBe(false)
    expect(await take(b, 'something else')).toBe(true)
    await a.close()
    expect(await take(b, 'reconcile')).toBe(true)
  })
})

describe('an instance whose own lease ran out', () => {
  it('may not submit until it has taken it again; the others may', async () => {
    const [a, b] = [await open(), await open()]
    const begin = async (journal: Journal, name: string) => {
      const wish = sampleWish({ intentId: name, clientOrderId: name, key: name, order: { reservations: [] } })
      expect(await journal.recordIntent(wish)).toMatchObject({ kind: 'recorded' })
      return await journal.beginSubmit(name, { notBeforeMs: 1, signFromMs: 1, signByMs: 2 })
    }
    for (const each of [a, b]) expect(await take(each, `instance:${each.instanceId}`)).toBe(true)
    expect(await begin(a, 'one')).toMatchObject({ kind: 'ticket' })
    clock.time.step(9_999)
    expect(await take(b, `instance:${b.instanceId}`)).toBe(true)
    expect(await begin(a, 'two')).toMatchObject({ kind: 'ticket' })
    clock.time.step(1)
    expect(await begin(a, 'three')).toMatchObject({ kind: 'refused', why: 'fence', intent: { state: 'RESERVED' } })
    expect(await begin(b, 'four')).toMatchObject({ kind: 'ticket' })
    expect(await take(a, `instance:${a.instanceId}`)).toBe(true)
    expect(await a.beginSubmit('three', { notBeforeMs: 1, signFromMs: 1, signByMs: 2 })).toMatchObject({
      kind: 'ticket',
    })
    expect(await a.verifyAudit()).toMatchObject({ ok: true })
  })

  it('is not asked for it when it never took one', async () => {
    const a = await open()
    clock.time.step(10 ** 9)
    const wish = sampleWish({ intentId: 'one', clientOrderId: 'one', key: 'one', order: { reservations: [] } })
    await a.recordIntent(wish)
    expect(await a.beginSubmit('one', { notBeforeMs: 1, signFromMs: 1, signByMs: 2 })).toMatchObject({ kind: 'ticket' })
  })
})

describe('what an instance recorded and never sent', () => {
  const record = async (journal: Journal, name: string) => {
    const wish = sampleWish({ intentId: name, clientOrderId: name, key: name, order: { reservations: [] } })
    expect(await journal.recordIntent(wish)).toMatchObject({ kind: 'recorded' })
  }
  const orphans = async (journal: Journal) =>
    (await journal.listOrphans?.())?.map(({ intentId }) => intentId).toSorted((x, y) => (x < y ? -1 : 1))

  it('is orphaned when its lease has run out, not before, and not what went on to the venue', async () => {
    const [a, b] = [await open(), await open()]
    for (const each of [a, b]) expect(await take(each, `instance:${each.instanceId}`)).toBe(true)
    for (const name of ['left 1', 'left 2', 'sent']) await record(a, name)
    expect(await a.beginSubmit('sent', { notBeforeMs: 1, signFromMs: 1, signByMs: 2 })).toMatchObject({
      kind: 'ticket',
    })
    clock.time.step(9_999)
    expect(await take(b, `instance:${b.instanceId}`)).toBe(true)
    await record(b, 'mine')
    expect(await orphans(b)).toEqual([])
    clock.time.step(1)
    expect(await orphans(b)).toEqual(['left 1', 'left 2'])
    expect(await take(a, `instance:${a.instanceId}`)).toBe(true)
    expect(await orphans(b)).toEqual([])
  })

  it('is orphaned at once when it closes, and never while it has not asked for a lease', async () => {
    const [a, b] = [await open(), await open()]
    await record(a, 'left')
    clock.time.step(10 ** 9)
    expect(await orphans(b)).toEqual([])
    await a.close()
    expect(await orphans(b)).toEqual(['left'])
    await b.apply('left', { type: 'abandoned', reason: 'its gateway is gone' }, 'desk')
    expect(await orphans(b)).toEqual([])
    expect(await b.verifyAudit()).toMatchObject({ ok: true })
  })
})
