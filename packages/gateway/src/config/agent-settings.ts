import { type Policy, type PolicySettings, parseAgentPolicy } from '@tidegate/risk-engine'
import {
  ConfigError,
  hasPermission,
  PERMISSIONS,
  type Permission,
  ROLES,
  type Role,
  suggest,
} from '@tidegate/trading-model'
import type { AgentConfig } from './config.js'
import { type Origin, quote, type RawValue, refuseValue } from './raw-value.js'
import { type ReadValue, readAmount, readInteger, readList, readProducts, readWord } from './value-readers.js'

/** What stands below one name in `agents`, before it is held against the account's limits. */
export interface AgentDraft {
  readonly name: string
  readonly role: Role
  readonly permissions?: readonly Permission[]
  /** By the keys of `policy` and `safety`. */
  readonly limits: PolicySettings
  /** SHA-256, lower-case hex. */
  readonly tokenHashes: readonly string[]
  readonly maxCallsPerMinute?: number
  readonly origin: Origin
}

const AGENT_KEYS = [
  'role',
  'permissions',
  'products',
  'daily_budget_usd',
  'limits',
  'token_sha256',
  'max_calls_per_minute',
]
const NAME = /^[a-z0-9][a-z0-9_.-]{0,39}$/
/** Names under which Tidegate itself and people act. */
const TAKEN = ['operator', 'cli', 'desk', 'gateway', 'journal', 'external']
/** An old and a new one, so that a token can be changed without a pause. */
const MAX_TOKENS = 2

/** Keys of ours that stand for a limit of the policy. */
const limitOf: Readonly<Record<string, string>> = { products: 'allow_products', daily_budget_usd: 'max_value_per_day' }

type Tree = { readonly [key: string]: RawValue }

/**
 * The agents by name, as written.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, naming agent, key and cure. Never shows what was written as a token's hash.
 */
export const readAgents: ReadValue<readonly AgentDraft[]> = (raw, origin) => {
  if (raw === '') return []
  const agents = Object.entries(treeOf(raw, origin, 'write one name per agent, its settings below it')).map(
    ([name, value]) => readAgent(checkName(name, origin), value, under(origin, name)),
  )
  const seen = new Map<string, string>()
  for (const { name, tokenHashes, origin: at } of agents) {
    for (const hash of tokenHashes) {
      const other = seen.get(hash)
      if (other !== undefined)
        throw refuseValue(under(at, 'token_sha256'), `is also ${other}'s`, 'give each agent a token of its own')
      seen.set(hash, name)
    }
  }
  return agents
}

/**
 * Holds the agents against what the account allows.
 *
 * @param most - Calls per minute that anybody may make.
 * @throws {ConfigError} `ERR_CONFIG_INVALID`: something is looser for the agent than for the account, or beyond its role.
 */
export function defineAgents(
  drafts: readonly AgentDraft[],
  account: { readonly policy: Policy; readonly adminTrades: boolean; readonly maxCallsPerMinute: number },
): readonly AgentConfig[] {
  return drafts.map(({ name, role, permissions, limits, tokenHashes, maxCallsPerMinute, origin }) => {
    for (const permission of permissions ?? []) {
      if (hasPermission({ name, role }, permission, account.adminTrades)) continue
      throw refuseValue(
        under(origin, 'permissions'),
        `names ${permission}, which the role ${role} does not include`,
        'leave it out, or choose another role: this list can only narrow',
      )
    }
    if (maxCallsPerMinute !== undefined && maxCallsPerMinute > account.maxCallsPerMinute) {
      throw refuseValue(
        under(origin, 'max_calls_per_minute'),
        `is ${maxCallsPerMinute}, looser than mcp.max_calls_per_minute, ${account.maxCallsPerMinute}`,
        `write at most ${account.maxCallsPerMinute}, or leave it out`,
      )
    }
    return {
      name,
      role,
      ...(permissions === undefined ? {} : { permissions }),
      policy: policyOf(limits, account.policy, origin),
      tokenHashes,
      maxCallsPerMinute: maxCallsPerMinute ?? account.maxCallsPerMinute,
    }
  })
}

function readAgent(name: string, raw: RawValue, origin: Origin): AgentDraft {
  const tree = raw === '' ? {} : treeOf(raw, origin, 'write its settings below it, indented')
  for (const key of Object.keys(tree)) if (!AGENT_KEYS.includes(key)) throw unknown(under(origin, key), key, AGENT_KEYS)
  const { role, permissions, token_sha256: tokens, max_calls_per_minute: calls } = tree
  if (role === undefined) {
    throw refuseValue(under(origin, 'role'), 'is not there', `write role: and one of ${ROLES.join(', ')}`)
  }
  return {
    name,
    role: readWord(ROLES)(role, under(origin, 'role')),
    ...(permissions === undefined ? {} : { permissions: readPermissions(permissions, under(origin, 'permissions')) }),
    limits: readLimits(tree, origin),
    tokenHashes: tokens === undefined ? [] : readHashes(tokens, under(origin, 'token_sha256')),
    ...(calls === undefined
      ? {}
      : { maxCallsPerMinute: readInteger(1, 1_000_000)(calls, under(origin, 'max_calls_per_minute')) }),
    origin,
  }
}

function readLimits({ limits = '', products, daily_budget_usd: budget }: Tree, origin: Origin): PolicySettings {
  const at = under(origin, 'limits')
  const own = limits === '' ? {} : treeOf(limits, at, 'write NAME: VALUE, one a line')
  if ('allow_products' in own) {
    throw refuseValue(under(at, 'allow_products'), 'stands in the wrong place', 'write products beside role instead')
  }
  if (budget !== undefined && 'max_value_per_day' in own) {
    throw refuseValue(
      under(origin, 'daily_budget_usd'),
      'and limits.max_value_per_day are the same limit',
      'leave one out',
    )
  }
  return {
    ...Object.fromEntries(Object.entries(own).map(([key, value]) => [key, plain(value)])),
    ...(products === undefined ? {} : { allow_products: someProducts(products, under(origin, 'products')) }),
    ...(budget === undefined
      ? {}
      : { max_value_per_day: readAmount('an amount in USD')(budget, under(origin, 'daily_budget_usd')) }),
  }
}

/** An empty list would allow every product of the account; nobody who writes it means that. */
function someProducts(raw: RawValue, origin: Origin): readonly string[] {
  const products = readProducts(raw, origin)
  if (products.length > 0) return products
  throw refuseValue(origin, 'is empty', 'name at least one product, or leave the key out for all of the account')
}

function policyOf(limits: PolicySettings, account: Policy, origin: Origin): Policy {
  try {
    return parseAgentPolicy(account, limits)
  } catch (error) {
    if (!ConfigError.isInstance(error)) throw error
    const { shortMessage, hint } = error
    // The engine knows the limit by the policy's name; whoever reads this wrote ours.
    const [word = ''] = shortMessage.split(/[ .:]/)
    const ours = Object.keys(limitOf).find((key) => limitOf[key] === word && word in limits)
    const rest = ours === undefined ? `limits.${shortMessage}` : ours + shortMessage.slice(word.length)
    const isAboutAKey = word in limits
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      isAboutAKey ? relabel(origin, rest) : `${origin.label}: ${shortMessage}`,
      hint === undefined ? {} : { hint },
    )
  }
}

function relabel(origin: Origin, rest: string): string {
  const [path = '', ...place] = origin.label.split(' ')
  const [key = '', ...words] = rest.split(' ')
  return `${[`${path}.${key.replace(/:$/, '')}`, ...place].join(' ')}${key.endsWith(':') ? ':' : ''} ${words.join(' ')}`
}

function readPermissions(raw: RawValue, origin: Origin): readonly Permission[] {
  return [
    ...new Set(
      readList(raw, origin).map((word) => {
        const found = PERMISSIONS.find((permission) => permission === word)
        if (found !== undefined) return found
        const meant = suggest(word, PERMISSIONS)
        throw refuseValue(
          origin,
          `names ${quote(word)}, which is no permission`,
          meant === undefined ? `the permissions are ${PERMISSIONS.join(', ')}` : `Did you mean ${meant}?`,
        )
      }),
    ),
  ]
}

function readHashes(raw: RawValue, origin: Origin): readonly string[] {
  const hashes = (typeof raw === 'string' ? [raw] : readList(raw, origin)).map((text) => text.toLowerCase())
  if (hashes.some((hash) => !/^[0-9a-f]{64}$/.test(hash))) {
    throw refuseValue(
      origin,
      'is no SHA-256 in hex (64 digits); what stands there is not shown, because it may be the token itself',
      'write the sha256 that `tidegate tokens create` prints, never the token; if it was a token, it is burnt',
    )
  }
  if (new Set(hashes).size > MAX_TOKENS) {
    throw refuseValue(
      origin,
      `lists more than ${MAX_TOKENS} tokens`,
      'keep the one in use and the one that replaces it',
    )
  }
  return [...new Set(hashes)]
}

function checkName(name: string, origin: Origin): string {
  if (!NAME.test(name)) {
    throw refuseValue(
      origin,
      `names an agent ${quote(name)}`,
      'use small letters, digits, dots, dashes and underscores, at most 40, such as market-maker',
    )
  }
  if (TAKEN.includes(name)) {
    throw refuseValue(origin, `names an agent ${name}, which Tidegate uses itself`, 'choose another name')
  }
  return name
}

function treeOf(raw: RawValue, origin: Origin, fix: string): Tree {
  if (typeof raw === 'string' || Array.isArray(raw)) {
    throw refuseValue(origin, `is ${typeof raw === 'string' ? 'one value' : 'a list'}, not a section`, fix)
  }
  return raw as Tree
}

/** YAML's text as the policy takes it: flags are flags there. */
function plain(value: RawValue): unknown {
  return value === 'true' ? true : value === 'false' ? false : value
}

/** `agents.NAME.KEY in FILE`. */
function under(origin: Origin, key: string): Origin {
  const [path = '', ...place] = origin.label.split(' ')
  return { ...origin, label: [`${path}.${key}`, ...place].join(' ') }
}

function unknown(origin: Origin, key: string, known: readonly string[]): ConfigError {
  const meant = suggest(key, known)
  return refuseValue(
    origin,
    'is a key that nothing reads',
    meant === undefined ? `the keys are ${known.join(', ')}` : `Did you mean ${meant}?`,
  )
}
