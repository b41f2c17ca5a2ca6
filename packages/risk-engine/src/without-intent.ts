import type { Reservation } from '@tidegate/trading-model'
import type { RecentFacts, RecentOrder, RiskSnapshot } from './snapshot.js'

/**
 * The snapshot as if one intent had never been recorded. An order that waited for approval, or was found at start, is evaluated again
 * before it may leave; its own reservations and its own place in the order rate must not count against it.
 *
 * @param reservations - What the intent still holds. For an intent that was never sent that is what {@link reservationsFor} gives for
 * its stored decision input.
 */
export function withoutIntent(
  snapshot: RiskSnapshot,
  intentId: string,
  reservations: readonly Pick<Reservation, 'scope' | 'window' | 'amount'>[],
): RiskSnapshot {
  const intent = snapshot.openIntents.find((open) => open.intentId === intentId)
  const isRecent = intent !== undefined && snapshot.nowMs - intent.createdAtMs < 60_000
  const ownScopes = ['account', `agent:${intent?.principal ?? ''}`, `product:${snapshot.bookProductId}`]
  return {
    ...snapshot,
    openIntents: snapshot.openIntents.filter((open) => open.intentId !== intentId),
    ...(typeof snapshot.recent === 'object' ? { recent: withoutOrder(snapshot.recent, intentId) } : {}),
    usage: {
      ...snapshot.usage,
      rows: snapshot.usage.rows.map((row) => {
        const own = reservations
          .filter(({ scope, window }) => scope === row.scope && window === row.window)
          .reduce((sum, { amount }) => sum + amount, 0n)
        return { ...row, used: row.used > own ? row.used - own : 0n }
      }),
      recent: snapshot.usage.recent.map((row) =>
        isRecent && ownScopes.includes(row.scope) && row.count > 0 ? { ...row, count: row.count - 1 } : row,
      ),
    },
  }
}

function withoutOrder(recent: RecentFacts, intentId: string): RecentFacts {
  const others = (orders: readonly RecentOrder[] | undefined) => orders?.filter((order) => order.intentId !== intentId)
  return { ...recent, sameOrders: others(recent.sameOrders), entries: others(recent.entries) }
}
