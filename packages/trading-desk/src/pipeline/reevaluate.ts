import {
  deserializeSnapshot,
  evaluateOrder,
  type RiskDecision,
  type RiskSnapshot,
  withoutIntent,
} from '@tidegate/risk-engine'
import { Decimal, type Intent } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'
import { decideChange } from './decide-change.js'
import { type SnapshotDeps, takeSnapshot } from './take-snapshot.js'

/** Whether a recorded order may still be sent. `wait`: the data to decide is missing at the moment, nothing speaks against it. */
export type Reevaluation =
  /** From `decidedAtMs` on the order stays wanted for as long as any. */
  | { readonly kind: 'go'; readonly decidedAtMs: number }
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'stop'; readonly reason: string }

/**
 * Decides a recorded order again on a fresh snapshot, as if it had not been recorded: its own reservations do not count against it.
 * It must pass every rule as it stands now, and the price must still be in the band it was decided at.
 */
export async function reevaluate(deps: SnapshotDeps, intent: Intent): Promise<Reevaluation> {
  const again = await decideAgain(deps, intent)
  if (!again) return { kind: 'stop', reason: 'the policy changed since it was decided' }
  const { decision, snapshot } = again
  if (decision.kind === 'denied') {
    const reason = decision.denials.map((denial) => `${denial.code}: ${denial.message}`).join(' ')
    const onlyData = decision.denials.every((denial) => denial.code === 'RISK_STALE_DATA')
    return { kind: onlyData ? 'wait' : 'stop', reason }
  }
  const { low, high } = intent.priceBand
  const mid = new Decimal(decision.estimate.mid)
  if (mid.lt(low) || mid.gt(high)) {
    return { kind: 'stop', reason: `the price is ${decision.estimate.mid}, outside the band ${low} to ${high}` }
  }
  return { kind: 'go', decidedAtMs: snapshot.nowMs }
}

async function decideAgain(
  deps: SnapshotDeps,
  intent: Intent,
): Promise<{ readonly decision: RiskDecision; readonly snapshot: RiskSnapshot } | undefined> {
  const { context } = deps
  const { kind, principal, terms, targetIntentId } = intent
  if (kind !== 'order' && targetIntentId !== undefined) {
    return await decideChange(deps, { kind, principal, terms, targetIntentId, recorded: intent })
  }
  const reservations = await ownReservations(context, intent)
  if (!reservations) return undefined
  const snapshot = await takeSnapshot(deps, { name: principal }, terms)
  const decision = evaluateOrder(
    context.policyFor(principal),
    withoutIntent(snapshot, intent.intentId, reservations),
    terms,
  )
  return { decision, snapshot }
}

/** What the intent holds now; `undefined` when the policy of today would have refused it on its own input. */
async function ownReservations(
  context: DeskContext,
  intent: Intent,
): Promise<Parameters<typeof withoutIntent>[2] | undefined> {
  const input = await context.journal.decisionInput(intent.intentId)
  if (input === undefined) return undefined
  const decision = evaluateOrder(context.policyFor(intent.principal), deserializeSnapshot(input), intent.terms)
  if (decision.kind === 'denied') return undefined
  const held = await context.journal.reservations(intent.intentId)
  return held.map(({ scope, window, held: amount }) => ({ scope, window, amount }))
}
