import { InvariantError, type Reservation } from '@tidegate/trading-model'
import { sql } from 'kysely'
import type { WriteTx } from '../write.js'

const MAX_INT64 = 2n ** 63n - 1n

/**
 * Takes every reservation of an intent by conditional update, in a fixed order. On the first row without room it stops
 * and says which; the caller undoes the transaction.
 */
export async function takeReservations(
  tx: WriteTx,
  reservations: readonly Reservation[],
): Promise<{ readonly taken: readonly Reservation[] } | { readonly full: string }> {
  const taken = oneEach(reservations)
  for (const { scope, window, amount, cap } of taken) {
    await tx.trx
      .insertInto('limit_rows')
      .values({ scope, window_id: window, used: 0n, cap, updated_at_ms: BigInt(tx.nowMs) })
      .onConflict((conflict) => conflict.columns(['scope', 'window_id']).doNothing())
      .execute()
    // Nothing more is wanted of it: a row that is over its cap for other reasons is no obstacle.
    if (amount === 0n) continue
    const { numUpdatedRows } = await tx.trx
      .updateTable('limit_rows')
      .set({ used: sql<bigint>`used + ${amount}`, cap, updated_at_ms: BigInt(tx.nowMs) })
      .where('scope', '=', scope)
      .where('window_id', '=', window)
      // `used + amount <= cap`, written so that no sum can leave 64 bits.
      .where('used', '<=', cap - amount)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows !== 1n) return { full: `${scope} (${window}) has no room for ${amount} more under ${cap}` }
  }
  return { taken }
}

/** Writes down what an intent took; its limit rows carry it already. */
export async function insertReservations(
  tx: WriteTx,
  intentId: string,
  taken: readonly (Reservation & { readonly held?: bigint })[],
): Promise<void> {
  for (const { scope, window, amount, unit, held = amount } of taken) {
    await tx.trx
      .insertInto('reservations')
      .values({ intent_id: intentId, scope, window_id: window, amount, remaining: held, unit })
      .execute()
  }
}

/** One claim per limit row, sorted, so that two transactions never wait for each other crosswise. */
export function oneEach(reservations: readonly Reservation[]): readonly Reservation[] {
  const byRow = new Map<string, Reservation>()
  for (const claim of reservations) {
    if (claim.amount < 0n || claim.cap < 0n) throw new InvariantError(`Reservation of ${claim.scope} is negative`)
    const row = JSON.stringify([claim.scope, claim.window])
    const before = byRow.get(row)
    const amount = claim.amount + (before?.amount ?? 0n)
    const cap = least(claim.cap, before?.cap ?? MAX_INT64)
    byRow.set(row, { ...claim, amount: least(amount, MAX_INT64), cap: least(cap, MAX_INT64 - 1n) })
  }
  return [...byRow].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, claim]) => claim)
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
