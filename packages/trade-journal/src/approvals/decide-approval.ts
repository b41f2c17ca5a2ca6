import type { Intent, Journal } from '@tidegate/trading-model'
import type { JournalContext } from '../context.js'
import { loadIntent, type StoredIntent } from '../intents/store-intent.js'
import { transition } from '../intents/transition.js'
import type { ApprovalsTable } from '../sql/database.js'
import { type WriteTx, write } from '../write.js'

export type ApprovalVerdict = Parameters<Journal['decideApproval']>[0]
export type DecideResult = Awaited<ReturnType<Journal['decideApproval']>>

/** Records a person's verdict and moves the intent in the same transaction: see {@link Journal.decideApproval}. */
export async function decideApproval(ctx: JournalContext, verdict: ApprovalVerdict): Promise<DecideResult> {
  return await write<DecideResult>(ctx, async (tx) => {
    const request = await tx.trx
      .selectFrom('approvals')
      .selectAll()
      .where('intent_id', '=', verdict.intentId)
      .executeTakeFirst()
    if (!request) return { kind: 'refused', reason: `No approval was asked for intent ${verdict.intentId}` }
    const stored = await loadIntent(tx.trx, verdict.intentId)
    const reason = whyRefused(request, stored.intent, verdict, tx.nowMs)
    if (reason !== undefined) {
      await tx.audit({
        actor: verdict.by,
        type: 'approval.refused',
        intentId: verdict.intentId,
        body: { decision: verdict.decision, reason },
      })
      return { kind: 'refused', reason }
    }
    return { kind: 'recorded', intent: await decide(tx, stored, verdict) }
  })
}

function whyRefused(
  request: ApprovalsTable,
  intent: Intent,
  verdict: ApprovalVerdict,
  nowMs: number,
): string | undefined {
  if (isSamePerson(verdict.by, request.requested_by)) {
    return `${verdict.by} asked for this order and cannot decide about it`
  }
  if (request.decision !== null) return `This order was ${request.decision} before, by ${request.decided_by ?? '?'}`
  if (intent.state !== 'AWAITING_APPROVAL') return `This order no longer waits: it is ${intent.state}`
  if (request.expires_at_ms <= BigInt(nowMs)) return 'The time to decide is over'
  if (request.terms_hash !== verdict.termsHash || intent.termsHash !== verdict.termsHash) {
    return 'The order that was shown is not the order that waits (terms hash differs)'
  }
  return undefined
}

/** Names differ by more than case and outer spaces, or they are one person. */
function isSamePerson(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase()
}

async function decide(tx: WriteTx, stored: StoredIntent, verdict: ApprovalVerdict): Promise<Intent> {
  const { by, decision, reason = '' } = verdict
  await tx.trx
    .updateTable('approvals')
    .set({ decision, decided_by: by, decided_at_ms: BigInt(tx.nowMs), reason })
    .where('intent_id', '=', verdict.intentId)
    .where('decision', 'is', null)
    .execute()
  const event =
    decision === 'approved' ? ({ type: 'approved', by } as const) : ({ type: 'approval_denied', by, reason } as const)
  return await transition(tx, stored, event, { actor: by, note: { terms_hash: verdict.termsHash, reason } })
}
