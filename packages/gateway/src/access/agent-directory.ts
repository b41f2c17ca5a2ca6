import type { Environment, Principal, Role } from '@tidegate/trading-model'
import type { AgentConfig } from '../config/config.js'

/** Who asks when nobody says a name: the agent of paper stdio and of `npm start`. */
export const DEFAULT_AGENT = 'local'

/** The agents there are, by name. */
export interface AgentDirectory {
  readonly names: readonly string[]
  /** As configured: role and permissions of now. `undefined` for a name that is no agent's. */
  principalOf(name: string): Principal | undefined
  /** SHA-256 of tokens that stand in the configuration, hex. */
  tokenHashesOf(name: string): readonly string[]
  /** The default agent, or less where less is asked for. `undefined` where it may not speak for that role, or is no agent. */
  defaultAs(asked: Role | undefined): Principal | undefined
}

/** Each includes the one before. */
const ladder: readonly Role[] = ['viewer', 'analyst', 'trader']

/**
 * Makes the directory of a configuration. Without `agents` the default agent is a trader; in production it exists beside configured
 * agents only where it is listed, too: whoever lists agents there has said who trades.
 */
export function createAgentDirectory(environment: Environment, agents: readonly AgentConfig[]): AgentDirectory {
  const byName = new Map(agents.map((agent) => [agent.name, agent]))
  const hasDefault = byName.has(DEFAULT_AGENT) || environment !== 'production' || agents.length === 0

  const principalOf = (name: string): Principal | undefined => {
    const agent = byName.get(name)
    if (agent) {
      const { role, permissions } = agent
      return { name, role, ...(permissions === undefined ? {} : { permissions }) }
    }
    return name === DEFAULT_AGENT && hasDefault ? { name, role: 'trader' } : undefined
  }

  return {
    names: [...byName.keys(), ...(hasDefault && !byName.has(DEFAULT_AGENT) ? [DEFAULT_AGENT] : [])],
    principalOf,
    tokenHashesOf: (name) => byName.get(name)?.tokenHashes ?? [],
    defaultAs(asked) {
      const own = principalOf(DEFAULT_AGENT)
      if (!own || asked === undefined || asked === own.role) return own
      const height = ladder.indexOf(asked)
      if (height < 0) return undefined
      // Asking for more than it has gives what it has: the client does not know, and is told by its lists.
      const isLess = height < ladder.indexOf(own.role)
      return isLess ? { ...own, role: asked } : own
    },
  }
}
