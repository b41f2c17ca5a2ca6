import { join } from 'node:path'
import { ConfigError, type Disk, type Environment, type Random } from '@tidegate/trading-model'
import { z } from 'zod'
import type { AgentDirectory } from '../access/agent-directory.js'
import { checkPrivateFile } from '../secrets/check-private-file.js'
import { newTotpSecret, totpUri } from './totp.js'

const FILE_MODE = 0o600
const NAME = /^[a-z0-9][a-z0-9_.-]{0,39}$/
/** Names under which Tidegate itself acts: none of them is a person. */
const TAKEN = ['operator', 'cli', 'desk', 'gateway', 'journal', 'external', 'home']

const fileSchema = z.strictObject({
  format: z.literal('tidegate-approver/1'),
  environment: z.string(),
  secret: z.string().regex(/^[A-Z2-7]{32,}$/),
})

/** The people with an authenticator app: one file each in the environment's folder, readable by its owner alone. */
export interface ApproverBook {
  /**
   * The secret of an approver; `undefined` when nobody of that name is enrolled. Read anew every time: enrolment needs no restart.
   *
   * @throws {ConfigError} `ERR_CONFIG_INVALID`: the file is open to others, or none of ours. Nothing of it is in the message.
   */
  secretOf(name: string): string | undefined
  /**
   * Enrols somebody, or gives a new secret to somebody who lost theirs.
   *
   * @returns The address for the authenticator app, which holds the secret: shown once, kept nowhere else.
   * @throws {ConfigError} `ERR_CONFIG_INVALID`: no name for an approver, one of an agent that trades, or enrolled already.
   */
  enroll(name: string, random: Random, replace?: boolean): { readonly uri: string; readonly file: string }
}

export interface ApproverBookOptions {
  readonly disk: Disk
  /** The environment's folder. */
  readonly folder: string
  readonly environment: Environment
  readonly agents: AgentDirectory
}

/** Makes the book of one environment. */
export function createApproverBook({ disk, folder, environment, agents }: ApproverBookOptions): ApproverBook {
  const home = join(folder, 'approvers')
  const fileOf = (name: string): string => join(home, `${name}.json`)
  const read = (name: string): string | undefined => {
    if (!NAME.test(name) || TAKEN.includes(name)) return undefined
    const path = fileOf(name)
    const text = disk.readText(path)
    if (text === undefined) return undefined
    checkPrivateFile('the approver’s file', path)
    const file = fileSchema.safeParse(parse(text)).data
    if (file?.environment === environment) return file.secret
    throw new ConfigError('ERR_CONFIG_INVALID', `${path} is no approver’s file of ${environment}`, {
      hint: `Run: tidegate approvals enroll --name ${name} --replace`,
    })
  }
  return {
    secretOf: read,
    enroll(name, random, replace = false) {
      checkName(name, agents)
      if (!replace && disk.readText(fileOf(name)) !== undefined) {
        throw new ConfigError('ERR_CONFIG_INVALID', `${name} is enrolled already`, {
          hint: 'Add --replace to make a new secret; codes of the old one are worth nothing then',
        })
      }
      const secret = newTotpSecret(random)
      disk.makeFolder(home)
      const text = JSON.stringify({ format: 'tidegate-approver/1', environment, secret })
      disk.writeTextAtomically(fileOf(name), `${text}\n`, FILE_MODE)
      return { uri: totpUri(name, environment, secret), file: fileOf(name) }
    },
  }
}

function checkName(name: string, agents: AgentDirectory): void {
  if (!NAME.test(name)) {
    throw new ConfigError('ERR_CONFIG_INVALID', `${JSON.stringify(name.slice(0, 60))} is no name for an approver`, {
      hint: 'Use small letters, digits, dots, dashes and underscores, at most 40, such as ann',
    })
  }
  const role = agents.principalOf(name)?.role
  if (TAKEN.includes(name) || (role !== undefined && role !== 'approver' && role !== 'admin')) {
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      role === undefined ? `Tidegate itself acts as ${name}` : `${name} is an agent with the role ${role}`,
      { hint: 'Choose the name of the person who approves: whoever asks for orders approves none' },
    )
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
