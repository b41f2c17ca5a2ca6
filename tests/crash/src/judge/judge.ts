import type { Case, Violation } from './case.js'
import { checkAudit } from './check-audit.js'
import { checkEdits } from './check-edits.js'
import { checkFills } from './check-fills.js'
import { checkLimits } from './check-limits.js'
import { checkOrigins, checkStates, checkWishes } from './check-orders.js'
import { checkProgress, unresolvedOf } from './check-progress.js'

export interface Verdict {
  readonly violations: readonly Violation[]
  /** Intents in doubt, and such that wait for a person: no broken promise, but not over either. */
  readonly unresolved: readonly string[]
}

/** Compares the two sets of books. Pure: what it is given is all it knows. */
export function judge(theCase: Case): Verdict {
  return {
    violations: [
      ...checkOrigins(theCase),
      ...checkWishes(theCase),
      ...checkStates(theCase),
      ...checkEdits(theCase),
      ...checkLimits(theCase),
      ...checkFills(theCase),
      ...checkAudit(theCase),
      ...checkProgress(theCase),
    ],
    unresolved: unresolvedOf(theCase),
  }
}
