import type { Intent } from '@tidegate/trading-model'
import type { WriteTx } from '../write.js'

/** Uses an approval up; false when there is none that is approved, unexpired, unused and for exactly these terms. */
export async function useApproval(tx: WriteTx, intent: Intent): Promise<boolean> {
  const { numUpdatedRows } = await tx.trx
    .updateTable('approvals')
    .set({ consumed_at_ms: BigInt(tx.nowMs) })
    .where('intent_id', '=', intent.intentId)
    .where('decision', '=', 'approved')
    .where('consumed_at_ms', 'is', null)
    .where('expires_at_ms', '>', BigInt(tx.nowMs))
    .where('terms_hash', '=', intent.termsHash)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** The order surely never left, so its approval was not used; it still expires when it would have. */
export async function giveBackApproval(tx: WriteTx, intent: Intent): Promise<void> {
  await tx.trx.updateTable('approvals').set({ consumed_at_ms: null }).where('intent_id', '=', intent.intentId).execute()
}
