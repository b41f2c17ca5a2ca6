import type { Intent } from '@tidegate/trading-model'
import { z } from 'zod'
import { fromIntentRow } from '../codec/intent-row.js'
import type { JournalContext } from '../context.js'
import { read } from '../write.js'
import { isFenced } from './instances.js'
import { hasLapsed } from './leases.js'

/** Entries from before this was written down name none: what they tell of is withdrawn by its age. */
const recordedBy = z.object({ instance: z.string().optional() })

/**
 * Intents in RESERVED whose recording instance closed, was replaced, or let its lease run out: nobody will send them. Who recorded one
 * is in the audit entry of its ordinal.
 */
export async function listOrphans(ctx: JournalContext): Promise<readonly Intent[]> {
  return await read(ctx, async (trx) => {
    const nowMs = await ctx.engine.nowMs(trx)
    const rows = await trx
      .selectFrom('intents')
      .innerJoin('audit', 'audit.seq', 'intents.ordinal')
      .selectAll('intents')
      .select('audit.body')
      .where('intents.state', '=', 'RESERVED')
      .orderBy('intents.ordinal')
      .execute()
    const gone = new Map<string, boolean>()
    const orphans: Intent[] = []
    for (const { body, ...row } of rows) {
      const { instance } = recordedBy.parse(JSON.parse(body))
      if (instance === undefined || instance === ctx.instanceId) continue
      const isGone = gone.get(instance) ?? ((await isFenced(trx, instance)) || (await hasLapsed(trx, instance, nowMs)))
      gone.set(instance, isGone)
      if (isGone) orphans.push(fromIntentRow(row))
    }
    return orphans
  })
}
