import {
  type ApprovalRefusal,
  type ApprovalRow,
  type Intent,
  PermissionError,
  type Principal,
  type SecondFactor,
} from '@tidegate/trading-model'
import { isOperator } from '../check-permission.js'
import { DESK_ACTOR, type DeskContext, describeError } from '../context.js'
import { timeToLiveMs } from '../lifecycle/order-kind.js'
import { orderFields } from '../order-log.js'
import { reevaluate } from '../pipeline/reevaluate.js'
import type { Replacer } from '../pipeline/replace.js'
import type { Submitter } from '../pipeline/submitter.js'
import type { SnapshotDeps } from '../pipeline/take-snapshot.js'
import { waitFor } from '../wait-for.js'

export interface ApprovalVerdict {
  readonly principal: Principal
  readonly intentId: string
  readonly decision: 'approved' | 'denied'
  /** Of the terms that were read: the whole hash or at least its first {@link MIN_HASH_DIGITS} digits. Absent: whatever waits. */
  readonly termsHash?: string
  readonly reason?: string
  readonly factor?: SecondFactor
  /** An approval without a code, or without the hash of what was read, is refused. */
  readonly factorRequired?: boolean
}

/** Digits of a terms hash that are enough to say which order was read; it is bound to its intent anyway. */
export const MIN_HASH_DIGITS = 8

export type ApprovalAnswer =
  | { readonly ok: true; readonly intent: Intent }
  | {
      readonly ok: false
      readonly why: ApprovalRefusal
      readonly reason: string
      /** Ms since epoch: no code of this approver is looked at before. */
      readonly retryAtMs?: number
    }

export interface ApprovalDesk {
  /** @throws PermissionError unless the principal is an approver or admin. */
  decide(verdict: ApprovalVerdict): Promise<ApprovalAnswer>
  list(pendingOnly: boolean): Promise<readonly ApprovalRow[]>
  /** Sends what was approved, here or by another process, and ends what waited too long. */
  tick(): Promise<void>
}

export interface ApprovalDeps extends SnapshotDeps {
  readonly submitter: Submitter
  readonly replacer: Replacer
}

/**
 * A person's yes only lets an order through the door again: it is decided anew on fresh data, with its own reservations left out, and
 * goes only while every rule passes and the price is in the band that was shown.
 */
export function createApprovalDesk(deps: ApprovalDeps): ApprovalDesk {
  const { context, submitter } = deps
  const { journal, settings, clock, log } = context
  const sending = new Map<string, Promise<void>>()

  function send(intent: Intent): Promise<void> {
    const under = sending.get(intent.intentId)
    if (under) return under
    const work = sendApproved(deps, intent).finally(() => sending.delete(intent.intentId))
    sending.set(intent.intentId, work)
    context.background('approved_order_failed', work)
    return work
  }

  return {
    async decide({ principal, intentId, decision, reason, termsHash, factor, factorRequired = false }) {
      if (!isOperator(principal)) {
        throw new PermissionError(`${principal.name} has role ${principal.role}; approvals need an approver or admin`)
      }
      const intent = await journal.getIntent(intentId)
      if (!intent) return { ok: false, why: 'unknown', reason: `there is no order ${intentId}` }
      const mayBeUnread = decision === 'denied' || !factorRequired
      const recorded = await journal.decideApproval({
        intentId,
        termsHash: termsHash === undefined && mayBeUnread ? intent.termsHash : wholeHash(intent, termsHash ?? ''),
        decision,
        by: principal.name,
        ...(reason === undefined ? {} : { reason }),
        ...(factor === undefined ? {} : { factor }),
        factorRequired,
      })
      log.info('approval_decided', {
        ...orderFields(intent),
        decision,
        by: principal.name,
        recorded: recorded.kind === 'recorded',
        reason: recorded.kind === 'refused' ? recorded.reason : (reason ?? ''),
      })
      if (recorded.kind === 'refused') {
        const { why, reason: because, retryAtMs } = recorded
        return { ok: false, why, reason: because, ...(retryAtMs === undefined ? {} : { retryAtMs }) }
      }
      context.emit({ type: 'intent', intent: recorded.intent })
      if (decision === 'denied') return { ok: true, intent: recorded.intent }
      await waitFor(
        send(recorded.intent).catch(() => undefined),
        settings.waitMs,
        context.timers,
      )
      return { ok: true, intent: (await journal.getIntent(intentId)) ?? recorded.intent }
    },
    list: (pendingOnly) => journal.listApprovals({ pendingOnly }),
    async tick() {
      const waiting = await journal.listIntents({ states: ['AWAITING_APPROVAL', 'RESERVED'] })
      for (const intent of waiting) {
        const expired = clock.nowMs() >= (intent.approvalExpiresAtMs ?? Number.MAX_SAFE_INTEGER)
        if (intent.state === 'RESERVED') {
          if (intent.approvedBy !== undefined && !submitter.isRunning(intent.intentId))
            void send(intent).catch(() => {})
        } else if (expired) {
          await expire(context, intent, 'nobody decided in time')
        }
      }
    },
  }
}

/** What was read, as the journal compares it: a prefix that fits stands for the whole. */
function wholeHash({ termsHash }: Intent, read: string): string {
  return read.length >= MIN_HASH_DIGITS && termsHash.startsWith(read) ? termsHash : read
}

async function sendApproved(deps: ApprovalDeps, intent: Intent): Promise<void> {
  const { context, submitter } = deps
  const { clock, settings, log } = context
  const verdict = await reevaluate(deps, intent).catch((error: unknown) => ({
    kind: 'wait' as const,
    reason: describeError(error),
  }))
  const expired = clock.nowMs() >= (intent.approvalExpiresAtMs ?? 0)
  if (verdict.kind === 'stop' || expired) {
    await expire(
      context,
      intent,
      verdict.kind === 'go' ? 'the approval ran out before it could be sent' : verdict.reason,
    )
    return
  }
  if (verdict.kind === 'wait') {
    log.warn('approved_order_waits', { ...orderFields(intent), reason: verdict.reason })
    return
  }
  if (intent.kind === 'replace') {
    await deps.replacer.run(intent)
    return
  }
  await submitter.submit(intent, verdict.decidedAtMs + timeToLiveMs(intent.terms, settings))
}

async function expire(context: DeskContext, intent: Intent, reason: string): Promise<void> {
  const ended = await context.apply(intent.intentId, { type: 'approval_expired', reason }, DESK_ACTOR, {
    ignoreIllegal: true,
  })
  context.log.info('approval_expired', { ...orderFields(ended), state: ended.state, reason })
}
