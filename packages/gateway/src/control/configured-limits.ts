import type { JsonObject } from '@tidegate/mcp-adapter'
import type { PolicyChange } from '@tidegate/risk-engine'
import { comparePolicies, deserializePolicy, type Policy, serializePolicy, tightestPolicy } from '@tidegate/risk-engine'
import type { Policies } from '@tidegate/trading-desk'
import { StoreError } from '@tidegate/trading-model'
import { z } from 'zod'

/** Limits of the account and of the agents with limits of their own. */
export interface ConfiguredLimits {
  readonly policy: Policy
  readonly agents: readonly { readonly name: string; readonly policy: Policy }[]
}

/** A difference in one limit: of the account, or of the agent that is named. */
export type LimitDifference = PolicyChange & { readonly agent?: string }

const storedLimits = z.object({ policy: z.string(), agents: z.record(z.string(), z.string()) })

/** What differs, the account's limits first. An agent of `after` that `before` lacks is compared with the account's limits there. */
export function changesBetween(before: ConfiguredLimits, after: ConfiguredLimits): readonly LimitDifference[] {
  return [
    ...comparePolicies(before.policy, after.policy),
    ...after.agents.flatMap(({ name, policy }) =>
      comparePolicies(limitsOf(before, name), policy).map((change) => ({ ...change, agent: name })),
    ),
  ]
}

/**
 * As tight as both, for the agents of `b`.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`: nothing would be allowed, unless `whenDisjoint` says that this is meant.
 */
export function tightestOf(
  a: ConfiguredLimits,
  b: ConfiguredLimits,
  whenDisjoint: 'throw' | 'nothing' = 'throw',
): ConfiguredLimits {
  return {
    policy: tightestPolicy(a.policy, b.policy, whenDisjoint),
    agents: b.agents.map(({ name, policy }) => ({
      name,
      policy: tightestPolicy(limitsOf(a, name), policy, whenDisjoint),
    })),
  }
}

/** The agents of now with their new limits; who is new waits for a restart, and who is gone keeps its limits until then. */
export function onlyKnown(
  now: ConfiguredLimits,
  next: ConfiguredLimits,
): { readonly limits: ConfiguredLimits; readonly needsRestart: readonly string[] } {
  const names = now.agents.map(({ name }) => name)
  const isThere = (name: string): boolean => next.agents.some((agent) => agent.name === name)
  const gone = now.agents.filter(({ name }) => !isThere(name))
  return {
    limits: {
      policy: next.policy,
      agents: [
        ...next.agents.filter(({ name }) => names.includes(name)).map(({ name, policy }) => ({ name, policy })),
        ...gone.map(({ name, policy }) => ({ name, policy: tightestPolicy(policy, next.policy, 'nothing') })),
      ],
    },
    needsRestart: [
      ...next.agents.filter(({ name }) => !names.includes(name)).map(({ name }) => `agent ${name} is new`),
      ...gone.map(({ name }) => `agent ${name} is gone`),
    ],
  }
}

/** What holds for an agent. */
export function limitsOf(limits: ConfiguredLimits, agent: string): Policy {
  return limits.agents.find(({ name }) => name === agent)?.policy ?? limits.policy
}

/** One name for all the limits: that of the account's, and of each agent's where there are any. */
export function versionOf({ policy, agents }: ConfiguredLimits): string {
  return [policy.version, ...agents.map((agent) => `${agent.name}:${agent.policy.version.slice(0, 12)}`)].join('-')
}

/** As a desk takes them. */
export function toPolicies({ policy, agents }: ConfiguredLimits): Policies {
  return { policy, agentPolicies: new Map(agents.map((agent) => [agent.name, agent.policy])) }
}

/** The text under which other gateways read them. */
export function writeLimits({ policy, agents }: ConfiguredLimits): string {
  const texts = agents.map((agent) => [agent.name, serializePolicy(agent.policy)])
  return JSON.stringify({ policy: serializePolicy(policy), agents: Object.fromEntries(texts) })
}

/** @throws {StoreError} `ERR_STORE_CORRUPT`: the text is not what {@link writeLimits} writes. */
export function readLimits(text: string): ConfiguredLimits {
  try {
    const { policy, agents } = storedLimits.parse(JSON.parse(text))
    return {
      policy: deserializePolicy(policy),
      agents: Object.entries(agents).map(([name, own]) => ({ name, policy: deserializePolicy(own) })),
    }
  } catch (cause) {
    throw new StoreError('ERR_STORE_CORRUPT', 'The store holds limits that cannot be read', {
      hint: 'run tidegate audit verify; a newer version may have written them',
      cause,
    })
  }
}

/** A difference as it travels. */
export function showDifference({ agent, key, from, to, effect }: LimitDifference): JsonObject {
  return { ...(agent === undefined ? {} : { agent }), key, from, to, effect }
}
