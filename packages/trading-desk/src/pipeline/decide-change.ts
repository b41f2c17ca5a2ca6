import { evaluateEdit, type RiskDecision, type RiskSnapshot, withoutIntent } from '@tidegate/risk-engine'
import { type Intent, NotFoundError, type OrderTerms } from '@tidegate/trading-model'
import { type ChangeKind, includedFill } from './edit-terms.js'
import { type SnapshotDeps, takeSnapshot } from './take-snapshot.js'

export interface ChangeDecision {
  readonly snapshot: RiskSnapshot
  readonly decision: RiskDecision
  /** As it was when the decision was made. */
  readonly target: Intent
}

/**
 * Decides a change on fresh data: as a new order, with what its target holds taken out. A change that is recorded already is decided
 * as if it were not.
 *
 * Limits are read first, then what is held of them: a release in between makes the snapshot out of date, and transaction 1 says so.
 *
 * @throws {NotReadyError} `ERR_NOT_READY`: the catalogue cannot be read. {StoreError} the journal failed.
 */
export async function decideChange(
  deps: SnapshotDeps,
  change: {
    readonly kind: ChangeKind
    readonly principal: string
    readonly terms: OrderTerms
    readonly targetIntentId: string
    /** The change's own intent, when it is recorded. */
    readonly recorded?: Intent
  },
): Promise<ChangeDecision> {
  const { journal, policyFor } = deps.context
  const { recorded, kind, terms, targetIntentId } = change
  const fresh = await takeSnapshot(deps, { name: change.principal }, terms)
  const target = await journal.getIntent(targetIntentId)
  if (!target) throw new NotFoundError(`There is no order ${targetIntentId}`)
  const held = await journal.reservations(targetIntentId)
  const snapshot = recorded ? await without(deps, fresh, recorded) : fresh
  const edited = { terms: target.terms, filledSize: includedFill(kind, target), reservations: held }
  return { snapshot, target, decision: evaluateEdit(policyFor(change.principal), snapshot, terms, edited) }
}

async function without({ context }: SnapshotDeps, snapshot: RiskSnapshot, own: Intent): Promise<RiskSnapshot> {
  const held = await context.journal.reservations(own.intentId)
  const others = snapshot.openIntents.filter((intent) => intent.intentId !== own.intentId)
  return withoutIntent(
    { ...snapshot, openIntents: [own, ...others] },
    own.intentId,
    held.map(({ scope, window, held: amount }) => ({ scope, window, amount })),
  )
}
