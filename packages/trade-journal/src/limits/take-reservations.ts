import { InvariantError, type Reservation } from '@tidegate/trading-model'
import { type RawBuilder, sql } from 'kysely'
import type { WriteTx } from '../write.js'

const MAX_INT64 = 2n ** 63n - 1n

/**
 * Takes every reservation of an intent by one conditional update, its rows locked in a fixed order. Where a row has no room it
 * says which; the caller undoes the transaction.
 */
export async function takeReservations(
  tx: WriteTx,
  reservations: readonly Reservation[],
): Promise<{ readonly taken: readonly Reservation[] } | { readonly full: string }> {
  const claims = oneEach(reservations)
  // Who wants nothing more of a row is not hindered by it: it may be over its cap for other reasons.
  const left = await take(
    tx,
    claims.filter((claim) => claim.amount > 0n),
  )
  // Rows are there but for the first claim on them.
  const missing = [...left, ...claims.filter((claim) => claim.amount === 0n)]
  if (missing.length > 0) await makeRows(tx, missing)
  const [full] = await take(tx, left)
  if (full) return { full: `${full.scope} (${full.window}) has no room for ${full.amount} more under ${full.cap}` }
  return { taken: claims }
}

/** @returns The claims that found no row, or no room in it. */
async function take(tx: WriteTx, claims: readonly Reservation[]): Promise<readonly Reservation[]> {
  if (claims.length === 0) return []
  const { rows } = await sql<{ scope: string; window_id: string }>`
    with claims(scope, window_id, amount, cap) as (values ${sql.join(claims.map(claimRow))}),
    held as (
      select r.scope, r.window_id from limit_rows r join claims c on r.scope = c.scope and r.window_id = c.window_id
      order by r.scope, r.window_id ${tx.dialect === 'postgres' ? sql`for update of r` : sql``}
    )
    update limit_rows set used = limit_rows.used + claims.amount, cap = claims.cap, updated_at_ms = ${BigInt(tx.nowMs)}
    from claims join held on held.scope = claims.scope and held.window_id = claims.window_id
    where limit_rows.scope = claims.scope and limit_rows.window_id = claims.window_id
      and ${hasRoom}
    returning limit_rows.scope, limit_rows.window_id`.execute(tx.trx)
  return claims.filter(
    (claim) => !rows.some(({ scope, window_id }) => scope === claim.scope && window_id === claim.window),
  )
}

/** `used + amount <= cap`, written so that no sum can leave 64 bits. */
const hasRoom = sql`limit_rows.used <= claims.cap - claims.amount`

function claimRow({ scope, window, amount, cap }: Reservation): RawBuilder<unknown> {
  return sql`(${scope}, ${window}, cast(${amount} as bigint), cast(${cap} as bigint))`
}

async function makeRows(tx: WriteTx, claims: readonly Reservation[]): Promise<void> {
  await tx.trx
    .insertInto('limit_rows')
    .values(
      claims.map(({ scope, window, cap }) => ({
        scope,
        window_id: window,
        used: 0n,
        cap,
        updated_at_ms: BigInt(tx.nowMs),
      })),
    )
    .onConflict((conflict) => conflict.columns(['scope', 'window_id']).doNothing())
    .execute()
}

/** Writes down what an intent took, at the end of the transaction; its limit rows carry it already. */
export function insertReservations(
  tx: WriteTx,
  intentId: string,
  taken: readonly (Reservation & { readonly held?: bigint })[],
): void {
  if (taken.length === 0) return
  const rows = taken.map(({ scope, window, amount, unit, held = amount }) => {
    return { intent_id: intentId, scope, window_id: window, amount, remaining: held, unit }
  })
  tx.later(tx.trx.insertInto('reservations').values(rows))
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
