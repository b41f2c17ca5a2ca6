import { CountingIds, MemoryDisk, MemoryLog, SeededRandom } from '@tidegate/testkit'
import { describeJournalContract } from '@tidegate/testkit/journal-contract'
import { openJournal } from '@tidegate/trade-journal'
import type { Clock, Journal } from '@tidegate/trading-model'
import { afterAll, beforeAll } from 'vitest'
import { moveDatabaseClock } from './database-clock.js'
import { type PostgresServer, startPostgres } from './start-postgres.js'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(async () => await postgres.stop())

/** On PostgreSQL the time is the database's; who asks the host for it is wrong. */
const noClock: Clock = {
  nowMs() {
    throw new Error('the journal on PostgreSQL asked the clock of its host')
  },
}

describeJournalContract('PostgreSQL', async () => {
  const url = await postgres.createSchema()
  const { time, remove } = await moveDatabaseClock(url)
  const disk = new MemoryDisk()
  const ids = new CountingIds()
  const opened: Journal[] = []
  const another = async (): Promise<Journal> => {
    const journal = await openJournal({
      url,
      headsPath: '/heads/heads.jsonl',
      environment: 'paper',
      hostId: `host-${opened.length}`,
      clock: noClock,
      ids,
      random: new SeededRandom(1),
      log: new MemoryLog(),
      disk,
      fenceOthers: true,
    })
    opened.push(journal)
    return journal
  }
  return {
    journal: await another(),
    time,
    another,
    dispose: async () => {
      for (const journal of opened) await journal.close()
      remove()
    },
  }
})
