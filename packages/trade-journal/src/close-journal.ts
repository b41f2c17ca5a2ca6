import { exportNewestHead } from './audit/export-newest.js'
import type { JournalContext } from './context.js'
import { closeInstance } from './records/instances.js'
import { rememberExport, writeEvenClosing } from './write.js'

/** Lets running transactions end, gives up the right to submit, signs the last head outside, closes the file. Once. */
export async function closeJournal(ctx: JournalContext): Promise<void> {
  if (ctx.status.phase !== 'open') return
  ctx.status.phase = 'closing'
  try {
    await writeEvenClosing(ctx, async (tx) => await closeInstance(tx, ctx.instanceId))
    await exportNewestHead(ctx)
    await rememberExport(ctx)
  } finally {
    ctx.status.phase = 'closed'
    ctx.heads.close()
    await ctx.engine.close()
  }
}
