import type { Kysely } from 'kysely'
import type { JournalContext } from '../context.js'
import type { Database } from '../sql/database.js'
import { write } from '../write.js'
import { isFenced } from './instances.js'

/**
 * Takes a lease for this instance or renews it, by the store's clock: see {@link Journal.takeLease}. A change of hands is in the
 * audit log, a renewal is not.
 */
export async function takeLease(ctx: JournalContext, name: string, forMs: number): Promise<boolean> {
  return await write(ctx, async (tx) => {
    const { trx, nowMs } = tx
    if (await isFenced(trx, ctx.instanceId)) return false
    const before = await trx.selectFrom('leases').select('instance_id').where('name', '=', name).executeTakeFirst()
    // Who closed, or was replaced, holds nothing any more.
    const gone = before && (await isFenced(trx, before.instance_id)) ? before.instance_id : ctx.instanceId
    const { epoch } = await trx
      .selectFrom('instances')
      .select('epoch')
      .where('instance_id', '=', ctx.instanceId)
      .executeTakeFirstOrThrow()
    const values = { instance_id: ctx.instanceId, epoch, until_ms: BigInt(nowMs + forMs) }
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('leases')
      .values({ name, ...values })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet(values)
          .where((e) =>
            e.or([e('leases.instance_id', 'in', [ctx.instanceId, gone]), e('leases.until_ms', '<=', BigInt(nowMs))]),
          ),
      )
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows !== 1n) return false
    if (before?.instance_id !== ctx.instanceId) {
      await tx.audit({ actor: 'journal', type: 'lease.taken', body: { name, instance: ctx.instanceId, epoch } })
    }
    return true
  })
}

/** The lease by which an instance says that it is alive; who never took one is not asked for it. */
export function instanceLease(instanceId: string): string {
  return `instance:${instanceId}`
}

/** True when the instance once held the lease of its name and let it run out. */
export async function hasLapsed(trx: Kysely<Database>, instanceId: string, nowMs: number): Promise<boolean> {
  const lease = await trx
    .selectFrom('leases')
    .select('until_ms')
    .where('name', '=', instanceLease(instanceId))
    .executeTakeFirst()
  return lease !== undefined && lease.until_ms <= BigInt(nowMs)
}
