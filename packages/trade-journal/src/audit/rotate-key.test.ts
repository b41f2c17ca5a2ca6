import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildChild, startChild } from '../../test/child-process.js'
import { realOptions } from '../../test/children/child-kit.js'
import { recordOne, type TempStore, tempStore } from '../../test/temp-store.js'
import { openJournal } from '../open-journal.js'

let store: TempStore
beforeEach(() => {
  store = tempStore()
})
afterEach(() => store.remove())

const keyFile = () => store.disk.files.get(`${store.headsPath}.key`) ?? ''
const publicFile = () => store.disk.files.get(`${store.headsPath}.pub`) ?? ''
const keysIn = (text: string) => text.split('-----BEGIN').length - 1

describe('a change of the signing key', () => {
  it('goes on with the chain under the new key alone; what the old one signed holds, now and after a restart', async () => {
    const journal = await store.open({ headEvery: 2 })
    await recordOne(journal, 'a')
    const [first, publicFirst] = [keyFile(), publicFile()]
    const one = await journal.rotateAuditKey?.('boss')
    await recordOne(journal, 'b')
    const two = await journal.rotateAuditKey?.('boss')
    await recordOne(journal, 'c')
    expect(two?.from).toBe(one?.to)
    expect(keysIn(keyFile())).toBe(1)
    expect(keyFile()).not.toBe(first)
    // Newest first, the others kept below it.
    expect(keysIn(publicFile())).toBe(3)
    expect(publicFile().endsWith(publicFirst)).toBe(true)
    expect(await journal.verifyAudit()).toMatchObject({ ok: true })
    await journal.close()
    const again = await store.open()
    expect(await again.verifyAudit()).toMatchObject({ ok: true })
    const [entry] = await again.auditEntries({ fromSeq: one?.seq ?? 0, limit: 1 })
    expect(entry).toMatchObject({ type: 'audit.key_changed', actor: 'boss' })
    expect(JSON.parse(entry?.body ?? '')).toMatchObject({ from: one?.from, to: one?.to })
    await again.close()
    expect(store.log.entries.filter(({ event }) => event.startsWith('audit_'))).toHaveLength(2)
  })

  it('is told in the heads file again when the line was lost, or torn', async () => {
    const journal = await store.open({ headEvery: 2 })
    await journal.rotateAuditKey?.('boss')
    await journal.close()
    const heads = () => store.disk.files.get(store.headsPath) ?? ''
    const line =
      heads()
        .split('\n')
        .find((each) => each.includes('key_change')) ?? ''
    for (const left of ['', `${line.slice(0, 90)}\n`]) {
      store.disk.files.set(store.headsPath, heads().replace(`${line}\n`, left))
      const opened = await store.open()
      expect(await opened.verifyAudit()).toMatchObject({ ok: true })
      await opened.close()
      expect(heads()).toContain(line)
    }
  })

  it('changes nothing when the key file cannot be written', async () => {
    const journal = await store.open()
    const before = keyFile()
    const write = store.disk.writeTextAtomically.bind(store.disk)
    store.disk.writeTextAtomically = () => {
      throw new Error('read-only')
    }
    await expect(journal.rotateAuditKey?.('boss')).rejects.toThrow()
    store.disk.writeTextAtomically = write
    expect(keyFile()).toBe(before)
    await recordOne(journal, 'a')
    expect(await journal.verifyAudit()).toMatchObject({ ok: true })
    await journal.close()
  })

  it('is not believed where somebody without the old key wrote it', async () => {
    const journal = await store.open()
    await recordOne(journal, 'a')
    await journal.close()
    store.raw((file) => file.exec(`update meta set audit_public_key = '${'ab'.repeat(32)}'`))
    await expect(store.open()).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT' })
  })

  it('is followed by another process with the same key file, and stops one that has not the new key', async () => {
    const one = await store.open()
    const shared = await store.open({ fenceOthers: false })
    const apart = await store
      .open({ fenceOthers: false, keyPath: '/apart/key', disk: store.disk })
      .catch(() => undefined)
    expect(apart).toBeUndefined()
    store.disk.files.set('/apart/key', keyFile())
    const other = await store.open({ fenceOthers: false, keyPath: '/apart/key' })
    await one.rotateAuditKey?.('boss')
    await recordOne(shared, 'follows')
    await expect(recordOne(other, 'stops')).rejects.toMatchObject({
      code: 'ERR_STORE_CORRUPT',
      hint: expect.stringContaining('put the key file here'),
    })
    expect(await other.verifyAudit()).toMatchObject({ ok: false })
    store.disk.files.set('/apart/key', keyFile())
    await recordOne(other, 'goes-on')
    for (const each of [one, shared]) expect(await each.verifyAudit()).toMatchObject({ ok: true })
    for (const each of [other, shared, one]) await each.close()
  })
})

describe('a process killed while it changes the key', () => {
  it('leaves a store that opens with one key, holds, and can change it again: at every step', async () => {
    const child = await buildChild('rotate')
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-rotate-'))
    const first = await openJournal(realOptions(folder))
    await first.close()
    let killed = 0
    for (let step = 0; ; step++) {
      const process = startChild(child.file, { folder, step })
      await process.linesReach(1)
      const { signal } = await process.ended
      const journal = await openJournal(realOptions(folder))
      expect(await journal.verifyAudit(), `step ${step}`).toMatchObject({ ok: true })
      await journal.audit({ actor: 'test', type: 'note', body: { step } })
      await journal.close()
      expect(keysIn(readFileSync(join(folder, 'heads.jsonl.key'), 'utf8'))).toBe(1)
      if (signal === null) break
      expect(signal).toBe('SIGKILL')
      killed++
    }
    expect(killed).toBeGreaterThan(8)
    rmSync(folder, { recursive: true })
    child.remove()
  }, 300_000)
})
