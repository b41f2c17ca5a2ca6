import { CountingIds, MemoryDisk, MemoryLog, SeededRandom, sampleWish } from '@tidegate/testkit'
import { openJournal } from '@tidegate/trade-journal'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { moveDatabaseClock } from './database-clock.js'
import { startPostgres } from './start-postgres.js'

it('an entry has the time of its transaction’s beginning, so one that was held up follows a younger one', async () => {
  const postgres = await startPostgres()
  onTestFinished(async () => await postgres.stop())
  const url = await postgres.createSchema()
  const clock = await moveDatabaseClock(url)
  const shared = { ids: new CountingIds(), random: new SeededRandom(1), disk: new MemoryDisk() }
  const open = async (hostId: string) =>
    await openJournal({
      ...shared,
      url,
      hostId,
      headsPath: '/heads/heads.jsonl',
      environment: 'paper',
      clock: { nowMs: () => Number.NaN },
      log: new MemoryLog(),
    })
  const [slow, other] = [await open('slow'), await open('other')]
  const wish = (name: string) => sampleWish({ intentId: name, clientOrderId: name, key: name })
  expect(await slow.recordIntent(wish('one'))).toMatchObject({ kind: 'recorded' })

  // Somebody holds the limit rows: the next wish has its time already and gets no further.
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  await holder.query('begin')
  const held = await holder.query("select 1 from limit_rows where scope not like 'rate:%' for update")
  expect(held.rowCount).toBeGreaterThan(0)
  const late = slow.recordIntent(wish('two'))
  const waiting = "select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock'"
  await expect.poll(async () => (await holder.query(waiting)).rows[0].count).toBe(1)
  clock.time.step(5_000)
  await other.audit({ actor: 'other', type: 'test.overtook', body: {} })
  await holder.query('commit')
  await holder.end()
  expect(await late).toMatchObject({ kind: 'recorded' })

  const entries = await other.auditEntries({ limit: 1_000 })
  expect(entries.slice(-2).map(({ type }) => type)).toEqual(['test.overtook', 'intent.recorded'])
  // What the clock watch of a desk on a shared store must not take for a clock that was set back.
  const [before = 0, after = 0] = entries.slice(-2).map(({ atMs }) => atMs)
  expect(before - after).toBeGreaterThanOrEqual(5_000)
  expect(await other.verifyAudit()).toMatchObject({ ok: true })
  for (const each of [slow, other]) await each.close()
  clock.remove()
})
