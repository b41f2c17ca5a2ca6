import type { JsonObject } from '@tidegate/mcp-adapter'
import { comparePolicies, type Policy, type PolicyChange, tightestPolicy } from '@tidegate/risk-engine'
import type { Policies, TradingDesk } from '@tidegate/trading-desk'
import { ConfigError, type Journal, type Log, NotFoundError } from '@tidegate/trading-model'

/** Limits as a configuration gives them. */
export interface ConfiguredLimits {
  readonly policy: Policy
  readonly agents: readonly { readonly name: string; readonly policy: Policy }[]
}

/** A change of one limit: of the account, or of the agent that is named. */
export type LimitChange = PolicyChange & { readonly agent?: string }

export interface PolicyReloadDeps {
  readonly desk: Pick<TradingDesk, 'setPolicies'>
  readonly journal: Pick<Journal, 'audit'>
  readonly log: Log
  /** Limits that the gateway was opened with. */
  readonly opened: ConfiguredLimits
  /** Reads the configuration again; absent where it has no file. @throws ConfigError as at a start. */
  readonly reread: (() => Promise<ConfiguredLimits>) | undefined
}

/** Limits that follow their file while the gateway runs. */
export interface PolicyReload {
  /**
   * Reads the file again. What is tighter is in force when this resolves; what is looser waits for a person.
   *
   * @throws {ConfigError} the file is wrong, or there is none: everything stays as it was.
   */
  reload(by: string): Promise<JsonObject>
  /**
   * A person agrees to the looser limits that wait.
   *
   * @param version - Of the policy that waits, or the first 8 and more digits: what was read is what is agreed to.
   * @throws {NotFoundError} nothing waits, or something else does.
   */
  loosen(by: string, version: string): Promise<JsonObject>
  waiting(): JsonObject | undefined
}

/**
 * Tightening must work at once and without asking; loosening never by a file alone, because an agent with a shell can write files.
 * Until a person agrees, limits are in force that are as tight as the old and the new ones, limit by limit.
 *
 * Agents that come or go, their roles and tokens are read at a start only.
 */
export function createPolicyReload(deps: PolicyReloadDeps): PolicyReload {
  const { desk, journal, log, opened } = deps
  let inForce = opened
  let wished: ConfiguredLimits | undefined

  async function put(next: ConfiguredLimits): Promise<void> {
    const policies: Policies = {
      policy: next.policy,
      agentPolicies: new Map(next.agents.map(({ name, policy }) => [name, policy])),
    }
    await desk.setPolicies(policies)
    inForce = next
  }

  function waiting(): JsonObject | undefined {
    if (!wished) return undefined
    return { version: versionOf(wished), changes: changesBetween(inForce, wished).map(showChange) }
  }

  return {
    waiting,

    async reload(by) {
      if (!deps.reread) {
        throw new ConfigError('ERR_CONFIG_MISSING', 'This gateway was started without a configuration file', {
          hint: 'start it with --config FILE to keep its limits in a file',
        })
      }
      const next = onlyKnown(inForce, await deps.reread())
      const changes = changesBetween(inForce, next.limits)
      const tight = tightestOf(inForce, next.limits)
      const applied = changesBetween(inForce, tight)
      if (applied.length > 0) await put(tight)
      const isLooser = changesBetween(tight, next.limits).length > 0
      const before = wished && versionOf(wished)
      wished = isLooser ? next.limits : undefined
      const report = {
        by,
        changes: changes.map(showChange),
        applied: applied.map(showChange),
        in_force: versionOf(inForce),
        waiting: waiting() ?? null,
        needs_restart: next.needsRestart,
      }
      if (applied.length > 0 || before !== (wished && versionOf(wished))) {
        await journal.audit({ actor: by, type: 'policy.reloaded', body: report })
        log.warn('policy_reloaded', { by, applied: applied.length, waiting: isLooser })
      }
      return { ok: true, ...report }
    },

    async loosen(by, version) {
      if (!wished) throw new NotFoundError('No looser limits wait', { hint: 'change the file and reload it first' })
      const name = versionOf(wished)
      if (version.length < 8 || !name.startsWith(version)) {
        throw new NotFoundError(
          `What waits is version ${name.slice(0, 12)}, not ${JSON.stringify(version.slice(0, 80))}`,
          {
            hint: 'look at it with tidegate policy show, then agree to that version',
          },
        )
      }
      const agreed = wished
      const changes = changesBetween(inForce, agreed).map(showChange)
      // On record before it holds: nothing is looser without a word about who agreed.
      await journal.audit({ actor: by, type: 'policy.loosened', body: { by, changes, in_force: name } })
      await put(agreed)
      wished = undefined
      log.warn('policy_loosened', { by, changes })
      return { ok: true, by, changes, in_force: name }
    },
  }
}

function changesBetween(before: ConfiguredLimits, after: ConfiguredLimits): readonly LimitChange[] {
  return [
    ...comparePolicies(before.policy, after.policy),
    ...after.agents.flatMap(({ name, policy }) =>
      comparePolicies(of(before, name), policy).map((change) => ({ ...change, agent: name })),
    ),
  ]
}

function tightestOf(a: ConfiguredLimits, b: ConfiguredLimits): ConfiguredLimits {
  return {
    policy: tightestPolicy(a.policy, b.policy),
    agents: b.agents.map(({ name, policy }) => ({ name, policy: tightestPolicy(of(a, name), policy) })),
  }
}

/** The agents of now with their new limits; who is new waits for a restart, and who is gone keeps its limits until then. */
function onlyKnown(
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
        ...next.agents.filter(({ name }) => names.includes(name)),
        ...gone.map(({ name, policy }) => ({ name, policy: tightestPolicy(policy, next.policy) })),
      ],
    },
    needsRestart: [
      ...next.agents.filter(({ name }) => !names.includes(name)).map(({ name }) => `agent ${name} is new`),
      ...gone.map(({ name }) => `agent ${name} is gone`),
    ],
  }
}

function of(limits: ConfiguredLimits, agent: string): Policy {
  return limits.agents.find(({ name }) => name === agent)?.policy ?? limits.policy
}

/** One name for all the limits: that of the account's, and of each agent's where there are any. */
function versionOf({ policy, agents }: ConfiguredLimits): string {
  return [policy.version, ...agents.map((agent) => agent.policy.version.slice(0, 12))].join('-')
}

function showChange({ agent, key, from, to, effect }: LimitChange): JsonObject {
  return { ...(agent === undefined ? {} : { agent }), key, from, to, effect }
}
