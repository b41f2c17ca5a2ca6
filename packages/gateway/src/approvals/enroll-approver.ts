import { join } from 'node:path'
import { createAgentDirectory } from '../access/agent-directory.js'
import type { Config } from '../config/config.js'
import type { Runtime } from '../runtime.js'
import { createApproverBook } from './approver-book.js'

/**
 * Enrols an approver in the home that a configuration names, with or without a gateway at work there.
 *
 * @param replace - Gives a new secret to somebody who is enrolled already.
 * @returns The `otpauth://` address with the secret, and the file that keeps it.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` as {@link ApproverBook.enroll}.
 */
export function enrollApprover(
  config: Pick<Config, 'environment' | 'homeFolder' | 'agents'>,
  { disk, random }: Pick<Runtime, 'disk' | 'random'>,
  name: string,
  replace = false,
): { readonly uri: string; readonly file: string } {
  const { environment, homeFolder } = config
  const agents = createAgentDirectory(environment, config.agents)
  const folder = join(homeFolder, environment)
  return createApproverBook({ disk, folder, environment, agents }).enroll(name, random, replace)
}
