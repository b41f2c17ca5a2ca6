import { heldByChange, type Intent, type Reservation } from '@tidegate/trading-model'
import { sql } from 'kysely'
import type { WriteTx } from '../write.js'
import { type MovedReservation, moveReservations, share } from './adjust-reservations.js'
import { oneEach, takeReservations } from './take-reservations.js'

/** A claim with the part of it that counts against its row now. */
export type HeldClaim = Reservation & { readonly held: bigint }

/** Takes for a new change what its claims exceed those of its target by; stops at the first row without room. */
export async function takeBesideTarget(
  tx: WriteTx,
  change: Intent,
  target: Intent,
  reservations: readonly Reservation[],
): Promise<{ readonly taken: readonly HeldClaim[] } | { readonly full: string }> {
  const targetHeld = await heldByRow(tx, target.intentId)
  const claims = oneEach(reservations).map((claim) => ({
    ...claim,
    held: heldByChange(change, target, { ...claim, targetHeld: targetHeld(claim.scope, claim.window) }),
  }))
  const result = await takeReservations(
    tx,
    claims.map((claim) => ({ ...claim, amount: claim.held })),
  )
  return 'full' in result ? result : { taken: claims }
}

/** Brings what an open change holds to what its target leaves; returns what moved. */
export async function holdBesideTarget(
  tx: WriteTx,
  change: Intent,
  target: Intent,
): Promise<readonly MovedReservation[]> {
  const targetHeld = await heldByRow(tx, target.intentId)
  return await moveReservations(tx, change.intentId, ({ scope, window, amount }) =>
    heldByChange(change, target, { window, amount, targetHeld: targetHeld(scope, window) }),
  )
}

/**
 * Gives the target the claims of the edit that came true. Amount and held part change in one statement, because the one may never
 * exceed the other.
 */
export async function handOverReservations(
  tx: WriteTx,
  editIntentId: string,
  targetIntentId: string,
  heldFraction: string,
): Promise<readonly MovedReservation[]> {
  const claims = await tx.trx
    .selectFrom('reservations')
    .selectAll()
    .where('intent_id', '=', editIntentId)
    .orderBy('scope')
    .orderBy('window_id')
    .execute()
  const before = await heldByRow(tx, targetIntentId)
  const moved: MovedReservation[] = []
  for (const { scope, window_id, amount, unit } of claims) {
    const from = before(scope, window_id)
    const to = window_id === 'open' ? share(amount, heldFraction) : amount
    await tx.trx
      .insertInto('reservations')
      .values({ intent_id: targetIntentId, scope, window_id, amount, remaining: to, unit })
      .onConflict((conflict) =>
        conflict.columns(['intent_id', 'scope', 'window_id']).doUpdateSet({ amount, remaining: to }),
      )
      .execute()
    await tx.trx
      .updateTable('limit_rows')
      .set({ used: sql<bigint>`used + ${to - from}`, updated_at_ms: BigInt(tx.nowMs) })
      .where('scope', '=', scope)
      .where('window_id', '=', window_id)
      .execute()
    if (from !== to) moved.push({ scope, window: window_id, from, to })
  }
  return moved
}

async function heldByRow(tx: WriteTx, intentId: string): Promise<(scope: string, window: string) => bigint> {
  const rows = await tx.trx
    .selectFrom('reservations')
    .select(['scope', 'window_id', 'remaining'])
    .where('intent_id', '=', intentId)
    .execute()
  return (scope, window) => rows.find((row) => row.scope === scope && row.window_id === window)?.remaining ?? 0n
}
