import {
  acceptsChange,
  heldByChange,
  holdsBesideTarget,
  type Intent,
  type IntentEvent,
  type NewIntent,
  OPEN_CHANGE_STATES,
  type RecordResult,
  type Reservation,
} from '@tidegate/trading-model'
import type { MemoryLimits } from './memory-limits.js'

/** The change of an intent that may still come true; there is one at most. */
export function openChangeOf(intents: Iterable<Intent>, targetIntentId: string): Intent | undefined {
  return [...intents].find((item) => item.targetIntentId === targetIntentId && OPEN_CHANGE_STATES.includes(item.state))
}

/** Why a change may not be recorded, as transaction 1 sees it. */
export function whyNotChanged(
  intents: Iterable<Intent>,
  target: Intent,
): Extract<RecordResult, { kind: 'refused' }> | undefined {
  const refused = { kind: 'refused' as const }
  if (!acceptsChange(target)) return { ...refused, why: 'target_not_open', intent: target }
  const other = openChangeOf(intents, target.intentId)
  return other && { ...refused, why: 'target_busy', intent: other }
}

/** What the new change takes of each row: what it exceeds its target by. */
export function claimOfChange(
  limits: MemoryLimits,
  wish: NewIntent,
  change: Intent,
  target: Intent,
): string | undefined {
  return limits.take(wish.intentId, wish.order.reservations, beside(limits, change, target))
}

/** Brings what a change holds to what its target leaves; true when anything moved. */
export function holdChange(limits: MemoryLimits, change: Intent, target: Intent): boolean {
  return holdsBesideTarget(change) && limits.holdEach(change.intentId, beside(limits, change, target))
}

function beside(limits: MemoryLimits, change: Intent, target: Intent): (row: Reservation) => bigint {
  const targets = limits.heldBy(target.intentId)
  return ({ scope, window, amount }) => {
    const own = targets.find(({ reservation }) => reservation.scope === scope && reservation.window === window)
    return heldByChange(change, target, { window, amount, targetHeld: own?.held ?? 0n })
  }
}

/** The target's side of an edit that came true. */
export function termsChangedBy(edit: Intent): IntentEvent {
  const { intentId, terms, termsHash, worstNotionalUsd, reducesExposure, priceBand } = edit
  return { type: 'terms_changed', byIntentId: intentId, terms, termsHash, worstNotionalUsd, reducesExposure, priceBand }
}
