import { ConfigError, Decimal, formatDecimal } from '@tidegate/trading-model'
import type { Policy } from './policy.js'
import { fieldList, type PolicyDraft, type PolicyField, policyFields } from './policy-fields.js'
import { definePolicy, finishPolicy, type PolicyOptions, type PolicySettings, parsePolicy } from './policy-text.js'

/** Limits of one agent, by the names of {@link Policy}; what is not named is the account's. */
export type AgentLimits = { readonly [K in keyof PolicyOptions]?: Exclude<PolicyOptions[K], 'off'> }

/** What an agent may do at most is counted in rows of its own, beside the account's: these limits become those of the agent. */
export const COUNTED_APART: readonly (readonly [shared: PolicyField, own: PolicyField])[] = [
  ['maxOrdersPerMinute', 'maxOrdersPerMinutePerAgent'],
  ['maxValuePerDayUsd', 'maxValuePerDayPerAgentUsd'],
  ['maxOpenOrders', 'maxOpenOrdersPerAgent'],
  ['maxOpenValueUsd', 'maxOpenValuePerAgentUsd'],
]

/**
 * The policy of one agent: the account's, and tighter where its own limits are. Nothing in it is looser than the account's: of two
 * limits the tighter holds, of two lists of allowed products what is in both, denied is what either denies.
 *
 * What counts up (orders per minute, value per day, open orders and their value) is counted for the agent alone, beside the account's
 * own count.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`: a limit that cannot be read, or no product is left that both allow.
 *
 * @example
 * const careful = policyForAgent(policy, { maxOrderValueUsd: '50', allowProducts: ['BTC-USD'] })
 */
export function policyForAgent(account: Policy, limits: AgentLimits): Policy {
  const own = definePolicy(limits)
  const mine = namedOf(
    own,
    Object.keys(limits).filter((field) => limits[field as PolicyField] !== undefined),
  )
  let draft: PolicyDraft = {}
  for (const [field, rule] of fieldList) {
    const theirs = account[field]
    const apart = COUNTED_APART.find(([shared, agents]) => field === shared || field === agents)
    const value = apart ? countedValue(account, mine, field, apart) : tighterOf(rule.tighter, theirs, mine[field])
    // A flag that the account does not name has its strict meaning already.
    if (value === undefined || (theirs === undefined && field === 'approveReductions')) continue
    draft = { ...draft, [field]: value }
  }
  return finishPolicy(withoutDenied(draft, account, limits))
}

/**
 * As {@link policyForAgent}, from the keys of a configuration, and nothing is passed over: a limit that is looser than the account's
 * is a mistake of whoever wrote it.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, naming the key and what would do: unknown, unreadable, or looser than the account's.
 *
 * @example
 * const careful = parseAgentPolicy(policy, { max_order_value_usd: '50' })
 */
export function parseAgentPolicy(account: Policy, raw: PolicySettings): Policy {
  const parsed = parsePolicy(raw)
  const named = fieldList.filter(([, { key }]) => raw[key] !== undefined)
  for (const [field, { key, canBeOff }] of named) {
    const theirs = boundOf(account, field)
    if (raw[key] === 'off' && canBeOff) {
      if (theirs !== undefined) throw looser(key, 'off', field, theirs)
      continue
    }
    if (theirs === undefined) continue
    checkTighter(field, key, theirs, parsed[field])
  }
  return policyForAgent(
    account,
    namedOf(
      parsed,
      named.filter(([, { key }]) => raw[key] !== 'off').map(([field]) => field),
    ) as AgentLimits,
  )
}

function namedOf(policy: Policy, fields: readonly string[]): PolicyDraft {
  return Object.fromEntries(fields.map((field) => [field, policy[field as PolicyField]]))
}

function tighterOf(tighter: (a: unknown, b: unknown) => unknown, a: unknown, b: unknown): unknown {
  return a === undefined ? b : b === undefined ? a : tighter(a, b)
}

/** The shared limit stays the account's; the agent's own is the tighter of all that bound it, where that is tighter than the shared one. */
function countedValue(
  account: Policy,
  mine: PolicyDraft,
  field: PolicyField,
  [shared, own]: (typeof COUNTED_APART)[number],
): unknown {
  if (field === shared) return account[shared]
  const tighter = policyFields[own].tighter as (a: unknown, b: unknown) => unknown
  const wished = tighterOf(tighter, mine[shared], mine[own])
  if (wished === undefined) return account[own]
  const bound = tighterOf(tighter, account[own], account[shared])
  return bound !== undefined && text(tighter(bound, wished)) === text(bound) ? account[own] : wished
}

/** What an agent's limit has to keep to: the account's own, and for what is counted apart the one for each agent, too. */
function boundOf(account: Policy, field: PolicyField): unknown {
  const apart = COUNTED_APART.find((pair) => pair.includes(field))
  if (field === 'approveReductions') return account.approveReductions ?? true
  if (!apart) return account[field]
  const tighter = policyFields[apart[1]].tighter as (a: unknown, b: unknown) => unknown
  return tighterOf(tighter, account[apart[0]], account[apart[1]])
}

function checkTighter(field: PolicyField, key: string, theirs: unknown, mine: unknown): void {
  // More may be denied, never less: what the account denies stays denied.
  if (field === 'denyProducts') return
  if (field === 'maxOrderSize') {
    const sizes = mine as Policy['maxOrderSize']
    for (const [id, size] of Object.entries(sizes)) {
      const bound = (theirs as Policy['maxOrderSize'])[id]
      if (bound && size.gt(bound)) throw looser(`${key}.${id}`, text(size), field, bound)
    }
    return
  }
  const tighter = policyFields[field].tighter as (a: unknown, b: unknown) => unknown
  if (field === 'allowProducts') {
    const allowed = theirs as readonly string[]
    const extra = (mine as readonly string[]).find((id) => allowed.length > 0 && !allowed.includes(id))
    if (extra !== undefined) throw looser(key, extra, field, allowed)
    return
  }
  if (text(tighter(theirs, mine)) !== text(mine)) throw looser(key, text(mine), field, theirs)
}

function looser(key: string, mine: string, field: PolicyField, theirs: unknown): ConfigError {
  const isLongerTighter = Math.max === (policyFields[field].tighter as unknown)
  const word = Array.isArray(theirs)
    ? 'only'
    : typeof theirs === 'boolean'
      ? ''
      : isLongerTighter
        ? 'at least'
        : 'at most'
  return new ConfigError('ERR_CONFIG_INVALID', `${key} is ${mine}, looser than the account's ${text(theirs)}`, {
    hint: `write ${word} ${text(theirs)}, or leave it out`.replace('  ', ' '),
  })
}

function text(value: unknown): string {
  if (Decimal.isDecimal(value)) return formatDecimal(value)
  return Array.isArray(value) ? value.join(', ') : String(value)
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
