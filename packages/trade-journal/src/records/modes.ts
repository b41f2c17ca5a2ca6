import { MODES, type Mode, type ModeRow, StoreError } from '@tidegate/trading-model'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { intColumn, readRow } from '../codec/read-row.js'
import type { JournalContext } from '../context.js'
import { type EarlierRow, earlierRow, type Wish } from '../intents/find-earlier.js'
import type { Database } from '../sql/database.js'
import { read, write } from '../write.js'

const modeRow = z.object({
  scope: z.string(),
  mode: z.enum(MODES),
  changed_by: z.string(),
  reason: z.string(),
  at_ms: intColumn,
})

/** Whom a mode can concern: an order on these products, by this principal. */
export interface Concerned {
  readonly productIds: readonly string[]
  readonly principal: string
}

/** The strictest of the modes of account, products and agent; ACTIVE where nothing is set. */
export function strictest(rows: readonly ModeRow[], { productIds, principal }: Concerned): Mode {
  const scopes = new Set(['account', `agent:${principal}`, ...productIds.map((id) => `product:${id}`)])
  const ranks = rows.filter((row) => scopes.has(row.scope)).map((row) => MODES.indexOf(row.mode))
  return MODES[Math.max(0, ...ranks)] ?? 'HALTED'
}

/** Does the mode forbid sending such an order? */
export function forbids(mode: Mode, reducesExposure: boolean): boolean {
  return mode === 'HALTED' || (mode === 'REDUCE_ONLY' && !reducesExposure)
}

/** Every mode that was ever set, by scope. */
export async function allModes(trx: Kysely<Database>): Promise<readonly ModeRow[]> {
  return (await trx.selectFrom('modes').selectAll().orderBy('scope').execute()).map(toMode)
}

/** Every mode, the count of releases and fills, and what a wish would repeat: one question, because each is a trip to the database. */
export async function modesAndEpoch(
  trx: Kysely<Database>,
  wish: Wish,
  nowMs: number,
): Promise<{ readonly modes: readonly ModeRow[]; readonly epoch: number; readonly earlier: EarlierRow | undefined }> {
  const rows = await trx
    .selectFrom('meta')
    .leftJoin('modes', (join) => join.onTrue())
    .leftJoin(earlierRow(trx, wish, nowMs).as('earlier'), (join) => join.onTrue())
    .select(['meta.release_epoch', 'earlier.earlier_id', 'earlier.earlier_hash', 'earlier.earlier_at_ms'])
    .select(['modes.scope', 'modes.mode', 'modes.changed_by', 'modes.reason', 'modes.at_ms'])
    .execute()
  const { release_epoch: epoch, earlier_id, earlier_hash, earlier_at_ms } = rows[0] ?? {}
  if (epoch === undefined) throw new StoreError('ERR_STORE_CORRUPT', 'The store has lost its identity')
  const earlier =
    earlier_id == null || earlier_hash == null || earlier_at_ms == null
      ? undefined
      : { earlier_id, earlier_hash, earlier_at_ms }
  return { modes: rows.filter((row) => row.scope !== null).map(toMode), epoch: Number(epoch), earlier }
}

function toMode(stored: object): ModeRow {
  const row = readRow(modeRow, stored, 'modes')
  return { scope: row.scope, mode: row.mode, by: row.changed_by, reason: row.reason, atMs: row.at_ms }
}

/** Every scope that was ever set. */
export async function modes(ctx: JournalContext): Promise<readonly ModeRow[]> {
  return (await read(ctx, allModes)).filter((row) => row.atMs > 0)
}

/** The row that stands for the account from the beginning, set by nobody: where several gateways work, it is what they lock. */
export const accountMode = { scope: 'account', mode: 'ACTIVE', changed_by: 'journal', reason: '', at_ms: 0n } as const

/** Sets a mode; from the commit on, no transaction 2 passes against it. */
export async function setMode(ctx: JournalContext, change: Omit<ModeRow, 'atMs'>): Promise<ModeRow> {
  return await write(ctx, async (tx) => {
    const before = (await allModes(tx.trx)).find((row) => row.scope === change.scope)
    const values = { mode: change.mode, changed_by: change.by, reason: change.reason, at_ms: BigInt(tx.nowMs) }
    await tx.trx
      .insertInto('modes')
      .values({ scope: change.scope, ...values })
      .onConflict((conflict) => conflict.column('scope').doUpdateSet(values))
      .execute()
    await tx.audit({
      actor: change.by,
      type: 'mode.set',
      body: { scope: change.scope, from: before?.mode ?? 'ACTIVE', to: change.mode, reason: change.reason },
    })
    return { ...change, atMs: tx.nowMs }
  })
}
