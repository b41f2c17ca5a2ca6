import type { ApprovalRefusal, Intent, NewVerdict, VerdictResult } from '@tidegate/trading-model'
import type { JournalContext } from '../context.js'
import { loadIntent, type StoredIntent } from '../intents/store-intent.js'
import { transition } from '../intents/transition.js'
import type { ApprovalsTable } from '../sql/database.js'
import { type WriteTx, write } from '../write.js'
import { useFactor } from './use-factor.js'

type Refusal = Omit<Extract<VerdictResult, { kind: 'refused' }>, 'kind'>

/** Records a person's verdict and moves the intent in the same transaction: see {@link Journal.decideApproval}. */
export async function decideApproval(ctx: JournalContext, verdict: NewVerdict): Promise<VerdictResult> {
  return await write<VerdictResult>(ctx, async (tx) => {
    const request = await tx.trx
      .selectFrom('approvals')
      .selectAll()
      .where('intent_id', '=', verdict.intentId)
      .executeTakeFirst()
    if (!request) {
      return { kind: 'refused', why: 'unknown', reason: `No approval was asked for intent ${verdict.intentId}` }
    }
    const stored = await loadIntent(tx.trx, verdict.intentId)
    const refusal = whyRefused(request, stored.intent, verdict, tx.nowMs) ?? (await refusedByFactor(tx, verdict))
    if (refusal !== undefined) {
      const { why, reason } = refusal
      await tx.audit({
        actor: verdict.by,
        type: 'approval.refused',
        intentId: verdict.intentId,
        body: { decision: verdict.decision, why, reason },
      })
      return { kind: 'refused', ...refusal }
    }
    return { kind: 'recorded', intent: await decide(tx, stored, verdict) }
  })
}

function whyRefused(request: ApprovalsTable, intent: Intent, verdict: NewVerdict, nowMs: number): Refusal | undefined {
  const refuse = (why: ApprovalRefusal, reason: string): Refusal => ({ why, reason })
  if (isSamePerson(verdict.by, request.requested_by)) {
    return refuse('requester', `${verdict.by} asked for this order and cannot decide about it`)
  }
  if (request.decision !== null) {
    return refuse('decided', `This order was ${request.decision} before, by ${request.decided_by ?? '?'}`)
  }
  if (intent.state !== 'AWAITING_APPROVAL') return refuse('over', `This order no longer waits: it is ${intent.state}`)
  if (request.expires_at_ms <= BigInt(nowMs)) return refuse('expired', 'The time to decide is over')
  if (request.terms_hash !== verdict.termsHash || intent.termsHash !== verdict.termsHash) {
    return refuse('terms', 'The order that was shown is not the order that waits (terms hash differs)')
  }
  return undefined
}

/** Only an order that could be approved lets a code be tried. */
async function refusedByFactor(tx: WriteTx, verdict: NewVerdict): Promise<Refusal | undefined> {
  if (verdict.decision === 'denied') return undefined
  if (verdict.factor) return await useFactor(tx, verdict.by, verdict.factor)
  if (verdict.factorRequired !== true) return undefined
  return { why: 'code_missing', reason: `${verdict.by} approves with a code, and none came` }
}

/** Names differ by more than case and outer spaces, or they are one person. */
function isSamePerson(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase()
}

async function decide(tx: WriteTx, stored: StoredIntent, verdict: NewVerdict): Promise<Intent> {
  const { by, decision, reason = '' } = verdict
  await tx.trx
    .updateTable('approvals')
    .set({ decision, decided_by: by, decided_at_ms: BigInt(tx.nowMs), reason })
    .where('intent_id', '=', verdict.intentId)
    .where('decision', 'is', null)
    .execute()
  const event =
    decision === 'approved' ? ({ type: 'approved', by } as const) : ({ type: 'approval_denied', by, reason } as const)
  return await transition(tx, stored, event, {
    actor: by,
    note: { terms_hash: verdict.termsHash, reason, ...(usesFactor(verdict) ? { factor: 'totp' } : {}) },
  })
}

function usesFactor({ decision, factor }: NewVerdict): boolean {
  return decision === 'approved' && factor !== undefined
}
