import type { Denial } from '@tidegate/trading-model'
import type { RuleContext } from '../context.js'
import type { RuleFinding } from '../decision.js'

/** What one rule says. A rule that found nothing to measure leaves a finding too, so that every rule is seen to have run. */
export interface RuleResult {
  readonly finding: RuleFinding
  readonly denials: readonly Denial[]
}

/** One rule: pure, no clock, no store. Every rule runs on every order. */
export type Rule = (context: RuleContext) => RuleResult

export type Numbers = Pick<RuleFinding, 'limit' | 'actual' | 'unit'>

/** The rule looked and has no objection. */
export function pass(rule: string, numbers: Numbers): RuleResult {
  return { finding: { rule, passed: true, ...numbers }, denials: [] }
}

/** The rule objects. The finding carries the numbers of the first denial. */
export function deny(rule: string, ...denials: readonly [Denial, ...Denial[]]): RuleResult {
  const { limit, actual, unit } = denials[0]
  return { finding: { rule, passed: false, limit, actual, unit }, denials }
}

/** The rule has nothing to measure on this order; `why` is one or two words. */
export function notApplicable(rule: string, why: string): RuleResult {
  return pass(rule, { limit: 'none', actual: why, unit: 'state' })
}

/** Another rule already refuses because the order cannot be valued; there are no numbers to compare. */
export function notValued(rule: string): RuleResult {
  return { finding: { rule, passed: false, limit: 'valued', actual: 'not valued', unit: 'state' }, denials: [] }
}
