import { CountingIds, MemoryDisk, MemoryLog, SeededRandom, sampleWish } from '@tidegate/testkit'
import { describeJournalContract } from '@tidegate/testkit/journal-contract'
import { openJournal } from '@tidegate/trade-journal'
import type { Clock, Journal } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { moveDatabaseClock } from './database-clock.js'
import { type PostgresServer, startPostgres } from './start-postgres.js'
import { watchQueries } from './watch-queries.js'

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

describe('an order on PostgreSQL', () => {
  it.each(['with a key', 'without one'])(
    '%s asks the database seven things, begin and commit included',
    async (how) => {
      const journal = await openJournal({
        url: await postgres.createSchema(),
        headsPath: '/heads/heads.jsonl',
        environment: 'paper',
        hostId: 'here',
        clock: noClock,
        ids: new CountingIds(),
        random: new SeededRandom(1),
        log: new MemoryLog(),
        disk: new MemoryDisk(),
      })
      const record = async (intentId: string) => {
        const { key: _, ...wish } = sampleWish({ intentId, clientOrderId: intentId, key: intentId })
        return await journal.recordIntent({
          ...wish,
          ...(how === 'with a key' ? { key: intentId } : {}),
          duplicateWindowMs: 0,
        })
      }
      expect(await record('first')).toMatchObject({ kind: 'recorded' })
      const asked: string[] = []
      const stop = watchQueries({ before: (text) => asked.push(text.slice(0, 60)) })
      expect(await record('second')).toMatchObject({ kind: 'recorded' })
      stop()
      expect(asked).toHaveLength(7)
      await journal.close()
    },
  )
})
