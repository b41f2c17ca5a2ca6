import { ConfigError } from '@tidegate/trading-model'
import type { Policy } from './policy.js'
import { fieldList, type PolicyDraft } from './policy-fields.js'
import { definePolicy, finishPolicy, type PolicyOptions } from './policy-text.js'

/** Limits of one agent, by the names of {@link Policy}; what is not named is the account's. */
export type AgentLimits = { readonly [K in keyof PolicyOptions]?: Exclude<PolicyOptions[K], 'off'> }

/**
 * The policy of one agent: the account's, and tighter where its own limits are. Nothing in it is looser than the account's: of two
 * limits the tighter holds, of two lists of allowed products what is in both, denied is what either denies.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`: a limit that cannot be read, or no product is left that both allow.
 *
 * @example
 * const careful = policyForAgent(policy, { maxOrderValueUsd: '50', allowProducts: ['BTC-USD'] })
 */
export function policyForAgent(account: Policy, limits: AgentLimits): Policy {
  const own = definePolicy(limits)
  let draft: PolicyDraft = {}
  for (const [field, rule] of fieldList) {
    const mine = limits[field] === undefined ? undefined : own[field]
    const theirs = account[field]
    if (mine === undefined && theirs === undefined) continue
    // A flag that the account does not name has its strict meaning already.
    if (theirs === undefined && field === 'approveReductions') continue
    const value = mine === undefined ? theirs : theirs === undefined ? mine : rule.tighter(theirs, mine)
    draft = { ...draft, [field]: value }
  }
  return finishPolicy(withoutDenied(draft, account, limits))
}

/** An empty list would allow everything, so nothing left to allow is an error. */
function withoutDenied(draft: PolicyDraft, account: Policy, limits: AgentLimits): PolicyDraft {
  const { allowProducts = [], denyProducts = [] } = draft
  const isListed = account.allowProducts.length > 0 || (limits.allowProducts?.length ?? 0) > 0
  if (!isListed) return draft
  const left = allowProducts.filter((id) => !denyProducts.includes(id))
  if (left.length === 0) {
    throw new ConfigError('ERR_CONFIG_INVALID', 'No product is left that both the account and the agent allow', {
      hint: `allow the agent products of the account: ${account.allowProducts.join(', ') || 'any but the denied ones'}`,
    })
  }
  return { ...draft, allowProducts: left }
}
