import { createMemoryJournal } from '@tidegate/testkit'
import type { Clock, Ids, Journal } from '@tidegate/trading-model'
import type { SimStore } from './sim-store.js'

/**
 * The journal port in memory, on the one clock of its database. With several processes it is a shared store with leases, as PostgreSQL
 * is; with one it is a store of one owner.
 */
export function createModelStore(clock: Clock, ids: Ids, processes: number): SimStore {
  const judge = createMemoryJournal({ clock, ids })
  // The judge only looks.
  judge.fence(judge.instanceId)
  const lives = new Map<number, string>()
  const leases = new Map<string, { readonly holder: string; readonly untilMs: number }>()

  function shared(journal: Journal): Journal {
    return {
      ...journal,
      isShared: true,
      takeLease(name, forMs) {
        const held = leases.get(name)
        const isFree = held === undefined || held.holder === journal.instanceId || held.untilMs <= clock.nowMs()
        if (isFree) leases.set(name, { holder: journal.instanceId, untilMs: clock.nowMs() + forMs })
        return Promise.resolve(isFree)
      },
    }
  }

  return {
    kind: 'model',
    judge: () => Promise.resolve(judge),
    open(incarnation) {
      const earlier = lives.get(incarnation.slot)
      if (earlier !== undefined) judge.fence(earlier)
      const journal = judge.join()
      lives.set(incarnation.slot, journal.instanceId)
      return Promise.resolve(processes > 1 ? shared(journal) : journal)
    },
    fence: (instanceId) => judge.fence(instanceId),
    close: () => Promise.resolve(),
  }
}
