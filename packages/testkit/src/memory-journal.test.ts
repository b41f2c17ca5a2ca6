import { CountingIds, FakeTime } from './fake-runtime.js'
import { describeJournalContract } from './journal-contract.js'
import { createMemoryJournal } from './memory-journal.js'

describeJournalContract('memory', async () => {
  const time = new FakeTime()
  const journal = createMemoryJournal({ clock: time, ids: new CountingIds() })
  return { journal, time, another: async () => journal.reopen(), dispose: () => journal.close() }
})
