import { Decimal, type Intent, isTerminal, ONE, ZERO } from '@tidegate/trading-model'
import { sql } from 'kysely'
import type { WriteTx } from '../write.js'

export interface MovedReservation {
  readonly scope: string
  readonly window: string
  readonly from: bigint
  readonly to: bigint
}

/**
 * Brings an intent's reservations and their limit rows to what it still holds; returns what moved.
 *
 * Amounts of the window `open` follow `heldFraction`. Amounts counted per day stay while the order lives, and what it
 * consumed stays counted when it ends. A late surfacing takes back what was released, past the cap if need be: it is a fact.
 */
export async function adjustReservations(
  tx: WriteTx,
  intent: Intent,
  heldFraction: string,
): Promise<readonly MovedReservation[]> {
  return await moveReservations(tx, intent.intentId, ({ window, amount }) =>
    share(amount, window === 'open' ? heldFraction : countedFraction(intent)),
  )
}

/** Brings every reservation of an intent, and its limit row, to what `heldOf` says; returns what moved. */
export async function moveReservations(
  tx: WriteTx,
  intentId: string,
  heldOf: (row: { readonly scope: string; readonly window: string; readonly amount: bigint }) => bigint,
): Promise<readonly MovedReservation[]> {
  const rows = await tx.trx
    .selectFrom('reservations')
    .select(['scope', 'window_id', 'amount', 'remaining'])
    .where('intent_id', '=', intentId)
    .orderBy('scope')
    .orderBy('window_id')
    .execute()
  const moved: MovedReservation[] = []
  for (const row of rows) {
    const target = heldOf({ scope: row.scope, window: row.window_id, amount: row.amount })
    if (target === row.remaining) continue
    await tx.trx
      .updateTable('reservations')
      .set({ remaining: target })
      .where('intent_id', '=', intentId)
      .where('scope', '=', row.scope)
      .where('window_id', '=', row.window_id)
      .execute()
    await tx.trx
      .updateTable('limit_rows')
      .set({ used: sql<bigint>`used + ${target - row.remaining}`, updated_at_ms: BigInt(tx.nowMs) })
      .where('scope', '=', row.scope)
      .where('window_id', '=', row.window_id)
      .execute()
    moved.push({ scope: row.scope, window: row.window_id, from: row.remaining, to: target })
  }
  return moved
}

/** `amount × fraction`, rounded up to a whole unit. */
export function share(amount: bigint, fraction: Decimal | string): bigint {
  return BigInt(new Decimal(amount.toString()).mul(fraction).ceil().toFixed(0))
}

function countedFraction(intent: Intent): Decimal {
  if (!isTerminal(intent.state)) return ONE
  const { size } = intent.terms
  const consumed =
    size.kind === 'base'
      ? new Decimal(intent.filledSize).div(size.baseSize)
      : new Decimal(intent.filledValue).plus(intent.totalFees).div(size.quoteSize)
  return Decimal.max(ZERO, Decimal.min(ONE, consumed))
}
