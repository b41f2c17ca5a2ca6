import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryLog, sampleReservation, sampleWish, startTcpProxy, type TcpProxy } from '@tidegate/testkit'
import { openJournal } from '@tidegate/trade-journal'
import { type Journal, type RecordResult, StoreError } from '@tidegate/trading-model'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { realOptions } from './children/child-kit.js'
import { type PostgresServer, startPostgres } from './start-postgres.js'
import { type QueryWatch, watchQueries } from './watch-queries.js'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(async () => await postgres.stop())

let folder: string
let url: string
let proxy: TcpProxy
let journal: Journal
let other: pg.Client
let undo: (() => void)[]
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-failures-'))
  url = await postgres.createDatabase()
  proxy = await startTcpProxy(postgres.port)
  const options = realOptions(url.replace(`:${postgres.port}/`, `:${proxy.port}/`), join(folder, 'heads.jsonl'))
  journal = await openJournal({ ...options, busyTimeoutMs: 20_000 })
  other = new pg.Client({ connectionString: url })
  // Some tests end its session, too.
  other.on('error', () => {})
  await other.connect()
  undo = []
})
afterEach(async () => {
  for (const each of undo) each()
  await journal.close()
  await other.end()
  await proxy.close()
  rmSync(folder, { recursive: true })
})

function watch(how: QueryWatch): void {
  undo.push(watchQueries(how))
}

async function record(name: string): Promise<RecordResult> {
  const reservations = [sampleReservation({ amount: 5n, cap: 1_000n })]
  return await journal.recordIntent(
    sampleWish({ intentId: name, clientOrderId: name, key: name, order: { reservations } }),
  )
}

async function refusal(work: Promise<unknown>): Promise<{ readonly code: string; readonly sentence: string }> {
  const error = await work.then(
    (answer) => new Error(`it worked: ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  )
  if (!(error instanceof StoreError)) throw new Error(`failed otherwise: ${String(error)}`)
  return { code: error.code, sentence: error.shortMessage }
}

/** Once, whatever happened on the way: one intent, what it holds, one entry, and a log that is whole. */
async function mustBeThereOnce(name: string): Promise<void> {
  expect((await journal.listIntents()).filter((intent) => intent.intentId === name)).toHaveLength(1)
  const entries = (await journal.auditEntries({ limit: 1_000 })).filter((entry) => entry.type === 'intent.recorded')
  expect(entries.filter((entry) => entry.intentId === name)).toHaveLength(1)
  await mustBalance()
}

async function mustNotBeThere(name: string): Promise<void> {
  expect(await journal.getIntent(name)).toBeUndefined()
  await mustBalance()
}

async function mustBalance(): Promise<void> {
  const used = (await journal.limitUsage([])).rows.find((row) => row.scope === 'balance:USD')?.used ?? 0n
  expect(used).toBe(BigInt((await journal.listIntents()).length) * 5n)
  expect(await journal.verifyAudit()).toMatchObject({ ok: true })
}

describe('a COMMIT', () => {
  it.each([
    ['whose answer is lost', 'down'],
    ['that is lost on its way', 'up'],
  ] as const)('%s: is looked up, and the wish is recorded once', async (_, direction) => {
    await record('before')
    let cuts = 0
    watch({
      before(text) {
        if (text !== 'commit' || cuts > 0) return
        cuts++
        proxy.use({ kind: 'reset', direction })
      },
      failed: () => proxy.use(undefined),
    })
    expect(await record('wish')).toMatchObject({ kind: 'recorded', intent: { intentId: 'wish', state: 'RESERVED' } })
    expect(cuts).toBe(1)
    await mustBeThereOnce('wish')
  })

  it('that nobody can look up says so, and the same wish finds its intent afterwards', async () => {
    let cuts = 0
    watch({
      before(text) {
        if (text !== 'commit' || cuts > 0) return
        cuts++
        proxy.use({ kind: 'reset', direction: 'down' })
      },
      failed() {
        if (cuts === 1) void proxy.down()
      },
    })
    expect(await refusal(record('wish'))).toEqual({
      code: 'ERR_STORE_IO',
      sentence: expect.stringMatching(/cannot be reached/),
    })
    proxy.use(undefined)
    await proxy.up()
    expect(await record('wish')).toMatchObject({ kind: 'existing', by: 'key', intent: { state: 'RESERVED' } })
    await mustBeThereOnce('wish')
  })
})

describe('a line that goes dead', () => {
  it('while something is read: it is read again', async () => {
    await record('before')
    let cuts = 0
    watch({
      before(text) {
        if (text !== 'commit' || cuts > 0) return
        cuts++
        proxy.use({ kind: 'reset' })
      },
      failed: () => proxy.use(undefined),
    })
    expect(await journal.listIntents()).toHaveLength(1)
    expect(cuts).toBe(1)
  })

  it('while nobody speaks: the next order does not notice', async () => {
    await record('before')
    await endSessions()
    expect(await record('wish')).toMatchObject({ kind: 'recorded' })
    await mustBeThereOnce('wish')
  })

  it('and swallows everything: a sentence after our patience, and the same wish finds out what became of it', async () => {
    await journal.close()
    const proxied = url.replace(`:${postgres.port}/`, `:${proxy.port}/`)
    journal = await openJournal({ ...realOptions(proxied, join(folder, 'heads.jsonl')), busyTimeoutMs: 1_000 })
    watch({ before: (text) => void (text === 'commit' && proxy.use({ kind: 'black-hole', direction: 'both' })) })
    expect(await refusal(record('wish'))).toEqual({
      code: 'ERR_STORE_IO',
      sentence: expect.stringMatching(/cannot be reached/),
    })
    for (const each of undo.splice(0)) each()
    proxy.cut()
    proxy.use(undefined)
    expect(['recorded', 'existing']).toContain((await record('wish')).kind)
    await mustBeThereOnce('wish')
  })
})

describe('a race that the database ends', () => {
  it('by a deadlock is run again, and the wish is recorded once', async () => {
    await record('before')
    const codes: string[] = []
    watch({ failed: (code) => void codes.push(code) })
    // The other one takes the rows in the wrong order, and has the longer patience.
    await other.query("set deadlock_timeout = '60s'")
    await other.query('begin')
    await other.query('select 1 from audit_head for update')
    const recording = record('wish')
    await vi.waitUntil(async () => (await waitingForLocks()) > 0, { timeout: 20_000 })
    await other.query("update limit_rows set cap = cap where scope = 'balance:USD'")
    await other.query('commit')
    expect(await recording).toMatchObject({ kind: 'recorded' })
    expect(codes).toContain('40P01')
    await mustBeThereOnce('wish')
  })

  it('by a serialization failure is run again, and the wish is recorded once', async () => {
    await failInserts('40001', 3)
    const codes: string[] = []
    watch({ failed: (code) => void codes.push(code) })
    expect(await record('wish')).toMatchObject({ kind: 'recorded' })
    expect(codes).toEqual(['40001', '40001', '40001'])
    await mustBeThereOnce('wish')
  })

  it('again and again is given up with a sentence, and nothing of it is there', async () => {
    await failInserts('40001', 1_000)
    expect(await refusal(record('wish'))).toEqual({
      code: 'ERR_STORE_BUSY',
      sentence: expect.stringMatching(/is held by other gateways for too long/),
    })
    await mustNotBeThere('wish')
  })

  it('because a newer gateway changed the tables is run again, for reads, too', async () => {
    await record('before')
    await journal.getIntent('before')
    await journal.getIntent('before')
    await other.query('alter table intents add column later_thing text')
    expect(await journal.getIntent('before')).toMatchObject({ intentId: 'before' })
    expect(await record('wish')).toMatchObject({ kind: 'recorded' })
    await mustBeThereOnce('wish')
  })
})

describe('a database that fails in the middle of an order', () => {
  it('because its disk is full: one sentence, nothing of it is there, and later it works', async () => {
    await failInserts('53100', 1)
    expect(await refusal(record('wish'))).toEqual({
      code: 'ERR_STORE_IO',
      sentence: expect.stringMatching(/has a full disk/),
    })
    await mustNotBeThere('wish')
    expect(await record('wish')).toMatchObject({ kind: 'recorded' })
  })

  it('because an operator ended its session: one sentence, nothing of it is there, and later it works', async () => {
    await record('before')
    await other.query('begin')
    await other.query('select 1 from audit_head for update')
    const recording = refusal(record('wish'))
    await vi.waitUntil(async () => (await waitingForLocks()) > 0, { timeout: 20_000 })
    await other.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
    )
    await other.query('commit')
    expect(await recording).toEqual({ code: 'ERR_STORE_IO', sentence: expect.stringMatching(/cannot be reached/) })
    await mustNotBeThere('wish')
    expect(await record('wish')).toMatchObject({ kind: 'recorded' })
  })

  it('is tried again while a journal opens and nobody answers in time, and given up with a sentence after five tries', async () => {
    const log = new MemoryLog()
    const path = url.replace(`:${postgres.port}/`, `:${proxy.port}/`)
    const options = { ...realOptions(path, join(folder, 'heads.jsonl')), log, busyTimeoutMs: 300 }
    const retries = () => log.entries.filter(({ event }) => event === 'journal_open_retried').length
    proxy.use({ kind: 'black-hole', direction: 'both' })
    expect(await refusal(openJournal(options))).toMatchObject({ code: 'ERR_STORE_IO' })
    expect(retries()).toBe(4)

    const opening = openJournal(options)
    await vi.waitFor(() => expect(retries()).toBeGreaterThan(5), 10_000)
    proxy.use(undefined)
    const late = await opening
    await late.close()

    await proxy.down()
    const before = retries()
    expect(await refusal(openJournal(options))).toMatchObject({ code: 'ERR_STORE_IO' })
    expect(retries()).toBe(before)
    await proxy.up()
  })

  it('because it became a read-only standby: reads work, orders are refused with one sentence', async () => {
    await record('before')
    const database = new URL(url).pathname.slice(1)
    await other.query(`alter database ${database} set default_transaction_read_only = on`)
    await endSessions()
    expect(await refusal(record('wish'))).toEqual({
      code: 'ERR_STORE_IO',
      sentence: expect.stringMatching(/is read-only/),
    })
    expect(await journal.listIntents()).toHaveLength(1)
    await other.query('set default_transaction_read_only = off')
    await other.query(`alter database ${database} reset default_transaction_read_only`)
    await endSessions()
    expect(await record('wish')).toMatchObject({ kind: 'recorded' })
    await mustBeThereOnce('wish')
  })

  it('because it crashed and came back: what was acknowledged is there, and the next order works', async () => {
    await record('before')
    await postgres.crashAndRestart()
    expect(await record('after')).toMatchObject({ kind: 'recorded' })
    await mustBeThereOnce('before')
  })

  it('because somebody holds a row for ever: busy, after the patience we set', async () => {
    await record('before')
    await journal.close()
    journal = await openJournal({ ...realOptions(url, join(folder, 'heads.jsonl')), busyTimeoutMs: 1_500 })
    await other.query('begin')
    await other.query("update limit_rows set cap = cap where scope = 'balance:USD'")
    expect(await refusal(record('wish'))).toEqual({
      code: 'ERR_STORE_BUSY',
      sentence: expect.stringMatching(/is held by other gateways for too long/),
    })
    await other.query('rollback')
    await mustNotBeThere('wish')
    expect(await record('wish')).toMatchObject({ kind: 'recorded' })
  })
})

async function waitingForLocks(): Promise<number> {
  const watcher = new pg.Client({ connectionString: url })
  await watcher.connect()
  const { rows } = await watcher.query<{ n: number }>(
    "select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
  )
  await watcher.end()
  return rows[0]?.n ?? 0
}

/** Ends every session of the journal, idle ones, and waits until they are gone. */
async function endSessions(): Promise<void> {
  const sessions = "from pg_stat_activity where pid <> pg_backend_pid() and application_name = 'tidegate'"
  await other.query(`select pg_terminate_backend(pid, 20000) ${sessions}`)
}

/** Lets the database refuse the next so many intents with an error of its own. */
async function failInserts(code: string, times: number): Promise<void> {
  await other.query(`
    create sequence attempts;
    create function fail() returns trigger language plpgsql as $$ begin
      if nextval('attempts') <= ${times} then raise exception 'as told' using errcode = '${code}'; end if;
      return new;
    end $$;
    create trigger failing before insert on intents for each row execute function fail()`)
}
