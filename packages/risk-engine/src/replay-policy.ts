import type { DenialCode, OrderTerms } from '@tidegate/trading-model'
import type { RiskDecision } from './decision.js'
import { evaluateOrder } from './evaluate-order.js'
import type { Policy } from './policy.js'
import type { RiskSnapshot } from './snapshot.js'

/** A verdict without its numbers: what is compared between two policies. */
export interface Verdict {
  readonly kind: 'approved' | 'denied'
  /** Each code once, sorted; empty when approved. */
  readonly codes: readonly DenialCode[]
  /** False when denied. */
  readonly needsApproval: boolean
}

export interface ReplayInput {
  readonly intentId: string
  readonly snapshot: RiskSnapshot
  readonly terms: OrderTerms
  /** What was decided then. */
  readonly verdict: Verdict
}

export interface ReplayChange {
  readonly intentId: string
  readonly before: Verdict
  readonly after: Verdict
  /** Codes that refuse now and did not then. */
  readonly added: readonly DenialCode[]
  /** Codes that refused then and do not now. */
  readonly removed: readonly DenialCode[]
  /** Sentences of the added codes. */
  readonly reasons: readonly string[]
}

export interface ReplayReport {
  readonly policyVersion: string
  readonly evaluated: number
  readonly unchanged: number
  readonly nowDenied: number
  readonly nowApproved: number
  /** Approved both times, but now a person has to confirm. */
  readonly nowNeedsApproval: number
  readonly changes: readonly ReplayChange[]
}

/** Reduces a decision to what {@link replayPolicy} compares. */
export function verdictOf(decision: RiskDecision): Verdict {
  return decision.kind === 'approved'
    ? { kind: 'approved', codes: [], needsApproval: decision.order.needsApproval }
    : { kind: 'denied', codes: codesOf(decision), needsApproval: false }
}

/**
 * Decides recorded orders again under another policy.
 *
 * > [!NOTE]
 * > It shows what would have been stopped, order by order, on the snapshot of that moment. It does not follow the consequences: an
 * > order stopped early would have left more room for later ones. It says nothing about what would have been earned.
 */
export function replayPolicy(policy: Policy, inputs: readonly ReplayInput[]): ReplayReport {
  const changes = inputs.flatMap((input) => changeOf(policy, input))
  const count = (test: (change: ReplayChange) => boolean): number => changes.filter(test).length
  return {
    policyVersion: policy.version,
    evaluated: inputs.length,
    unchanged: inputs.length - changes.length,
    nowDenied: count(({ before, after }) => before.kind === 'approved' && after.kind === 'denied'),
    nowApproved: count(({ before, after }) => before.kind === 'denied' && after.kind === 'approved'),
    nowNeedsApproval: count(
      ({ before, after }) => before.kind === 'approved' && !before.needsApproval && after.needsApproval,
    ),
    changes,
  }
}

function changeOf(
  policy: Policy,
  { intentId, snapshot, terms, verdict: before }: ReplayInput,
): readonly ReplayChange[] {
  const decision = evaluateOrder(policy, snapshot, terms)
  const after = verdictOf(decision)
  const added = after.codes.filter((code) => !before.codes.includes(code))
  const removed = before.codes.filter((code) => !after.codes.includes(code))
  const isSame =
    before.kind === after.kind && before.needsApproval === after.needsApproval && added.length + removed.length === 0
  if (isSame) return []
  const denials = decision.kind === 'denied' ? decision.denials : []
  const reasons = denials.filter((denial) => added.includes(denial.code)).map((denial) => denial.message)
  return [{ intentId, before, after, added, removed, reasons }]
}

function codesOf(decision: Extract<RiskDecision, { kind: 'denied' }>): readonly DenialCode[] {
  return [...new Set(decision.denials.map((denial) => denial.code))].sort()
}
