import type { Denial } from '@tidegate/trading-model'
import type { RuleContext } from '../context.js'
import type { RecentFacts } from '../snapshot.js'
import { deny, notApplicable, type RuleResult } from './rule.js'

/**
 * The facts a rule about the past needs, or what it says without them: nothing to judge where nobody records them, and no where they
 * should be here and are not.
 *
 * @param pick - The fact; `undefined` when it is not known.
 * @param what - Its name for the sentence.
 */
export function needFact<T>(
  rule: string,
  { snapshot }: RuleContext,
  what: string,
  pick: (recent: RecentFacts) => T | undefined,
): { readonly ok: true; readonly fact: T } | { readonly ok: false; readonly result: RuleResult } {
  const { recent } = snapshot
  if (recent === 'unrecorded') return { ok: false, result: notApplicable(rule, 'not recorded') }
  const fact = recent && pick(recent)
  return fact === undefined ? { ok: false, result: deny(rule, unknownFact(what)) } : { ok: true, fact }
}

/** A refusal because something is not known; nothing defaults to a value that would pass. */
export function unknownFact(what: string): Denial {
  return {
    code: 'RISK_STALE_DATA',
    limit: what,
    actual: 'unknown',
    unit: 'state',
    message: `It is not known now: ${what}. Without it, nothing that adds exposure may pass.`,
    cure: 'wait and try again, or reduce exposure',
  }
}
