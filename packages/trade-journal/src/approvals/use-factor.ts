import { type FactorRow, type FactorVerdict, judgeFactor, type SecondFactor } from '@tidegate/trading-model'
import { z } from 'zod'
import { intColumn, present, readRow } from '../codec/read-row.js'
import type { WriteTx } from '../write.js'

const factorRow = z.object({ last_step: intColumn, failures: intColumn, locked_until_ms: intColumn.nullable() })

/** What has to be locked to judge codes of an approver. */
export function factorScope(approver: string): string {
  return `approver:${keyOf(approver)}`
}

/** Judges a code by the store's clock and keeps what follows from it: the step it used up, or the wrong try. */
export async function useFactor(
  tx: WriteTx,
  approver: string,
  factor: SecondFactor,
): Promise<Omit<Extract<FactorVerdict, { ok: false }>, 'ok' | 'row'> | undefined> {
  const principal = keyOf(approver)
  const found = await tx.trx.selectFrom('totp_steps').selectAll().where('principal', '=', principal).executeTakeFirst()
  const verdict = judgeFactor(found && fromRow(found), factor, tx.nowMs)
  const columns = toRow(verdict.row)
  await tx.trx
    .insertInto('totp_steps')
    .values({ principal, ...columns })
    .onConflict((conflict) => conflict.column('principal').doUpdateSet(columns))
    .execute()
  if (verdict.ok) return undefined
  const { why, reason, retryAtMs } = verdict
  return { why, reason, ...(retryAtMs === undefined ? {} : { retryAtMs }) }
}

/** Names that differ by case and outer spaces only are one person. */
function keyOf(approver: string): string {
  return approver.trim().toLowerCase()
}

function fromRow(row: unknown): FactorRow {
  const { last_step: lastStep, failures, locked_until_ms: lockedUntilMs } = readRow(factorRow, row, 'totp_steps')
  return { lastStep, failures, ...present({ lockedUntilMs }) }
}

function toRow({ lastStep, failures, lockedUntilMs }: FactorRow): {
  last_step: bigint
  failures: bigint
  locked_until_ms: bigint | null
} {
  return {
    last_step: BigInt(lastStep),
    failures: BigInt(failures),
    locked_until_ms: lockedUntilMs === undefined ? null : BigInt(lockedUntilMs),
  }
}
