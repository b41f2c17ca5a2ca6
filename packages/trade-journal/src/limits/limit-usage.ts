import type { LimitUsage, OrderRate } from '@tidegate/trading-model'
import type { JournalContext } from '../context.js'
import { read } from '../write.js'
import { countRate } from './count-rate.js'
import { releaseEpoch } from './release-epoch.js'

const dayMs = 86_400_000

/** Every limit row that can still matter (open, or of the last two days), the release epoch and the order counts, of one moment. */
export async function limitUsage(ctx: JournalContext, rates: readonly OrderRate[]): Promise<LimitUsage> {
  return await read(ctx, async (trx) => {
    const nowMs = await ctx.engine.nowMs(trx)
    const firstDay = new Date(nowMs - 2 * dayMs).toISOString().slice(0, 10)
    const rows = await trx
      .selectFrom('limit_rows')
      .select(['scope', 'window_id', 'used'])
      .where((e) => e.or([e('window_id', '=', 'open'), e('window_id', '>=', firstDay)]))
      .orderBy('scope')
      .orderBy('window_id')
      .execute()
    const recent: { scope: string; count: number; oldestAtMs?: number }[] = []
    for (const rate of rates) recent.push({ scope: rate.scope, ...(await countRate(trx, rate, nowMs)) })
    return {
      nowMs,
      rows: rows.map((row) => ({ scope: row.scope, window: row.window_id, used: row.used })),
      releaseEpoch: await releaseEpoch(trx),
      recent,
    }
  })
}
