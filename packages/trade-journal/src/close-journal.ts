import type { JournalContext } from './context.js'
import { closeInstance } from './records/instances.js'
import { exportHead, rememberExport, writeEvenClosing } from './write.js'

/** Lets running transactions end, gives up the right to submit, signs the last head outside, closes the file. Once. */
export async function closeJournal(ctx: JournalContext): Promise<void> {
  if (ctx.status.phase !== 'open') return
  ctx.status.phase = 'closing'
  try {
    await writeEvenClosing(ctx, async (tx) => await closeInstance(tx, ctx.instanceId))
    const row = await ctx.db.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow()
    const { hash, signature } = row
    const head = { storeId: ctx.storeId, seq: Number(row.seq), hash, exportedSeq: Number(row.exported_seq), signature }
    if (head.seq > ctx.heads.exportedSeq()) exportHead(ctx, head)
    await rememberExport(ctx)
  } finally {
    ctx.status.phase = 'closed'
    ctx.heads.close()
    await ctx.engine.close()
  }
}
