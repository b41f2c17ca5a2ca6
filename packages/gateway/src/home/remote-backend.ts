import type { JsonObject, SurfaceBackend } from '@tidegate/mcp-adapter'
import { PermissionError, type Principal } from '@tidegate/trading-model'
import type { ControlApi } from '../gateway.js'
import type { BackendOperation } from '../http/backend-operations.js'
import { principalFor } from '../http/tokens.js'
import type { RemoteClient } from './remote-client.js'

/** A tool may wait for the market (`subscribe_ticker`, `wait_for_event`: up to 50 s) before it answers. */
const CALL_TIMEOUT_MS = 120_000

/** The owner's surface and operator's door, from another process. */
export interface RemoteBackend {
  readonly mcp: SurfaceBackend
  readonly control: ControlApi
}

/**
 * Makes the surface of a home somebody else owns.
 *
 * @param tokens - What this user may read of the home's tokens.
 * @param onStreamEnd - A followed URI ended because the owner went away.
 */
export function createRemoteBackend(
  client: RemoteClient,
  tokens: { readonly agent?: string; readonly operator?: string },
  onStreamEnd: () => void,
): RemoteBackend {
  const tokenFor = (principal: Principal): string => {
    const asAgent = principalFor('agent', principal)
    const isAgent = asAgent?.name === principal.name && asAgent.role === principal.role
    const token = (isAgent ? tokens.agent : undefined) ?? tokens.operator
    if (token !== undefined) return token
    throw new PermissionError(`${principal.name} (${principal.role}) has no token for this home`, {
      hint: 'Run as the user who owns the home',
    })
  }
  const run = async (principal: Principal, call: BackendOperation): Promise<unknown> =>
    client.post('/backend', tokenFor(principal), { principal, call }, CALL_TIMEOUT_MS)

  return {
    mcp: {
      callTool: async (principal, name, args) =>
        (await run(principal, { op: 'callTool', name, args: args as Record<string, never> })) as Awaited<
          ReturnType<SurfaceBackend['callTool']>
        >,
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
          { principal, uri },
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
