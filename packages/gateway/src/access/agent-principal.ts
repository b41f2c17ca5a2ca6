import { ConfigError, type Principal, suggest } from '@tidegate/trading-model'
import type { Config } from '../config/config.js'
import { createAgentDirectory, DEFAULT_AGENT } from './agent-directory.js'

/**
 * The principal of the agent that a process names itself as.
 *
 * > [!NOTE]
 * > A name is a claim. Whether the process may act under it is for the home to say: by the agent's token, where it has one.
 *
 * @param name - From `--agent` or `TIDEGATE_AGENT`; absent: the default agent.
 * @throws {ConfigError} `ERR_CONFIG_INVALID`: no agent has that name; the message lists those there are.
 */
export function agentPrincipal(config: Pick<Config, 'environment' | 'agents'>, name?: string): Principal {
  const agents = createAgentDirectory(config.environment, config.agents)
  const wanted = name === undefined || name === '' ? DEFAULT_AGENT : name
  const principal = agents.principalOf(wanted)
  if (principal) return principal
  const meant = suggest(wanted, agents.names)
  const which = `the agents are ${agents.names.join(', ')}`
  throw new ConfigError('ERR_CONFIG_INVALID', `there is no agent ${JSON.stringify(wanted.slice(0, 60))}: ${which}`, {
    hint:
      meant === undefined
        ? 'Name one of them with --agent or TIDEGATE_AGENT, or add it under agents: in the configuration'
        : `Did you mean --agent ${meant}?`,
  })
}
