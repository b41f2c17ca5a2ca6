import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CountingIds, FakeTime, MemoryDisk, MemoryLog, SeededRandom, sampleWish } from '@tidegate/testkit'
import type { Intent, Journal } from '@tidegate/trading-model'
import { openSqliteFile } from '../src/drivers/open-sqlite-file.js'
import type { SqliteFile } from '../src/drivers/sqlite-file.js'
import { type OpenSqliteOptions, openJournal } from '../src/open-journal.js'

/** A store in a folder of its own, with everything around it faked except the database. */
export interface TempStore {
  readonly path: string
  readonly folder: string
  readonly headsPath: string
  readonly disk: MemoryDisk
  readonly time: FakeTime
  readonly log: MemoryLog
  open(change?: Partial<OpenSqliteOptions>): Promise<Journal>
  /** A second connection that obeys no rule of ours; the caller closes it. */
  openRaw(): SqliteFile
  /** The same, for one piece of work. */
  raw<T>(work: (file: SqliteFile) => T): T
  remove(): void
}

export function tempStore(): TempStore {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-journal-'))
  const path = join(folder, 'journal.db')
  const headsPath = '/heads/heads.jsonl'
  const disk = new MemoryDisk()
  const time = new FakeTime()
  const log = new MemoryLog()
  const ids = new CountingIds()
  return {
    path,
    folder,
    headsPath,
    disk,
    time,
    log,
    open: async (change = {}) =>
      await openJournal({
        path,
        headsPath,
        environment: 'paper',
        hostId: 'here',
        clock: time,
        ids,
        random: new SeededRandom(7),
        log,
        disk,
        ...change,
      }),
    openRaw: () => openSqliteFile(path),
    raw(work) {
      const file = openSqliteFile(path)
      try {
        file.exec('pragma busy_timeout = 1000')
        return work(file)
      } finally {
        file.close()
      }
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}

/** Records a wish that must pass; each name is a wish of its own. */
export async function recordOne(journal: Journal, name: string): Promise<Intent> {
  const { releaseEpoch } = await journal.limitUsage([])
  const wish = sampleWish({ intentId: name, clientOrderId: `c-${name}`, key: name, releaseEpoch })
  const result = await journal.recordIntent(wish)
  if (result.kind !== 'recorded') throw new Error(JSON.stringify(result))
  return result.intent
}
