import type { CallControl, CallProgress, JsonObject, SurfaceBackend, ToolOutcome } from '@tidegate/mcp-adapter'
import { PermissionError, type Principal } from '@tidegate/trading-model'
import { DEFAULT_AGENT } from '../access/agent-directory.js'
import type { ControlApi } from '../gateway.js'
import type { BackendOperation } from '../http/backend-operations.js'
import type { RemoteClient } from './remote-client.js'

/** A tool may wait for the market (`subscribe_ticker`, `wait_for_event`: up to 50 s) before it answers. */
const CALL_TIMEOUT_MS = 120_000

/** The owner's surface and operator's door, from another process. */
export interface RemoteBackend {
  readonly mcp: SurfaceBackend
  readonly control: ControlApi
}

export interface RemoteBackendOptions {
  /** What this user may read of the home's tokens. */
  readonly tokens: { readonly agent?: string; readonly operator?: string }
  /** The token of the one agent that this process speaks for. */
  readonly agentToken?: string
  /** An agent's process never uses the operator's token for its calls, also where it could read it. */
  readonly isAgent: boolean
  /** A followed URI ended because the owner went away. */
  readonly onStreamEnd: () => void
}

/** Makes the surface of a home somebody else owns. Who may act as whom is for the owner to say. */
export function createRemoteBackend(client: RemoteClient, options: RemoteBackendOptions): RemoteBackend {
  const { tokens, agentToken, isAgent, onStreamEnd } = options
  const tokenFor = ({ name, role }: Principal): string => {
    const forAgents = agentToken ?? tokens.agent
    const isPlain = name === DEFAULT_AGENT && role !== 'approver' && role !== 'admin'
    const token = isAgent ? forAgents : ((isPlain ? forAgents : undefined) ?? tokens.operator)
    if (token !== undefined) return token
    throw new PermissionError(`${name} (${role}) has no token for this home`, {
      hint: isAgent ? 'Give the token of the agent in TIDEGATE_AGENT_TOKEN' : 'Run as the user who owns the home',
    })
  }
  const claim = ({ name, role }: Principal): Principal => ({ name, role })
  const run = async (principal: Principal, call: BackendOperation): Promise<unknown> =>
    client.post('/backend', tokenFor(principal), { principal: claim(principal), call }, CALL_TIMEOUT_MS)

  const follow = (principal: Principal, call: BackendOperation, { progress, signal }: CallControl): Promise<unknown> =>
    client.follow(
      '/backend/call',
      tokenFor(principal),
      { principal: claim(principal), call },
      {
        onLine({ progress: step }) {
          if (step !== undefined) progress?.(step as CallProgress)
        },
        ...(signal ? { signal } : {}),
      },
    )

  return {
    mcp: {
      async callTool(principal, name, args, control) {
        const call = { op: 'callTool', name, args: args as Record<string, never> } as const
        const answer = control ? await follow(principal, call, control) : await run(principal, call)
        return answer as ToolOutcome
      },
      readResource: async (principal, uri) =>
        (await run(principal, { op: 'readResource', uri })) as Awaited<ReturnType<SurfaceBackend['readResource']>>,
      getPrompt: async (principal, name, args) =>
        (await run(principal, { op: 'getPrompt', name, args })) as Awaited<ReturnType<SurfaceBackend['getPrompt']>>,
      complete: async (principal, ref, argument, value) =>
        (await run(principal, { op: 'complete', ref, argument, value })) as readonly string[],
      subscribe: (principal, uri, changed) =>
        client.stream(
          '/backend/subscribe',
          tokenFor(principal),
          { principal: claim(principal), uri },
          { onLine: (line) => (line['changed'] === uri ? changed() : undefined), onEnd: onStreamEnd },
        ),
    },
    control: {
      async call(verb, args) {
        if (tokens.operator === undefined) {
          throw new PermissionError('the operator’s token of this home cannot be read by this user', {
            hint: 'Run as the user who owns the home',
          })
        }
        return (await client.post('/control', tokens.operator, { verb, args }, CALL_TIMEOUT_MS)) as JsonObject
      },
    },
  }
}
