import { join } from 'node:path'
import type { JsonObject } from '@tidegate/mcp-adapter'
import type { Config } from '../config/config.js'
import { readTokens } from '../http/tokens.js'
import { createRuntime, type Runtime } from '../runtime.js'
import { readOwner } from './owner-file.js'
import { createRemoteBackend } from './remote-backend.js'
import { createRemoteClient } from './remote-client.js'

/** A dead one refuses at once; one that is busy needs a while. */
const PROBE_MS = 5_000

/**
 * Calls the operator's door of the process that owns the home; a home that nobody owns stays closed.
 *
 * @returns The answer; `undefined` when no owner is there.
 * @throws what the owner refused with.
 */
export async function askOwner(
  config: Pick<Config, 'homeFolder' | 'environment'>,
  verb: string,
  args: JsonObject = {},
  { disk }: Pick<Runtime, 'disk'> = createRuntime(),
): Promise<JsonObject | undefined> {
  const folder = join(config.homeFolder, config.environment)
  const owner = readOwner(disk, folder)
  if (!owner) return undefined
  const client = createRemoteClient(owner.url)
  try {
    if ((await client.probe(PROBE_MS))?.environment !== config.environment) return undefined
    const options = { tokens: readTokens(disk, folder), isAgent: false, onStreamEnd: () => {} }
    return await createRemoteBackend(client, options).control.call(verb, args)
  } finally {
    client.close()
  }
}
