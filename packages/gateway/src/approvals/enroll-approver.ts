import { join } from 'node:path'
import { ConfigError } from '@tidegate/trading-model'
import { createAgentDirectory } from '../access/agent-directory.js'
import type { Config } from '../config/config.js'
import type { Runtime } from '../runtime.js'
import type { SecretsFile } from '../secrets/secrets-file.js'
import { createApproverBook } from './approver-book.js'

export interface Enrolled {
  /** The `otpauth://` address with the secret. */
  readonly uri: string
  /** What keeps it. */
  readonly file: string
  readonly isSealed: boolean
}

/**
 * Enrols an approver in the home that a configuration names, with or without a gateway at work there: in the sealed file, where the home
 * has one. Files of approvers that lie beside it are taken in first.
 *
 * @param options - `replace` gives a new secret to somebody who is enrolled already; `sealed` is the open sealed file.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` as {@link ApproverBook.enroll}; `ERR_CONFIG_MISSING` when there is a sealed file and it was
 * not opened.
 */
export function enrollApprover(
  config: Pick<Config, 'environment' | 'homeFolder' | 'agents' | 'secrets'>,
  { disk, random }: Pick<Runtime, 'disk' | 'random'>,
  name: string,
  { replace = false, sealed }: { readonly replace?: boolean; readonly sealed?: SecretsFile } = {},
): Enrolled {
  const { environment, homeFolder, secrets } = config
  if (secrets.isSealed && !sealed) {
    throw new ConfigError('ERR_CONFIG_MISSING', `approvers are kept in ${secrets.file}, which needs its passphrase`, {
      hint: 'Run it from a terminal to be asked, or name --passphrase-file or --passphrase-fd',
    })
  }
  const agents = createAgentDirectory(environment, config.agents)
  const folder = join(homeFolder, environment)
  const kept = sealed ? { sealed: { file: sealed, path: secrets.file } } : {}
  const book = createApproverBook({ disk, folder, environment, agents, ...kept })
  return { ...book.enroll(name, random, replace), isSealed: sealed !== undefined }
}
