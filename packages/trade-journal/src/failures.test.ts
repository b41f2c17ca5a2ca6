import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SeededRandom } from '@tidegate/testkit'
import { BaseError, type Journal } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordOne, type TempStore, tempStore } from '../test/temp-store.js'
import { openSqliteFile } from './drivers/open-sqlite-file.js'
import type { SqliteFile } from './drivers/sqlite-file.js'
import { nodeDisk } from './node-disk.js'
import { openJournalOn } from './open-journal.js'
import { openCancelSpool } from './spool/open-cancel-spool.js'
import { prepareSqlite } from './sql/prepare-sqlite.js'
import { sqliteEngine } from './sql/sqlite-engine.js'

let store: TempStore
beforeEach(() => {
  store = tempStore()
})
afterEach(() => store.remove())

/** A journal whose own connection the test holds, too. */
async function openHeld(
  prepare: (file: SqliteFile) => void = (file) => prepareSqlite(file, store.path, 50),
): Promise<{ readonly journal: Journal; readonly file: SqliteFile }> {
  const { path, headsPath, time, log, disk } = store
  const file = openSqliteFile(path)
  prepare(file)
  const journal = await openJournalOn(sqliteEngine(file, path, time), {
    path,
    headsPath,
    environment: 'paper',
    hostId: 'here',
    clock: time,
    ids: { uuid: () => `id-${++ids}` },
    random: new SeededRandom(7),
    log,
    disk,
    headEvery: 1,
  })
  return { journal, file }
}
let ids = 0

async function saying(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'works',
    (error: unknown) => {
      if (!BaseError.isInstance(error)) throw error
      return `${error.code}: ${error.shortMessage.replace(/ \(.*\)$/, '')}`
    },
  )
}

/** A cancel is told to the venue whatever the store does: what is known of it goes to a file of its own. */
function mustSpoolCancel(): void {
  const path = join(store.folder, 'cancels.spool')
  const spool = openCancelSpool({ path, log: store.log, disk: nodeDisk })
  spool.append({ spoolId: 's', atMs: 1, by: 'local', what: 'requested', orderId: 'v-1' })
  expect(openCancelSpool({ path, log: store.log, disk: nodeDisk }).pending()).toHaveLength(1)
}

const full = 'ERR_STORE_IO: The disk of the store is full'
const readOnly = 'ERR_STORE_IO: The store is read-only'
const locked = 'ERR_STORE_BUSY: The store is locked by another process'

/** What begins under an open journal, and ends again. */
const passing: readonly {
  readonly name: string
  readonly says: string
  readonly reads: string
  readonly start: (file: SqliteFile) => () => void
}[] = [
  {
    name: 'a full disk',
    says: full,
    reads: 'works',
    start(file) {
      const [row] = file.all('pragma page_count', [])
      file.exec(`pragma max_page_count = ${String(row?.['page_count'])}`)
      return () => file.exec('pragma max_page_count = 1000000')
    },
  },
  {
    name: 'a read-only file',
    says: readOnly,
    reads: 'works',
    start(file) {
      file.exec('pragma query_only = on')
      return () => file.exec('pragma query_only = off')
    },
  },
  {
    name: 'a file locked by another process',
    says: locked,
    // A locked file refuses even readers, where it is not a WAL.
    reads: locked,
    start() {
      const other = store.openRaw()
      other.exec('begin exclusive')
      return () => {
        other.exec('rollback')
        other.close()
      }
    },
  },
]

describe.each(passing)('$name', ({ says, reads, start }) => {
  it('refuses every change with one sentence, changes nothing, and is over when it is over', async () => {
    const { journal, file } = await openHeld()
    for (const name of ['to submit', 'to settle', 'to cancel']) await recordOne(journal, name)
    const begin = async (id: string) => await journal.beginSubmit(id, { notBeforeMs: 1, signFromMs: 1, signByMs: 2 })
    for (const name of ['to settle', 'to cancel']) await begin(name)
    const before = await journal.auditEntries({ limit: 1_000 })
    const end = start(file)
    const taken = await fill(journal, says)
    const changes = {
      'transaction 1': recordOne(journal, 'place'),
      'transaction 2': begin('to submit'),
      'transaction 3': journal.apply('to settle', { type: 'acked', venueOrderId: 'v-1' }, 'desk'),
      'a cancel': journal.apply('to cancel', { type: 'cancel_requested', by: 'local' }, 'local'),
      'the switch': journal.setMode({ scope: 'account', mode: 'HALTED', by: 'me', reason: 'x' }),
    }
    for (const [what, change] of Object.entries(changes))
      expect(`${what} ${await saying(change)}`).toBe(`${what} ${says}`)
    expect(await saying(journal.listIntents())).toBe(reads === 'works' ? 'works' : says)
    mustSpoolCancel()
    end()
    expect(await journal.auditEntries({ limit: 1_000 })).toHaveLength(before.length + taken)
    expect(await journal.getIntent('place')).toBeUndefined()
    expect((await journal.getIntent('to submit'))?.state).toBe('RESERVED')
    expect((await journal.getIntent('to settle'))?.state).toBe('SUBMITTING')
    expect((await journal.getIntent('to cancel'))?.cancel).toBe('none')
    await journal.apply('to cancel', { type: 'cancel_requested', by: 'local' }, 'local')
    await recordOne(journal, 'after')
    expect(await journal.verifyAudit()).toMatchObject({ ok: true })
    await journal.close()
  })

  it('at the start is the same sentence, and nothing is opened by half', async () => {
    const { journal: first, file: held } = await openHeld()
    await recordOne(first, 'a')
    if (says === full) {
      start(held)
      await fill(first, says)
    }
    await first.close().catch(() => undefined)
    const entries = store.raw((file) => file.all('select seq from audit', [])).length
    let end = () => {}
    const opening = openHeld((file) => {
      prepareSqlite(file, store.path, 50)
      end = start(file)
    })
    expect(await saying(opening)).toBe(says)
    if (says === locked) end()
    expect(store.raw((file) => file.all('select seq from audit', []))).toHaveLength(entries)
    const again = await store.open()
    expect(await again.verifyAudit()).toMatchObject({ ok: true })
    await again.close()
  })
})

/** Takes the room that is left in the pages there are, until not even a short entry fits; returns how many entries it took. */
async function fill(journal: Journal, says: string): Promise<number> {
  let taken = 0
  for (const length of [2_000, 100, 1]) {
    for (;;) {
      const body = { text: 'x'.repeat(length) }
      const answer = await saying(journal.audit({ actor: 'test', type: 'test.filler', body }))
      if (answer !== 'works') {
        expect(answer).toBe(says)
        break
      }
      taken++
    }
  }
  return taken
}

/** What is found at the start, and stays until somebody mends it. */
const lasting: readonly {
  readonly name: string
  readonly says: RegExp
  readonly damage: () => void | Promise<void>
}[] = [
  {
    name: 'bytes of the database that changed',
    says: /^ERR_STORE_CORRUPT: .* is damaged/,
    damage() {
      const bytes = readFileSync(store.path)
      for (let page = 1; page < bytes.length / 4096; page++) bytes.fill(0x5a, page * 4096, page * 4096 + 64)
      writeFileSync(store.path, bytes)
    },
  },
  {
    name: 'a text that is none',
    says: /^ERR_STORE_CORRUPT: .* is damaged: table \w+ holds text that is none/,
    damage() {
      const bytes = readFileSync(store.path)
      bytes[bytes.indexOf('c-second')] = 0xff
      writeFileSync(store.path, bytes)
    },
  },
  {
    name: 'a copy from before the last head outside',
    says: /^ERR_STORE_CORRUPT: .* the store was rolled back: it ends at entry \d+, a head outside it is signed for entry \d+/,
    async damage() {
      copyFileSync(store.path, `${store.path}.old`)
      const journal = await store.open()
      await recordOne(journal, 'third')
      await journal.close()
      copyFileSync(`${store.path}.old`, store.path)
    },
  },
  {
    name: 'a schema of a newer version',
    says: /^ERR_STORE_MIGRATION: The store was written by a newer version$/,
    damage: () => store.raw((file) => void file.run("insert into schema_migrations values ('9999-later', 'x', 1)", [])),
  },
  {
    name: 'a migration that somebody undid by half',
    says: /^ERR_STORE_MIGRATION: Migration 0002-changes of the store is applied by half: intents_open_change is missing/,
    damage: () => store.raw((file) => file.exec('drop index intents_open_change')),
  },
  {
    name: 'a migration that somebody did by half',
    says: /^ERR_STORE_MIGRATION: Migration 0002-changes of the store is applied by half: intents.kind is there already/,
    damage: () => store.raw((file) => file.exec("delete from schema_migrations where name = '0002-changes'")),
  },
  {
    name: 'a store of another environment',
    says: /^ERR_STORE_FOREIGN: .* belongs to environment production, not paper/,
    damage: () => store.raw((file) => file.exec("update meta set environment = 'production'")),
  },
]

describe.each(lasting)('$name', ({ says, damage }) => {
  it('is refused at the start, as often as it is tried, and changes nothing; a cancel is still written down', async () => {
    const journal = await store.open({ headEvery: 1 })
    for (const name of ['first', 'second']) await recordOne(journal, name)
    await journal.close()
    await damage()
    const bytes = readFileSync(store.path)
    const heads = store.disk.files.get(store.headsPath)
    for (let attempt = 0; attempt < 2; attempt++) expect(await saying(store.open())).toMatch(says)
    expect(readFileSync(store.path).equals(bytes)).toBe(true)
    expect(store.disk.files.get(store.headsPath)).toBe(heads)
    mustSpoolCancel()
  })
})

describe('bytes of a WAL that changed', () => {
  it('are a store that ends before its heads: refused, not opened without what was acknowledged', async () => {
    // As a SQLite from 3.51.3 on runs it.
    const { journal } = await openHeld((file) => {
      file.exec('pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 0')
    })
    for (const name of ['first', 'second', 'third']) await recordOne(journal, name)
    const crashed = join(store.folder, 'crashed')
    mkdirSync(crashed)
    const path = join(crashed, 'journal.db')
    for (const suffix of ['', '-wal']) copyFileSync(`${store.path}${suffix}`, `${path}${suffix}`)
    await journal.close()
    const wal = readFileSync(`${path}-wal`)
    const heads = store.disk.files.get(store.headsPath) ?? ''
    // Heads of before the crash: what close wrote came later.
    const upTo = (seq: number) => heads.split('\n').filter((line) => line.includes('"seq"') && seqOf(line) <= seq)
    const before = `${upTo(lastSeq(heads) - 1).join('\n')}\n`
    for (let piece = 1; piece < 20; piece++) {
      const damaged = Buffer.from(wal)
      const at = Math.floor((wal.length * piece) / 20)
      damaged[at] = (damaged[at] ?? 0) ^ 0xff
      for (const suffix of ['-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true })
      copyFileSync(`${crashed}/journal.db`, `${crashed}/tried.db`)
      writeFileSync(`${crashed}/tried.db-wal`, damaged)
      store.disk.files.set(store.headsPath, before)
      const opened = await saying(store.open({ path: `${crashed}/tried.db` }).then((each) => each.close()))
      for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${crashed}/tried.db${suffix}`, { force: true })
      expect(opened).toMatch(/^ERR_STORE_CORRUPT: /)
    }
  })
})

function seqOf(line: string): number {
  return Number(/"seq":(\d+)/.exec(line)?.[1])
}

function lastSeq(heads: string): number {
  return Math.max(...heads.trimEnd().split('\n').map(seqOf))
}

describe('bytes that the disk changed', () => {
  it('anywhere in the file are a refusal with a sentence, or change nothing that we read; never the end of the process', async () => {
    const journal = await store.open({ headEvery: 1 })
    for (const name of ['a', 'b', 'c']) await recordOne(journal, name)
    await journal.close()
    const random = new SeededRandom(5)
    const whole = readFileSync(store.path)
    const heads = store.disk.files.get(store.headsPath) ?? ''
    const restore = () => {
      for (const suffix of ['-journal', '-wal', '-shm']) rmSync(`${store.path}${suffix}`, { force: true })
      writeFileSync(store.path, whole)
      store.disk.files.set(store.headsPath, heads)
    }
    let refused = 0
    for (let round = 0; round < 40; round++) {
      const at = random.below(whole.length)
      flip(at)
      const opened = await store.open({ fenceOthers: false }).catch(storeProblem)
      const verdict = typeof opened === 'string' ? undefined : await opened.verifyAudit().catch(storeProblem)
      if (typeof opened === 'string' || typeof verdict === 'string' || verdict?.ok === false) refused++
      if (typeof opened !== 'string') await opened.close().catch(() => undefined)
      restore()
    }
    expect(refused).toBeGreaterThan(0)
  })
})

function storeProblem(error: BaseError): string {
  expect(error.code).toMatch(/^ERR_(STORE|INVARIANT)/)
  return error.shortMessage
}

function flip(at: number): void {
  const bytes = readFileSync(store.path)
  bytes[at] = (bytes[at] ?? 0) ^ 0xff
  writeFileSync(store.path, bytes)
}
