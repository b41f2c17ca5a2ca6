import type { Fill, Journal } from '@tidegate/trading-model'
import { hashEntry, type MemoryStore } from './memory-store.js'

/** What the memory journal keeps beside intents: fills, modes, day marks, policies, tokens and the audit chain. */
export function recordsOf(
  store: MemoryStore,
): Pick<
  Journal,
  | 'recordFills'
  | 'modes'
  | 'setMode'
  | 'markDay'
  | 'dayMarks'
  | 'recordPolicy'
  | 'audit'
  | 'auditEntries'
  | 'verifyAudit'
  | 'saveToken'
  | 'findToken'
> {
  const { audits, chain, clock, days, fills, modes, releases, tokens, transaction } = store
  return {
    recordFills: (batch) =>
      transaction('recordFills', () => {
        const added: Fill[] = []
        for (const fill of batch) {
          const key = `${fill.orderId}\n${fill.tradeId}`
          if (fills.has(key)) continue
          fills.set(key, fill)
          added.push(fill)
          releases.epoch++
          chain('venue', 'fill', { orderId: fill.orderId, tradeId: fill.tradeId, baseSize: fill.baseSize.toFixed() })
        }
        return added
      }),

    modes: () => transaction('modes', () => [...modes.values()]),
    setMode: (row) =>
      transaction('setMode', () => {
        const stored = { ...row, atMs: clock.nowMs() }
        modes.set(row.scope, stored)
        chain(row.by, 'mode', { ...row })
        return stored
      }),
    markDay: (mark) =>
      transaction('markDay', () => {
        const stands = days.get(mark.day) ?? mark
        days.set(mark.day, stands)
        return stands
      }),
    dayMarks: (sinceDay) =>
      transaction('dayMarks', () =>
        [...days.values()].filter(({ day }) => day >= sinceDay).sort((a, b) => (a.day < b.day ? -1 : 1)),
      ),
    recordPolicy: (version, text) =>
      transaction('recordPolicy', () => {
        chain('desk', 'policy', { version, text })
      }),

    audit: (entry) => transaction('audit', () => chain(entry.actor, entry.type, entry.body, entry.intentId)),
    auditEntries: (query) =>
      transaction('auditEntries', () =>
        audits
          .filter((entry) => entry.seq >= (query.fromSeq ?? 1))
          .filter((entry) => query.intentId === undefined || entry.intentId === query.intentId)
          .slice(0, query.limit),
      ),
    verifyAudit: () =>
      transaction('verifyAudit', () => {
        let previous = ''
        for (const { hash, ...entry } of audits) {
          if (hashEntry(previous, entry) !== hash) {
            return { ok: false, entries: audits.length, head: audits.at(-1)?.hash ?? '', firstBad: entry.seq }
          }
          previous = hash
        }
        return { ok: true, entries: audits.length, head: previous }
      }),

    saveToken: (token) =>
      transaction('saveToken', () => {
        tokens.set(token.hash, { principal: token.principal, role: token.role })
      }),
    findToken: (hash) => transaction('findToken', () => tokens.get(hash)),
  }
}
