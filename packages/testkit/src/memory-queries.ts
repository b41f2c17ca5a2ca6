import type { Fill, Journal } from '@tidegate/trading-model'
import type { MemoryStore } from './memory-store.js'

/** What the memory journal answers without changing anything. */
export function queriesOf(
  store: MemoryStore,
): Pick<
  Journal,
  | 'findEarlier'
  | 'getIntent'
  | 'findByVenueOrderId'
  | 'findByClientOrderId'
  | 'listIntents'
  | 'listFills'
  | 'decisionInput'
  | 'decisions'
  | 'limitUsage'
  | 'reservations'
> {
  const { clock, fills, decisions, findEarlier, inputs, intents, limits, recent, releases, transaction } = store
  return {
    findEarlier: (query) => transaction('findEarlier', () => findEarlier(query)),

    getIntent: (intentId) => transaction('getIntent', () => intents.get(intentId)),
    findByVenueOrderId: (venueOrderId) =>
      transaction('findByVenueOrderId', () =>
        [...intents.values()].find((intent) => intent.venueOrderId === venueOrderId),
      ),
    findByClientOrderId: (clientOrderId) =>
      transaction('findByClientOrderId', () =>
        [...intents.values()].find((item) => item.clientOrderId === clientOrderId && item.state !== 'DENIED'),
      ),
    listIntents: (query = {}) =>
      transaction('listIntents', () =>
        [...intents.values()]
          .reverse()
          .filter((item) => !query.states || query.states.includes(item.state))
          .filter((item) => query.principal === undefined || item.principal === query.principal)
          .filter((item) => query.productId === undefined || item.terms.productId === query.productId)
          .filter((item) => query.targetIntentId === undefined || item.targetIntentId === query.targetIntentId)
          .filter((item) => inTime(item.createdAtMs, query))
          .filter((item) => item.updatedAtMs >= (query.changedSinceMs ?? 0))
          .slice(0, query.limit),
      ),
    listFills: (query = {}) =>
      transaction('listFills', () =>
        [...fills.values()]
          .filter((fill) => query.productId === undefined || fill.productId === query.productId)
          .filter((fill) => query.orderId === undefined || fill.orderId === query.orderId)
          .filter((fill) => inTime(fill.tradedAtMs, query))
          .sort(byTime),
      ),
    decisions: ({ sinceMs = 0, afterOrdinal = 0, limit }) =>
      transaction('decisions', () =>
        decisions.filter((item) => item.ordinal > afterOrdinal && item.atMs >= sinceMs).slice(0, limit),
      ),
    decisionInput: (intentId) => transaction('decisionInput', () => inputs.get(intentId)),

    limitUsage: (rates) =>
      transaction('limitUsage', () => ({
        nowMs: clock.nowMs(),
        rows: limits.rows(),
        releaseEpoch: releases.epoch,
        recent: rates.map((rate) => ({ scope: rate.scope, ...recent(rate) })),
      })),
    reservations: (intentId) =>
      transaction('reservations', () =>
        limits
          .heldBy(intentId)
          .map(({ reservation: { scope, window, amount }, held }) => ({ scope, window, amount, held })),
      ),
  }
}

function inTime(atMs: number, query: { readonly sinceMs?: number; readonly untilMs?: number }): boolean {
  return atMs >= (query.sinceMs ?? 0) && atMs < (query.untilMs ?? Number.MAX_SAFE_INTEGER)
}

/** As the SQL journal orders them: however they came, the list is the same. */
function byTime(a: Fill, b: Fill): number {
  return (
    a.tradedAtMs - b.tradedAtMs ||
    a.sequenceAtMs - b.sequenceAtMs ||
    compare(a.orderId, b.orderId) ||
    compare(a.tradeId, b.tradeId)
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
