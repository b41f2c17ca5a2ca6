import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { SeededRandom } from '@tidegate/testkit'
import type { BaseError, Journal } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordOne, type TempStore, tempStore } from '../test/temp-store.js'
import { openSqliteFile } from './drivers/open-sqlite-file.js'
import type { SqliteFile } from './drivers/sqlite-file.js'
import { openJournalOn } from './open-journal.js'
import { prepareSqlite } from './sql/prepare-sqlite.js'
import { sqliteEngine } from './sql/sqlite-engine.js'

let store: TempStore
beforeEach(() => {
  store = tempStore()
})
afterEach(() => store.remove())

/** A journal whose own connection the test holds, too. */
async function openHeld(): Promise<{ readonly journal: Journal; readonly file: SqliteFile }> {
  const { path, headsPath, time, log, disk } = store
  const file = openSqliteFile(path)
  prepareSqlite(file, path, 50)
  let ids = 0
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
  })
  return { journal, file }
}

async function saying(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'works',
    (error: BaseError) => `${error.code}: ${error.shortMessage.replace(/ \(.*\)$/, '')}`,
  )
}

const failures: readonly {
  readonly name: string
  readonly says: string
  /** What a locked file refuses even to readers. */
  readonly reading: 'works' | 'refused'
  readonly start: (file: SqliteFile) => () => void
}[] = [
  {
    name: 'a full disk',
    says: 'ERR_STORE_IO: The disk of the store is full',
    reading: 'works',
    start(file) {
      const [row] = file.all('pragma page_count', [])
      file.exec(`pragma max_page_count = ${String(row?.['page_count'])}`)
      return () => file.exec('pragma max_page_count = 1000000')
    },
  },
  {
    name: 'a read-only file',
    says: 'ERR_STORE_IO: The store is read-only',
    reading: 'works',
    start(file) {
      file.exec('pragma query_only = on')
      return () => file.exec('pragma query_only = off')
    },
  },
  {
    name: 'a file locked by another process',
    says: 'ERR_STORE_BUSY: The store is locked by another process',
    reading: 'refused',
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

describe.each(failures)('$name', ({ says, reading, start }) => {
  it('refuses new orders and submits with one sentence, changes nothing, and is over when it is over', async () => {
    const { journal, file } = await openHeld()
    const { intentId } = await recordOne(journal, 'before')
    const entries = (await journal.auditEntries({ limit: 100 })).length
    const end = start(file)
    // Small changes may still fit into the pages there are; what does not fit is refused whole.
    let refusal = 'works'
    let taken = 0
    for (let each = 0; each < 200 && refusal === 'works'; each++) {
      refusal = await saying(journal.audit({ actor: 'test', type: 'test.filler', body: { text: 'x'.repeat(2_000) } }))
      if (refusal === 'works') taken++
    }
    expect(refusal).toBe(says)
    expect(await saying(recordOne(journal, 'place'))).toBe(says)
    expect(await saying(journal.listIntents())).toBe(reading === 'works' ? 'works' : says)
    end()
    expect(await journal.auditEntries({ limit: 1_000 })).toHaveLength(entries + taken)
    expect(await journal.getIntent('place')).toBeUndefined()
    await journal.apply(intentId, { type: 'cancel_requested', by: 'local' }, 'local')
    await recordOne(journal, 'after')
    expect(await journal.verifyAudit()).toMatchObject({ ok: true })
    await journal.close()
  })
})

describe('bytes that the disk changed', () => {
  it('anywhere in the file are a refusal with a sentence, or change nothing that we read; never the end of the process', async () => {
    const journal = await store.open({ headEvery: 1 })
    for (const name of ['a', 'b', 'c']) await recordOne(journal, name)
    await journal.close()
    const random = new SeededRandom(5)
    const whole = readFileSync(store.path)
    const heads = store.disk.files.get(store.headsPath) ?? ''
    const restore = () => {
      rmSync(`${store.path}-journal`, { force: true })
      rmSync(`${store.path}-wal`, { force: true })
      rmSync(`${store.path}-shm`, { force: true })
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
