import type { Fill, Journal, TokenRow } from '@tidegate/trading-model'
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
  | 'listTokens'
  | 'revokeToken'
  | 'noteTokenUse'
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

    saveToken: ({ maxActive, ...token }) =>
      transaction('saveToken', () => {
        const others = [...tokens.values()].filter(
          (each) => each.principal === token.principal && each.hash !== token.hash && isActive(each, clock.nowMs()),
        )
        if (maxActive !== undefined && others.length >= maxActive) return false
        if (!tokens.has(token.hash)) {
          tokens.set(token.hash, token)
          chain('journal', 'credential.saved', { principal: token.principal, id: token.hash.slice(0, 8) })
        }
        return true
      }),
    findToken: (hash) =>
      transaction('findToken', () => {
        const token = tokens.get(hash)
        return token && isActive(token, clock.nowMs()) ? token : undefined
      }),
    listTokens: () => transaction('listTokens', () => [...tokens.values()]),
    revokeToken: (hash, by) =>
      transaction('revokeToken', () => {
        const token = tokens.get(hash)
        if (!token || token.revokedAtMs !== undefined) return undefined
        const revoked = { ...token, revokedAtMs: clock.nowMs() }
        tokens.set(hash, revoked)
        chain(by, 'credential.revoked', { principal: token.principal, id: hash.slice(0, 8) })
        return revoked
      }),
    noteTokenUse: (hash) =>
      transaction('noteTokenUse', () => {
        const token = tokens.get(hash)
        if (token && (token.lastUsedAtMs ?? 0) < clock.nowMs() - 60_000)
          tokens.set(hash, { ...token, lastUsedAtMs: clock.nowMs() })
      }),
  }
}

function isActive({ revokedAtMs, expiresAtMs }: TokenRow, nowMs: number): boolean {
  return revokedAtMs === undefined && (expiresAtMs === undefined || nowMs < expiresAtMs)
}
