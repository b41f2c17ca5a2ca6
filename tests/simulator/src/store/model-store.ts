import { createMemoryJournal } from '@tidegate/testkit'
import type { Clock, Ids } from '@tidegate/trading-model'
import type { SimStore } from './sim-store.js'

/** The journal port in memory, on the one clock of its database. */
export function createModelStore(clock: Clock, ids: Ids): SimStore {
  const judge = createMemoryJournal({ clock, ids })
  // The judge only looks.
  judge.fence(judge.instanceId)
  const lives = new Map<number, string>()
  return {
    kind: 'model',
    judge: () => Promise.resolve(judge),
    open(incarnation) {
      const earlier = lives.get(incarnation.slot)
      if (earlier !== undefined) judge.fence(earlier)
      const journal = judge.join()
      lives.set(incarnation.slot, journal.instanceId)
      return Promise.resolve(journal)
    },
    fence: (instanceId) => judge.fence(instanceId),
    close: () => Promise.resolve(),
  }
}
