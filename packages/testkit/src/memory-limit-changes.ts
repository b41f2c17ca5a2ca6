import { type Journal, judgeFactor, type LimitChangeResult, type LimitRefusal } from '@tidegate/trading-model'
import { nameKey } from './memory-approvals.js'
import type { MemoryStore } from './memory-store.js'

/** Changes of the limits in the memory journal: one behind the other, with the approver's code judged in the same turn. */
export function limitChangesOf(store: MemoryStore): Pick<Journal, 'changeLimits' | 'limitChanges'> {
  const { chain, clock, factors, limitChanges, transaction } = store
  return {
    changeLimits: ({ kind, body, by, after, audit, loosens = [], factor, factorRequired }) =>
      transaction('changeLimits', (): LimitChangeResult => {
        const refused = (why: LimitRefusal, reason: string, retryAtMs?: number): LimitChangeResult => {
          if (why !== 'moved') chain(by, 'policy.refused', { wanted: audit.type, why, reason })
          return { kind: 'refused', why, reason, ...(retryAtMs === undefined ? {} : { retryAtMs }) }
        }
        const newest = limitChanges.at(-1)?.seq ?? 0
        if (newest !== after) return refused('moved', `the limits were changed meanwhile: change ${newest}`)
        if (loosens.some((name) => nameKey(name) === nameKey(by))) {
          return refused('requester', 'nobody agrees to looser limits of their own')
        }
        if (factor) {
          const judged = judgeFactor(factors.get(nameKey(by)), factor, clock.nowMs())
          factors.set(nameKey(by), judged.row)
          if (!judged.ok) return refused(judged.why, judged.reason, judged.retryAtMs)
        } else if (factorRequired) return refused('code_missing', 'a code is needed')
        const change = { seq: newest + 1, kind, body, by, atMs: clock.nowMs() }
        limitChanges.push(change)
        chain(by, audit.type, { ...audit.body, seq: change.seq, ...(factor ? { factor: 'totp' } : {}) })
        return { kind: 'recorded', change }
      }),
    limitChanges: ({ after = 0, kind, newest = false } = {}) =>
      transaction('limitChanges', () => {
        const found = limitChanges.filter((each) => each.seq > after && (kind === undefined || each.kind === kind))
        return newest ? found.slice(-1) : found
      }),
  }
}
