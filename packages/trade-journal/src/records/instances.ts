import type { Kysely } from 'kysely'
import type { Database } from '../sql/database.js'
import type { WriteTx } from '../write.js'

/**
 * Registers an opened journal. With `fenceOthers` every earlier instance loses the right to submit, also one that was
 * stopped and wakes up later.
 */
export async function registerInstance(
  tx: WriteTx,
  instance: { readonly instanceId: string; readonly hostId: string; readonly fenceOthers: boolean },
): Promise<void> {
  const last = await tx.trx.selectFrom('instances').select('epoch').orderBy('epoch', 'desc').limit(1).executeTakeFirst()
  if (instance.fenceOthers) {
    await tx.trx
      .updateTable('instances')
      .set({ fenced_by: instance.instanceId })
      .where('fenced_by', 'is', null)
      .where('closed_at_ms', 'is', null)
      .execute()
  }
  const epoch = (last?.epoch ?? 0n) + 1n
  await tx.trx
    .insertInto('instances')
    .values({
      instance_id: instance.instanceId,
      host_id: instance.hostId,
      epoch,
      started_at_ms: BigInt(tx.nowMs),
    })
    .execute()
  await tx.audit({
    actor: 'journal',
    type: 'journal.opened',
    body: { instance: instance.instanceId, epoch, fences_others: instance.fenceOthers },
  })
}

/** True when the instance was closed, replaced, or is none of ours. */
export async function isFenced(trx: Kysely<Database>, instanceId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('instances')
    .select(['fenced_by', 'closed_at_ms'])
    .where('instance_id', '=', instanceId)
    .executeTakeFirst()
  return row === undefined || row.fenced_by !== null || row.closed_at_ms !== null
}

/** Marks an instance as closed by itself, so that nobody waits for it. */
export async function closeInstance(tx: WriteTx, instanceId: string): Promise<void> {
  await tx.trx
    .updateTable('instances')
    .set({ closed_at_ms: BigInt(tx.nowMs) })
    .where('instance_id', '=', instanceId)
    .execute()
  await tx.audit({ actor: 'journal', type: 'journal.closed', body: { instance: instanceId } })
}
