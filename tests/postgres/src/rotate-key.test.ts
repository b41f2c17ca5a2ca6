import { CountingIds, MemoryDisk, MemoryLog, SeededRandom } from '@tidegate/testkit'
import { openJournal } from '@tidegate/trade-journal'
import type { Journal } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PostgresServer, startPostgres } from './start-postgres.js'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(async () => await postgres.stop())

const keyPath = '/heads.jsonl.key'
const note = async (journal: Journal, at: string) => await journal.audit({ actor: 'test', type: 'note', body: { at } })

describe('several gateways on one database, when the signing key is changed', () => {
  it('follow where they share the key file and stop where they do not; changes at one moment make one chain', async () => {
    const url = await postgres.createSchema()
    const ids = new CountingIds()
    const shared = new MemoryDisk()
    const open = async (disk: MemoryDisk, seed: number): Promise<Journal> =>
      await openJournal({
        url,
        headsPath: '/heads.jsonl',
        environment: 'paper',
        hostId: `host-${seed}`,
        clock: { nowMs: () => 0 },
        ids,
        random: new SeededRandom(seed),
        log: new MemoryLog(),
        disk,
        headEvery: 2,
      })
    const one = await open(shared, 1)
    const two = await open(shared, 2)
    const apartDisk = new MemoryDisk()
    apartDisk.files.set(keyPath, shared.files.get(keyPath) ?? '')
    const apart = await open(apartDisk, 3)
    await Promise.all(
      [one, two].flatMap((journal) => [
        journal.rotateAuditKey?.('boss') ?? Promise.resolve(),
        ...Array.from({ length: 10 }, (_, index) => note(journal, `${index}`)),
        journal.rotateAuditKey?.('boss') ?? Promise.resolve(),
      ]),
    )
    const before = (await one.verifyAudit()).entries
    await expect(note(apart, 'stops')).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT' })
    expect((await one.verifyAudit()).entries).toBe(before)
    apartDisk.files.set(keyPath, shared.files.get(keyPath) ?? '')
    await note(apart, 'goes on')
    for (const journal of [one, two, apart]) expect(await journal.verifyAudit()).toMatchObject({ ok: true })
    const told = await one.auditEntries({ limit: 1_000 })
    expect(told.filter(({ type }) => type === 'audit.key_changed')).toHaveLength(4)
    expect((shared.files.get(keyPath) ?? '').split('-----BEGIN')).toHaveLength(2)
    for (const journal of [one, two, apart]) await journal.close()
    // Both files of heads reach back to the first key, whoever changed it.
    for (const disk of [shared, apartDisk]) {
      const again = await open(disk, 9)
      expect(await again.verifyAudit()).toMatchObject({ ok: true })
      await again.close()
    }
  }, 120_000)
})
