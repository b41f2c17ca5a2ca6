import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { StoreError } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordOne, type TempStore, tempStore } from '../test/temp-store.js'

let store: TempStore
beforeEach(() => {
  store = tempStore()
})
afterEach(() => store.remove())

async function refusal(opening: Promise<unknown>): Promise<{ code: string; sentence: string }> {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof StoreError)) throw new Error(`opened, or failed otherwise: ${String(error)}`)
  return { code: error.code, sentence: error.shortMessage }
}

describe('openJournal', () => {
  it('creates a private file, remembers everything, and audits each opening', async () => {
    const first = await store.open()
    await recordOne(first, 'a')
    const id = first.clientOrderIdFor({ account: 'x', principal: 'p', key: 'k', intentId: 'i' })
    await first.close()
    expect(statSync(store.path).mode & 0o777).toBe(0o600)
    const second = await store.open()
    expect(await second.listIntents()).toHaveLength(1)
    expect(second.clientOrderIdFor({ account: 'x', principal: 'p', key: 'k', intentId: 'i' })).toBe(id)
    const types = (await second.auditEntries({ limit: 100 })).map((entry) => entry.type)
    expect(types).toEqual(['store.created', 'journal.opened', 'intent.recorded', 'journal.closed', 'journal.opened'])
    await second.close()
  })

  it('makes other venue ids in another store', async () => {
    const wish = { account: 'x', principal: 'p', key: 'k', intentId: 'i' }
    const other = tempStore()
    const { SeededRandom } = await import('@tidegate/testkit')
    const [a, b] = [await store.open(), await other.open({ random: new SeededRandom(8) })]
    expect(a.clientOrderIdFor(wish)).not.toBe(b.clientOrderIdFor(wish))
    await a.close()
    await b.close()
    other.remove()
  })

  it('refuses a store of another environment or machine', async () => {
    await (await store.open()).close()
    expect(await refusal(store.open({ environment: 'production' }))).toMatchObject({
      code: 'ERR_STORE_FOREIGN',
      sentence: expect.stringContaining('belongs to environment paper, not production'),
    })
    expect(await refusal(store.open({ hostId: 'elsewhere' }))).toMatchObject({ code: 'ERR_STORE_FOREIGN' })
  })

  it('refuses a database that is no journal', async () => {
    store.raw((file) => file.exec('create table something (x integer)'))
    expect(await refusal(store.open())).toMatchObject({ code: 'ERR_STORE_FOREIGN' })
    expect(store.raw((file) => file.all('select name from sqlite_master', []))).toHaveLength(1)
  })

  it('refuses a newer or an altered schema', async () => {
    await (await store.open()).close()
    store.raw((file) => file.run("insert into schema_migrations values ('9999-later', 'x', 1)", []))
    expect(await refusal(store.open())).toMatchObject({
      code: 'ERR_STORE_MIGRATION',
      sentence: expect.stringContaining('9999-later'),
    })
    store.raw((file) => {
      file.exec("delete from schema_migrations where name = '9999-later'")
      file.exec("update schema_migrations set checksum = 'other'")
    })
    expect(await refusal(store.open())).toMatchObject({ code: 'ERR_STORE_MIGRATION' })
  })

  it('refuses a file that is no database, or a damaged one', async () => {
    writeFileSync(store.path, 'this is a letter to my aunt, and it is longer than one hundred bytes. '.repeat(20))
    expect(await refusal(store.open())).toMatchObject({ code: 'ERR_STORE_CORRUPT' })

    const other = tempStore()
    const journal = await other.open()
    for (const name of ['a', 'b', 'c', 'd', 'e']) await recordOne(journal, name)
    await journal.close()
    const bytes = readFileSync(other.path)
    for (let page = 1; page < bytes.length / 4096; page++) bytes.fill(0x5a, page * 4096, page * 4096 + 64)
    writeFileSync(other.path, bytes)
    expect(await refusal(other.open())).toMatchObject({ code: 'ERR_STORE_CORRUPT' })
    other.remove()
  })

  it('refuses a store that another process holds, without waiting longer than told', async () => {
    await (await store.open()).close()
    const file = store.openRaw()
    file.exec('begin exclusive')
    expect(await refusal(store.open({ busyTimeoutMs: 0 }))).toMatchObject({
      code: 'ERR_STORE_BUSY',
      sentence: expect.stringContaining('locked'),
    })
    file.close()
  })

  it('refuses a store that is older than its heads outside: a copy was put back', async () => {
    const first = await store.open()
    await recordOne(first, 'before')
    await first.close()
    copyFileSync(store.path, `${store.path}.copy`)
    const second = await store.open()
    await recordOne(second, 'after')
    await second.close()
    copyFileSync(`${store.path}.copy`, store.path)
    expect(await refusal(store.open())).toMatchObject({
      code: 'ERR_STORE_CORRUPT',
      sentence: expect.stringContaining('rolled back'),
    })
  })

  it('refuses to begin anew where heads say that a store was', async () => {
    const { disk, headsPath } = store
    await (await store.open()).close()
    const other = tempStore()
    expect(await refusal(other.open({ disk, headsPath }))).toMatchObject({
      code: 'ERR_STORE_CORRUPT',
      sentence: expect.stringContaining('removed or rolled back'),
    })
    other.remove()
  })

  it.each([
    ['the key is gone', (s: TempStore) => s.disk.files.delete(`${s.headsPath}.key`), 'is missing'],
    ['the key is unreadable', (s: TempStore) => s.disk.files.set(`${s.headsPath}.key`, 'x'), 'no Ed25519 key'],
    ['the heads are gone', (s: TempStore) => s.disk.files.delete(s.headsPath), 'was cut'],
    ['the heads were cut', (s: TempStore) => cutLastLine(s), 'was cut'],
    ['a head was changed', (s: TempStore) => editHeads(s, (text) => text.replace('"seq":2', '"seq":1')), 'signature'],
    ['a head is garbage', (s: TempStore) => editHeads(s, (text) => `{}\n${text}`), 'no signed head'],
  ])('refuses when %s', async (_, damage, why) => {
    const journal = await store.open({ headEvery: 1 })
    await recordOne(journal, 'a')
    await recordOne(journal, 'b')
    await journal.close()
    damage(store)
    expect(await refusal(store.open())).toMatchObject({
      code: 'ERR_STORE_CORRUPT',
      sentence: expect.stringContaining(why),
    })
  })

  it('goes on after a crash cut the last head short', async () => {
    const journal = await store.open({ headEvery: 1 })
    await recordOne(journal, 'a')
    await journal.close()
    const torn = `${store.disk.files.get(store.headsPath) ?? ''}{"v":1,"store":"0000`
    store.disk.files.set(store.headsPath, torn)
    const after = await store.open()
    expect(store.disk.files.get(store.headsPath)?.startsWith(`${torn}\n{"v":1`)).toBe(true)
    expect(await after.verifyAudit()).toMatchObject({ ok: true })
    await after.close()
    await (await store.open()).close()
  })

  it('lets no order go while heads cannot be written, and everything else', async () => {
    let broken = false
    const disk = {
      readText: (path: string) => store.disk.readText(path),
      writeTextAtomically: (path: string, text: string) => store.disk.writeTextAtomically(path, text),
      makeFolder: () => {},
      openAppend: (path: string) => {
        const file = store.disk.openAppend(path)
        const append = (text: string) => {
          if (broken) throw new Error('no space left on device')
          file.append(text)
        }
        return { append, close: () => file.close() }
      },
    }
    const journal = await store.open({ disk, headEvery: 1 })
    const { intentId } = await recordOne(journal, 'a')
    broken = true
    await journal.apply(intentId, { type: 'cancel_requested', by: 'local' }, 'local')
    expect(await refusal(recordOne(journal, 'b'))).toMatchObject({ code: 'ERR_STORE_IO' })
    expect(await refusal(journal.beginSubmit(intentId, { notBeforeMs: 1, signFromMs: 1, signByMs: 2 }))).toMatchObject({
      code: 'ERR_STORE_IO',
    })
    await journal.apply(intentId, { type: 'abandoned', reason: 'cancelled' }, 'local')
    broken = false
    await recordOne(journal, 'b')
    expect(store.log.entries.filter((entry) => entry.event === 'audit_head_not_written').length).toBeGreaterThan(1)
    await journal.close()
  })

  it('is closed once, after what was under way, and answers nothing afterwards', async () => {
    const journal = await store.open()
    const recording = recordOne(journal, 'a')
    const reading = journal.listIntents()
    await Promise.all([recording.catch(() => undefined), reading, journal.close(), journal.close()])
    expect(await refusal(journal.listIntents())).toMatchObject({ code: 'ERR_STORE_IO' })
    const again = await store.open()
    expect(await again.verifyAudit()).toMatchObject({ ok: true })
    await again.close()
  })

  it('does not fence anybody when opened to look only', async () => {
    const journal = await store.open()
    const { intentId } = await recordOne(journal, 'a')
    const reader = await store.open({ fenceOthers: false })
    expect(await reader.verifyAudit()).toMatchObject({ ok: true })
    await reader.close()
    expect(await journal.beginSubmit(intentId, { notBeforeMs: 1, signFromMs: 1, signByMs: 2 })).toMatchObject({
      kind: 'ticket',
    })
    await journal.close()
  })
})

function cutLastLine({ disk, headsPath }: TempStore): void {
  const lines = (disk.files.get(headsPath) ?? '').trimEnd().split('\n')
  disk.files.set(headsPath, `${lines.slice(0, -1).join('\n')}\n`)
}

function editHeads({ disk, headsPath }: TempStore, edit: (text: string) => string): void {
  disk.files.set(headsPath, edit(disk.files.get(headsPath) ?? ''))
}
