import type { Fill, Journal } from '@tidegate/trading-model'
import { fromFillRow, toFillRow } from '../codec/fill-row.js'
import type { JournalContext } from '../context.js'
import { bumpReleaseEpoch } from '../limits/release-epoch.js'
import { read, type WriteTx, write } from '../write.js'

type FillQuery = NonNullable<Parameters<Journal['listFills']>[0]>

/** Keeps what is new by (orderId, tradeId): see {@link Journal.recordFills}. */
export async function recordFills(ctx: JournalContext, fills: readonly Fill[]): Promise<readonly Fill[]> {
  if (fills.length === 0) return []
  return await write(ctx, async (tx) => {
    const fresh: Fill[] = []
    for (const fill of fills) {
      if (await insertFill(tx, fill)) fresh.push(fill)
      else await noticeChange(ctx, tx, fill)
    }
    if (fresh.length === 0) return fresh
    await bumpReleaseEpoch(tx)
    await tx.audit({ actor: 'venue', type: 'fills.recorded', body: { fills: fresh } })
    return fresh
  })
}

async function insertFill(tx: WriteTx, fill: Fill): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx.trx
    .insertInto('fills')
    .values(toFillRow(fill, tx.nowMs))
    .onConflict((conflict) => conflict.columns(['order_id', 'trade_id']).doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** A fill never changes; a venue that tells another story about one is worth a line in the log. */
async function noticeChange(ctx: JournalContext, tx: WriteTx, fill: Fill): Promise<void> {
  const row = toFillRow(fill, tx.nowMs)
  const kept = await tx.trx
    .selectFrom('fills')
    .select(['price', 'base_size', 'fee'])
    .where('order_id', '=', fill.orderId)
    .where('trade_id', '=', fill.tradeId)
    .executeTakeFirstOrThrow()
  if (kept.price === row.price && kept.base_size === row.base_size && kept.fee === row.fee) return
  ctx.log.warn('fill_retold_differently', {
    orderId: fill.orderId,
    tradeId: fill.tradeId,
    kept,
    told: { price: row.price, base_size: row.base_size, fee: row.fee },
  })
}

/** Fills oldest first; `sinceMs` is inclusive, `untilMs` is not. */
export async function listFills(ctx: JournalContext, query: FillQuery = {}): Promise<readonly Fill[]> {
  const rows = await read(ctx, async (trx) => {
    let select = trx
      .selectFrom('fills')
      .selectAll()
      .orderBy('traded_at_ms')
      .orderBy('sequence_at_ms')
      .orderBy('order_id')
      .orderBy('trade_id')
    if (query.productId !== undefined) select = select.where('product_id', '=', query.productId)
    if (query.orderId !== undefined) select = select.where('order_id', '=', query.orderId)
    if (query.sinceMs !== undefined) select = select.where('traded_at_ms', '>=', BigInt(query.sinceMs))
    if (query.untilMs !== undefined) select = select.where('traded_at_ms', '<', BigInt(query.untilMs))
    return await select.execute()
  })
  return rows.map(fromFillRow)
}
