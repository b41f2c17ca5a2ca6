import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CountingIds, FakeTime, MemoryLog, SeededRandom } from '@tidegate/testkit'
import { describeJournalContract, type JournalHarness } from '@tidegate/testkit/journal-contract'
import type { Journal } from '@tidegate/trading-model'
import { describe, it } from 'vitest'
import type { DriverChoice } from './drivers/open-sqlite-file.js'
import { openJournal } from './open-journal.js'

async function openFresh(driver: DriverChoice): Promise<JournalHarness> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-journal-'))
  const time = new FakeTime()
  const ids = new CountingIds()
  const opened: Journal[] = []
  const open = async () => {
    const journal = await openJournal({
      path: join(folder, 'journal.db'),
      headsPath: join(folder, 'heads.jsonl'),
      environment: 'paper',
      hostId: 'here',
      clock: time,
      ids,
      random: new SeededRandom(1),
      log: new MemoryLog(),
      driver,
    })
    opened.push(journal)
    return journal
  }
  return {
    journal: await open(),
    time,
    another: open,
    dispose: async () => {
      for (const journal of opened) await journal.close()
      rmSync(folder, { recursive: true })
    },
  }
}

describeJournalContract('SQLite through libsql', async () => await openFresh('libsql'))

if (process.getBuiltinModule('node:sqlite')) {
  describeJournalContract('SQLite through node:sqlite', async () => await openFresh('node:sqlite'))
} else {
  describe('the journal contract on SQLite through node:sqlite', () => {
    it.skip('needs a Node with node:sqlite (22.13 or newer)', () => {})
  })
}
