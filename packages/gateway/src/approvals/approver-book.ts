import { createHash } from 'node:crypto'
import { ConfigError, type Disk, type Environment, type Log, type Random } from '@tidegate/trading-model'
import type { AgentDirectory } from '../access/agent-directory.js'
import type { SecretsFile } from '../secrets/secrets-file.js'
import { createApproverFiles, isApproverName } from './approver-files.js'
import { moveApprovers } from './move-approvers.js'
import { newTotpSecret, totpUri } from './totp.js'

/** Names under which Tidegate itself acts: none of them is a person. */
const TAKEN = ['operator', 'cli', 'desk', 'gateway', 'journal', 'external', 'home']
const FINGERPRINT_DIGITS = 16
/** In place of a fingerprint: the file is there and cannot be read. */
export const UNREADABLE = 'unreadable'

/** The people with an authenticator app: in the sealed file where there is one, else one file each, readable by its owner alone. */
export interface ApproverBook {
  /**
   * The secret of an approver; `undefined` when nobody of that name is enrolled. Read anew every time: enrolment needs no restart.
   *
   * @throws {ConfigError} `ERR_CONFIG_INVALID`: a file is open to others, or none of ours. Nothing of it is in the message.
   */
  secretOf(name: string): string | undefined
  /** Who is enrolled, with a name for the secret that says nothing of it; {@link UNREADABLE} for one that cannot be read. */
  fingerprints(): Readonly<Record<string, string>>
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
  /** The sealed file and its path, where there is one: files of approvers are taken into it. */
  readonly sealed?: { readonly file: SecretsFile; readonly path: string }
  /** Hears of every secret that was read, to mask it on the way out. */
  readonly onSecret?: (secret: string) => void
  readonly log?: Log
}

const noLog: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** Makes the book of one environment. */
export function createApproverBook(options: ApproverBookOptions): ApproverBook {
  const { environment, agents, sealed, onSecret = () => {}, log = noLog } = options
  const files = createApproverFiles(options)
  const warned = new Set<string>()
  const warnOnce = (event: string, name: string): void => {
    if (warned.has(`${event} ${name}`)) return
    warned.add(`${event} ${name}`)
    log.warn(event, { approver: name, file: files.pathOf(name) })
  }
  if (sealed) moveApprovers({ sealed: sealed.file, files, log })
  else if (environment === 'production') for (const name of files.names()) warnOnce('approver_in_plain_file', name)

  /** What another process sealed since; after a new passphrase, what was read last. */
  const reload = (): void => {
    try {
      sealed?.file.reload()
    } catch (error) {
      log.warn('secrets_file_not_read', { error })
    }
  }

  const read = (name: string): string | undefined => {
    const own = sealed?.file.approver(name)
    if (own !== undefined || sealed?.file.hasTakenApprovers) return own
    const secret = files.read(name)
    if (sealed && secret !== undefined) warnOnce('approver_in_plain_file', name)
    return secret
  }

  return {
    secretOf(name) {
      if (!isApproverName(name) || TAKEN.includes(name)) return undefined
      reload()
      const secret = read(name)
      if (secret !== undefined) onSecret(secret)
      return secret
    },
    fingerprints() {
      reload()
      const beside = sealed?.file.hasTakenApprovers ? [] : files.names()
      const names = [...new Set([...(sealed?.file.approvers() ?? []), ...beside])].toSorted()
      return Object.fromEntries(names.map((name) => [name, printOf(name)]))
    },
    enroll(name, random, replace = false) {
      checkName(name, agents)
      if (!replace && isEnrolled(name)) {
        throw new ConfigError('ERR_CONFIG_INVALID', `${name} is enrolled already`, {
          hint: 'Add --replace to make a new secret; codes of the old one are worth nothing then',
        })
      }
      const secret = newTotpSecret(random)
      if (sealed) sealed.file.setApprovers({ [name]: secret })
      else files.write(name, secret)
      return { uri: totpUri(name, environment, secret), file: sealed?.path ?? files.pathOf(name) }
    },
  }

  function printOf(name: string): string {
    try {
      return fingerprintOf(read(name) ?? '')
    } catch {
      return UNREADABLE
    }
  }

  function isEnrolled(name: string): boolean {
    if (sealed?.file.approver(name) !== undefined) return true
    return sealed?.file.hasTakenApprovers !== true && files.names().includes(name)
  }
}

/** A name for a secret: of 160 random bits nothing can be guessed from it. */
export function fingerprintOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, FINGERPRINT_DIGITS)
}

function checkName(name: string, agents: AgentDirectory): void {
  if (!isApproverName(name)) {
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
