import { comparePolicies, NO_PRODUCT, type PolicyChange, tightestPolicy } from './compare-policies.js'
import type { Policy } from './policy.js'
import { fieldList, type PolicyDraft, type PolicyField, policyFields } from './policy-fields.js'
import { COUNTED_APART } from './policy-for-agent.js'
import { type PolicySettings, parsePolicy, plain } from './policy-text.js'

/** Whose limits an overlay lies over: what an agent does at most is counted beside the account's own count. */
export type OverlayScope = 'account' | 'agent'

/** What limits of a conversation come to, compared with those in force. */
export interface OverlayVerdict {
  /** As tight as both. */
  readonly policy: Policy
  /** What becomes tighter. */
  readonly changes: readonly PolicyChange[]
  /** What was asked for and is not tighter, in whole or in part: with any of these nothing may be taken over. */
  readonly looser: readonly PolicyChange[]
  /** Some product is allowed now, and none would be. */
  readonly leavesNoProduct: boolean
}

/**
 * The policy with limits of a configuration laid over it where they are tighter; what is looser changes nothing. Denied products add
 * to those denied, sizes to those of other products.
 *
 * It never fails for want of products: where both allow some and none is in both, no product is left (`NO-PRODUCT`).
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, naming the key: unknown, or not a value of that limit.
 *
 * @example
 * const careful = overlayPolicy(policy, { max_order_value_usd: '50' })
 */
export function overlayPolicy(policy: Policy, raw: PolicySettings, scope: OverlayScope = 'account'): Policy {
  const { version: _, ...values } = policy
  return tightestPolicy(policy, { version: '', ...values, ...draftOf(raw, scope) }, 'nothing')
}

/**
 * Judges limits that may only tighten: each that was named, against the one in force.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, naming the key: unknown, or not a value of that limit.
 */
export function judgeOverlay(policy: Policy, raw: PolicySettings, scope: OverlayScope = 'account'): OverlayVerdict {
  const draft = draftOf(raw, scope)
  // Each against what bounds it: an agent's own count also against the one it shares.
  const bounded: Policy = {
    ...policy,
    approveReductions: policy.approveReductions ?? true,
    ...(scope === 'agent' ? bounds(policy, draft) : {}),
  }
  const off = fieldList.filter(([, { key, canBeOff }]) => canBeOff && raw[key] === 'off').map(([field]) => field)
  const wished: Policy = {
    ...bounded,
    ...draft,
    ...Object.fromEntries(off.map((field) => [field, undefined])),
    denyProducts: [...new Set([...policy.denyProducts, ...(draft.denyProducts ?? [])])].sort(),
    maxOrderSize: { ...policy.maxOrderSize, ...draft.maxOrderSize },
  }
  const after = overlayPolicy(policy, raw, scope)
  return {
    policy: after,
    changes: comparePolicies(policy, after),
    leavesNoProduct: allowsNone(after) && !allowsNone(policy),
    looser: comparePolicies(bounded, wished).filter(({ effect }) => effect !== 'tighter'),
  }
}

function allowsNone({ allowProducts }: Policy): boolean {
  return allowProducts.includes(NO_PRODUCT)
}

/** Two overlays as one that is as tight as both, in the keys of a configuration. */
export function mergeOverlays(a: PolicySettings, b: PolicySettings): PolicySettings {
  const [x, y] = [namedIn(a), namedIn(b)]
  return Object.fromEntries(
    fieldList.flatMap(([field, rule]) => {
      const [one, other] = [x[field], y[field]]
      const both = one === undefined ? other : other === undefined ? one : rule.tighter(one, other)
      // Nothing in both would be read as everything: the newer list, which was judged against the older, stands.
      const value = Array.isArray(both) && both.length === 0 ? other : both
      return value === undefined ? [] : [[rule.key, plain(value)]]
    }),
  )
}

/** The fields that are named, and not `off`. */
function namedIn(raw: PolicySettings): PolicyDraft {
  const parsed = parsePolicy(raw)
  return Object.fromEntries(
    fieldList
      .filter(([field, { key }]) => raw[key] !== undefined && parsed[field] !== undefined)
      .map(([field]) => [field, parsed[field]]),
  )
}

function draftOf(raw: PolicySettings, scope: OverlayScope): PolicyDraft {
  const named = namedIn(raw)
  if (scope === 'account') return named
  let draft = named
  for (const [shared, own] of COUNTED_APART) {
    const { [shared]: asked, ...rest } = draft
    if (asked !== undefined) draft = { ...rest, [own]: tighterOf(own, asked, draft[own]) }
  }
  return draft
}

function bounds(policy: Policy, draft: PolicyDraft): PolicyDraft {
  return Object.fromEntries(
    COUNTED_APART.filter(([, own]) => draft[own] !== undefined).map(([shared, own]) => [
      own,
      tighterOf(own, policy[shared], policy[own]),
    ]),
  )
}

function tighterOf(field: PolicyField, a: unknown, b: unknown): unknown {
  if (a === undefined) return b
  return b === undefined ? a : (policyFields[field].tighter as (x: unknown, y: unknown) => unknown)(a, b)
}
