import {
  type ApprovalRefusal,
  type ApprovalRow,
  type IntentEvent,
  type Journal,
  judgeFactor,
  type VerdictResult,
} from '@tidegate/trading-model'
import type { MemoryStore } from './memory-store.js'

/** Approvals of the memory journal: bound to the exact order, single use, by somebody else, before they expire. */
export function approvalsOf(store: MemoryStore): Pick<Journal, 'decideApproval' | 'listApprovals'> {
  const { approvals, chain, change, clock, factors, intents, must, transaction } = store
  return {
    decideApproval: (verdict) =>
      transaction('decideApproval', () => {
        const intent = intents.get(verdict.intentId)
        const approval = approvals.get(verdict.intentId)
        if (!intent || !approval) {
          return { kind: 'refused' as const, why: 'unknown' as const, reason: 'no approval was asked for this intent' }
        }
        const refused = (why: ApprovalRefusal, reason: string, retryAtMs?: number): VerdictResult => {
          chain(verdict.by, 'approval.refused', { decision: verdict.decision, why, reason }, verdict.intentId)
          return { kind: 'refused', why, reason, ...(retryAtMs === undefined ? {} : { retryAtMs }) }
        }
        if (nameKey(verdict.by) === nameKey(intent.principal)) {
          return refused('requester', 'the requester cannot decide on its own order')
        }
        if (approval.decision)
          return refused('decided', `decided before: ${approval.decision} by ${approval.decidedBy}`)
        if (intent.state !== 'AWAITING_APPROVAL') return refused('over', `the intent is ${intent.state}`)
        if (clock.nowMs() >= (intent.approvalExpiresAtMs ?? 0)) {
          return refused('expired', 'the time to approve has passed')
        }
        if (intent.termsHash !== verdict.termsHash) return refused('terms', 'the order is not the one that was shown')
        if (verdict.decision === 'approved' && verdict.factor) {
          const judged = judgeFactor(factors.get(nameKey(verdict.by)), verdict.factor, clock.nowMs())
          factors.set(nameKey(verdict.by), judged.row)
          if (!judged.ok) return refused(judged.why, judged.reason, judged.retryAtMs)
        } else if (verdict.decision === 'approved' && verdict.factorRequired) {
          return refused('code_missing', 'an approval needs a code')
        }
        approval.decision = verdict.decision
        approval.decidedBy = verdict.by
        const event: IntentEvent =
          verdict.decision === 'approved'
            ? { type: 'approved', by: verdict.by }
            : { type: 'approval_denied', by: verdict.by, reason: verdict.reason ?? 'denied' }
        return { kind: 'recorded' as const, intent: change(verdict.intentId, event, verdict.by, false) }
      }),

    listApprovals: (filter) =>
      transaction('listApprovals', () =>
        [...approvals]
          .map(([intentId, approval]): ApprovalRow => {
            const intent = must(intentId)
            return { intent, expiresAtMs: intent.approvalExpiresAtMs ?? 0, ...approval }
          })
          .filter((row) => !filter?.pendingOnly || row.intent.state === 'AWAITING_APPROVAL'),
      ),
  }
}

/** Names that differ by case and outer spaces only are one person. */
export function nameKey(name: string): string {
  return name.trim().toLowerCase()
}
