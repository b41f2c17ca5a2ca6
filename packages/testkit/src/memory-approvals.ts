import type { ApprovalRow, IntentEvent, Journal } from '@tidegate/trading-model'
import type { MemoryStore } from './memory-store.js'

/** Approvals of the memory journal: bound to the exact order, single use, by somebody else, before they expire. */
export function approvalsOf(store: MemoryStore): Pick<Journal, 'decideApproval' | 'listApprovals'> {
  const { approvals, change, clock, intents, must, transaction } = store
  return {
    decideApproval: (verdict) =>
      transaction('decideApproval', () => {
        const intent = intents.get(verdict.intentId)
        const refused = (reason: string) => ({ kind: 'refused' as const, reason })
        const approval = approvals.get(verdict.intentId)
        if (!intent || !approval) return refused('no approval was asked for this intent')
        if (intent.termsHash !== verdict.termsHash) return refused('the order is not the one that was shown')
        if (approval.decision) return refused(`decided before: ${approval.decision} by ${approval.decidedBy}`)
        if (verdict.by === intent.principal) return refused('the requester cannot decide on its own order')
        if (intent.state !== 'AWAITING_APPROVAL') return refused(`the intent is ${intent.state}`)
        if (clock.nowMs() >= (intent.approvalExpiresAtMs ?? 0)) return refused('the time to approve has passed')
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
