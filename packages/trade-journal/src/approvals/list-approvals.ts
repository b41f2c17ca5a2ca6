import type { ApprovalRow } from '@tidegate/trading-model'
import { z } from 'zod'
import { fromIntentRow } from '../codec/intent-row.js'
import { intColumn, present, readRow } from '../codec/read-row.js'
import type { JournalContext } from '../context.js'
import { read } from '../write.js'

const approvalRow = z.object({
  requested_at_ms: intColumn,
  expires_at_ms: intColumn,
  decision: z.enum(['approved', 'denied']).nullable(),
  decided_by: z.string().nullable(),
})

/** Requests newest first. Pending: the intent still waits, also when its time is over and nobody has swept it yet. */
export async function listApprovals(
  ctx: JournalContext,
  filter: { readonly pendingOnly?: boolean } = {},
): Promise<readonly ApprovalRow[]> {
  const rows = await read(ctx, async (trx) => {
    let query = trx
      .selectFrom('approvals')
      .innerJoin('intents', 'intents.intent_id', 'approvals.intent_id')
      .selectAll('intents')
      .select(['approvals.requested_at_ms', 'approvals.expires_at_ms', 'approvals.decision', 'approvals.decided_by'])
      .orderBy('approvals.requested_at_ms', 'desc')
      .orderBy('intents.ordinal', 'desc')
    if (filter.pendingOnly) query = query.where('intents.state', '=', 'AWAITING_APPROVAL')
    return await query.execute()
  })
  return rows.map((row) => {
    const approval = readRow(approvalRow, row, 'approvals')
    return {
      intent: fromIntentRow(row),
      requestedAtMs: approval.requested_at_ms,
      expiresAtMs: approval.expires_at_ms,
      ...present({ decision: approval.decision, decidedBy: approval.decided_by }),
    }
  })
}
