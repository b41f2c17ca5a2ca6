import { ConfigError, Decimal, formatDecimal } from '@tidegate/trading-model'
import type { Policy } from './policy.js'
import { fieldList, type PolicyDraft } from './policy-fields.js'
import { finishPolicy } from './policy-text.js'

/** One limit that two policies see differently. Values as a configuration writes them; `off` is no limit. */
export interface PolicyChange {
  /** Key of the configuration. */
  readonly key: string
  readonly from: string
  readonly to: string
  /** `mixed`: tighter in one part and looser in another, as lists can be. */
  readonly effect: 'tighter' | 'looser' | 'mixed'
}

/**
 * What changes from one policy to another, limit by limit in the order of the policy.
 *
 * @example
 * const looser = comparePolicies(now, wished).filter(({ effect }) => effect !== 'tighter')
 */
export function comparePolicies(before: Policy, after: Policy): readonly PolicyChange[] {
  return fieldList.flatMap(([field, rule]) => {
    const from = written(before[field], field)
    const to = written(after[field], field)
    if (from === to) return []
    const tight = tightest(rule.tighter, before[field], after[field])
    // Both lists name products and none is in both: nothing is left, which an empty list would not say.
    const both = field === 'allowProducts' && isEmpty(tight) ? NO_PRODUCT : written(tight, field)
    return [{ key: rule.key, from, to, effect: both === to ? 'tighter' : both === from ? 'looser' : 'mixed' }]
  })
}

/** Stands in a list of allowed products that allows none: an empty one would allow everything. */
export const NO_PRODUCT = 'NO-PRODUCT'

/**
 * The policy that is as tight as both: what may be in force while a person has not yet agreed to what is looser.
 *
 * @param whenDisjoint - What to do when both name allowed products and none is in both: `throw`, or allow `nothing`.
 * @throws {ConfigError} `ERR_CONFIG_INVALID`: no product is in both; an empty list would allow everything.
 */
export function tightestPolicy(a: Policy, b: Policy, whenDisjoint: 'throw' | 'nothing' = 'throw'): Policy {
  let draft: PolicyDraft = {}
  for (const [field, rule] of fieldList) {
    const value = tightest(rule.tighter, a[field], b[field])
    if (value !== undefined) draft = { ...draft, [field]: value }
  }
  const { allowProducts = [], denyProducts = [] } = draft
  if (a.allowProducts.length === 0 && b.allowProducts.length === 0) return finishPolicy(draft)
  const left = allowProducts.filter((id) => !denyProducts.includes(id))
  if (left.length > 0) return finishPolicy({ ...draft, allowProducts: left })
  if (whenDisjoint === 'nothing') return finishPolicy({ ...draft, allowProducts: [NO_PRODUCT] })
  throw new ConfigError('ERR_CONFIG_INVALID', 'No product is allowed by both the limits in force and the new ones', {
    hint: 'allow the products of both first, or stop the gateway and start it with the new limits',
  })
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function tightest(tighter: (x: never, y: never) => unknown, a: unknown, b: unknown): unknown {
  if (a === undefined) return b
  return b === undefined ? a : tighter(a as never, b as never)
}

function written(value: unknown, field: string): string {
  if (value === undefined) return 'off'
  if (Decimal.isDecimal(value)) return formatDecimal(value)
  // An empty list of allowed products allows all of them.
  if (Array.isArray(value)) return value.length === 0 && field === 'allowProducts' ? 'all' : value.join(', ')
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value as Readonly<Record<string, Decimal>>)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, size]) => `${key} ${formatDecimal(size)}`)
      .join(', ')
  }
  return `${value as string | number | boolean}`
}
