import { copyFileSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordOne, type TempStore, tempStore } from '../../test/temp-store.js'
import { nodeDisk } from '../node-disk.js'

let store: TempStore
let home: string
let headsPath: string
beforeEach(() => {
  store = tempStore()
  home = join(store.folder, 'home')
  headsPath = join(home, 'heads.jsonl')
  mkdirSync(home)
})
afterEach(() => store.remove())

const open = async () => await store.open({ path: join(home, 'journal.db'), headsPath, disk: nodeDisk, headEvery: 2 })

function restore(folder: string, ...names: readonly string[]): void {
  for (const name of names) {
    rmSync(join(home, name), { force: true })
    copyFileSync(join(folder, name), join(home, name))
  }
}

describe('a backup', () => {
  it('made while orders come in is one moment of the store, and can be restored: the drill of docs/backup.md', async () => {
    const journal = await open()
    const folder = join(store.folder, 'backup')
    // Under load: orders are recorded before, during and after the copy.
    for (const name of ['x', 'y']) await recordOne(journal, name)
    const trading = (async () => {
      for (let index = 0; index < 12; index++) await recordOne(journal, `order-${index}`)
    })()
    const report = await journal.backup?.(folder)
    await trading
    const { entries = 0, head } = report ?? {}
    expect(report).toMatchObject({ folder, files: ['journal.db', 'heads.jsonl', 'heads.jsonl.key'] })
    for (const name of ['journal.db', 'heads.jsonl', 'heads.jsonl.key']) {
      expect(statSync(join(folder, name)).mode & 0o077).toBe(0)
    }
    const before = await journal.verifyAudit()
    expect(before).toMatchObject({ ok: true })
    expect(before.entries).toBeGreaterThan(entries)
    await journal.close()

    // The store alone, older than the heads outside it: refused, with the cure.
    restore(folder, 'journal.db')
    const refused = open()
    await expect(refused).rejects.toThrow(StoreError)
    await expect(refused).rejects.toMatchObject({
      code: 'ERR_STORE_CORRUPT',
      shortMessage: expect.stringContaining('rolled back'),
      hint: expect.stringContaining('from the same backup'),
    })

    // All three files of the backup: it opens, and the log is whole and goes through the entry that the backup ended with.
    restore(folder, 'journal.db', 'heads.jsonl', 'heads.jsonl.key')
    const restored = await open()
    expect((await restored.auditEntries({ fromSeq: entries, limit: 1 }))[0]?.hash).toBe(head)
    expect(await restored.verifyAudit()).toMatchObject({ ok: true })
    await recordOne(restored, 'after')
    await restored.close()
  })

  it('is never written over another one', async () => {
    const journal = await open()
    const folder = join(store.folder, 'backup')
    await journal.backup?.(folder)
    await expect(journal.backup?.(folder)).rejects.toMatchObject({
      code: 'ERR_STORE_IO',
      hint: 'name a folder that does not exist yet',
    })
    await journal.close()
  })
})
