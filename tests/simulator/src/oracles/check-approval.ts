import type { Bench } from './judge.js'
import type { ShadowIntent } from './shadow.js'

/** A person decides: not whoever asked (I10). */
export function checkVerdict({ blame }: Bench, { intent, approval }: ShadowIntent): void {
  if (approval?.by === intent.principal) blame('I10', `${approval.by} decided about its own intent ${intent.intentId}`)
}

/** An order that needs a person left with one: approved, by another, in time, for these terms (I10). */
export function checkApproval({ blame, world, policy }: Bench, { intent, first, approval, order }: ShadowIntent): void {
  const isLarge = order !== undefined && policy.requireConfirmationAboveUsd.lt(order.worstNotionalUsd)
  if (isLarge && !intent.needsApproval) blame('I10', `intent ${intent.intentId} is large and asked nobody`)
  if (!intent.needsApproval) return
  if (approval?.decision !== 'approved') {
    blame('I10', `intent ${intent.intentId} got its ticket without an approval`)
    return
  }
  if (approval.by === intent.principal) blame('I10', `${approval.by} approved its own intent ${intent.intentId}`)
  if (world.nowMs() >= (first.approvalExpiresAtMs ?? 0)) {
    blame('I10', `the approval of intent ${intent.intentId} had run out`)
  }
}
