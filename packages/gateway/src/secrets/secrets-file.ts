import { createHash } from 'node:crypto'
import { createKeySigner } from '@tidegate/coinbase-client'
import { type Clock, ConfigError, type Disk, type Environment, type Random } from '@tidegate/trading-model'
import { checkPrivateFile } from './check-private-file.js'
import { checkWebhook } from './check-webhook.js'
import { NEXT, type SecretName } from './names.js'
import { removeLeftovers } from './remove-leftovers.js'
import { createSealed, openSealed, type Sealed, type SealedEntries } from './sealed-file.js'

const FILE_MODE = 0o600
const SHORTEST_PASSPHRASE = 12
/** The authenticator secret of an approver stands under this and the name. */
const APPROVER = 'approvals.totp.'
/** Tells that the files of approvers were taken in: from then on no file makes an approver. */
const MOVED = 'approvals.moved'

/** A venue key. */
export interface NamedKey {
  readonly name: string
  readonly secret: string
}

/** The encrypted file of one environment's secrets, open. Every change is on disk when the call returns. */
export interface SecretsFile {
  /** Names and when they were set; never a value. */
  list(): readonly { readonly name: string; readonly setAt: string }[]
  get(name: SecretName): string | undefined
  /** @throws {ConfigError} when the value is not what its name says; the value is not in the message. */
  set(name: SecretName, value: string): void
  /** The key in force, when both parts are there. */
  key(): NamedKey | undefined
  /** The key that waits to take over. */
  nextKey(): NamedKey | undefined
  /** Lets a key wait; it takes over with {@link SecretsFile.settleNext}. */
  stageNext(key: NamedKey): void
  /** Puts the waiting key in force, or forgets it. */
  settleNext(verdict: 'taken' | 'refused'): void
  /** Names of the approvers whose authenticator secret is kept here. */
  approvers(): readonly string[]
  /** The authenticator secret of an approver, base32. */
  approver(name: string): string | undefined
  /** Keeps authenticator secrets by name, beside those that are there. */
  setApprovers(secrets: Readonly<Record<string, string>>): void
  /** The files of approvers were taken in; none of them counts any more. */
  readonly hasTakenApprovers: boolean
  /** As {@link SecretsFile.setApprovers}, and none of the files counts from now on. */
  takeApprovers(secrets: Readonly<Record<string, string>>): void
  /**
   * Seals everything anew with another passphrase and a fresh salt. The file is replaced whole: whatever happens meanwhile, the old
   * one or the new one is there. Leftovers of writes that were cut off go, for they would open with the old one.
   *
   * @throws {ConfigError} The passphrase is too short, or the one in force; nothing has changed then.
   */
  rekey(passphrase: string): void
  /** Reads what another process wrote. @throws {ConfigError} when the passphrase is another by now. */
  reload(): void
}

export interface SecretsFileOptions {
  readonly path: string
  readonly environment: Environment
  readonly passphrase: string
  readonly disk: Disk
  readonly random: Random
  readonly clock: Clock
  /** Another passphrase to try when the file was sealed anew meanwhile. */
  readonly passphraseAgain?: () => string | undefined
}

/** Makes the file. @throws {ConfigError} when there is one, or the passphrase is too short to protect anything. */
export function createSecretsFile(options: SecretsFileOptions): SecretsFile {
  const { path, disk, passphrase } = options
  if (disk.readText(path) !== undefined) {
    throw new ConfigError('ERR_CONFIG_INVALID', `there is a secrets file already: ${path}`, {
      hint: 'Use `tidegate secrets set`, or move the file away first',
    })
  }
  checkPassphrase(passphrase)
  const sealed = createSealed(options.environment, passphrase, options.random)
  disk.writeTextAtomically(path, sealed.seal({}), FILE_MODE)
  return over(sealed, options)
}

function checkPassphrase(passphrase: string): void {
  if (passphrase.length >= SHORTEST_PASSPHRASE) return
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `the passphrase has ${passphrase.length} characters, fewer than ${SHORTEST_PASSPHRASE}`,
    { hint: 'Take several words, or let a password manager make one' },
  )
}

/** Opens the file. @throws {ConfigError} when it is not there, open to others, or not to be opened; see {@link openSealed}. */
export function openSecretsFile(options: SecretsFileOptions): SecretsFile {
  const { environment, passphrase, random } = options
  return over(openSealed(readSealed(options), environment, passphrase, random), options)
}

function readSealed({ path, disk }: Pick<SecretsFileOptions, 'path' | 'disk'>): string {
  checkPrivateFile('secrets.file', path)
  const text = disk.readText(path)
  if (text !== undefined) return text
  throw new ConfigError('ERR_CONFIG_MISSING', `there is no secrets file ${path}`, {
    hint: 'Make one with `tidegate secrets init`',
  })
}

function over(first: Sealed, options: Omit<SecretsFileOptions, 'passphrase'>): SecretsFile {
  const { path, disk, clock, environment, random } = options
  let sealed = first
  /** Text and passphrase that did not go together, as a hash: trying costs half a second. */
  let refused: string | undefined

  const reload = (): void => {
    const text = readSealed(options)
    try {
      sealed = sealed.reopen(text)
    } catch (error) {
      const passphrase = options.passphraseAgain?.()
      const pair = createHash('sha256').update(`${passphrase}\0${text}`).digest('hex')
      if (passphrase === undefined || pair === refused) throw error
      try {
        sealed = openSealed(text, environment, passphrase, random)
      } catch {
        refused = pair
        throw error
      }
    }
  }
  /** From what is on disk now: another process may have written since we read. */
  const change = (next: (entries: SealedEntries) => SealedEntries): void => {
    reload()
    const text = sealed.seal(next(sealed.entries))
    disk.writeTextAtomically(path, text, FILE_MODE)
    sealed = sealed.reopen(text)
  }
  const now = (): string => new Date(clock.nowMs()).toISOString()
  const keyOf = (suffix: string): NamedKey | undefined => {
    const name = sealed.entries[`coinbase.api_key${suffix}`]?.value
    const secret = sealed.entries[`coinbase.api_secret${suffix}`]?.value
    return name === undefined || secret === undefined ? undefined : { name, secret }
  }
  const entry = (value: string): { value: string; setAt: string } => ({ value, setAt: now() })
  const approverEntries = (secrets: Readonly<Record<string, string>>): SealedEntries =>
    Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [`${APPROVER}${name}`, entry(secret)]))

  return {
    list: () =>
      Object.entries(sealed.entries)
        .filter(([name]) => name !== MOVED)
        .map(([name, { setAt }]) => ({ name, setAt })),
    get: (name) => sealed.entries[name]?.value,
    set(name, value) {
      checkValue(name, value, environment)
      change((entries) => ({ ...entries, [name]: entry(value) }))
    },
    key: () => keyOf(''),
    nextKey: () => keyOf(NEXT),
    stageNext(key) {
      createKeySigner(key.name, key.secret)
      change((entries) => ({
        ...entries,
        [`coinbase.api_key${NEXT}`]: entry(key.name),
        [`coinbase.api_secret${NEXT}`]: entry(key.secret),
      }))
    },
    settleNext(verdict) {
      change((entries) => {
        const next = keyOf(NEXT)
        const kept = Object.fromEntries(Object.entries(entries).filter(([name]) => !name.endsWith(NEXT)))
        if (next === undefined || verdict === 'refused') return kept
        return { ...kept, 'coinbase.api_key': entry(next.name), 'coinbase.api_secret': entry(next.secret) }
      })
    },
    approvers: () =>
      Object.keys(sealed.entries)
        .filter((name) => name.startsWith(APPROVER))
        .map((name) => name.slice(APPROVER.length)),
    approver: (name) => sealed.entries[`${APPROVER}${name}`]?.value,
    setApprovers: (secrets) => change((entries) => ({ ...entries, ...approverEntries(secrets) })),
    get hasTakenApprovers() {
      return sealed.entries[MOVED] !== undefined
    },
    takeApprovers: (secrets) =>
      change((entries) => ({ ...entries, ...approverEntries(secrets), [MOVED]: entry('yes') })),
    rekey(passphrase) {
      checkPassphrase(passphrase)
      reload()
      if (opens(readSealed(options), environment, passphrase, random)) {
        throw new ConfigError('ERR_CONFIG_INVALID', 'the new passphrase is the one in force already', {
          hint: 'Take another one',
        })
      }
      const next = createSealed(environment, passphrase, random)
      const text = next.seal(sealed.entries)
      const opened = next.reopen(text)
      disk.writeTextAtomically(path, text, FILE_MODE)
      sealed = opened
      removeLeftovers(path)
    },
    reload,
  }
}

function opens(text: string, environment: Environment, passphrase: string, random: Random): boolean {
  try {
    openSealed(text, environment, passphrase, random)
    return true
  } catch {
    return false
  }
}

function checkValue(name: SecretName, value: string, environment: Environment): void {
  if (name.startsWith('coinbase.') && environment !== 'production') {
    throw new ConfigError('ERR_CONFIG_INVALID', `${environment} uses no Coinbase key, so it gets none`, {
      hint: 'Add --environment production',
    })
  }
  if (value.trim() === '') {
    throw new ConfigError('ERR_CONFIG_INVALID', `${name} is empty`, { hint: 'Give it a value' })
  }
  // Read as the client will read it: a key that cannot sign is refused now, not at the next start.
  if (name === 'coinbase.api_secret') createKeySigner('organizations/any/apiKeys/any', value)
  if (name === 'coinbase.api_key' && /\s|BEGIN/.test(value.trim())) {
    throw new ConfigError('ERR_CONFIG_INVALID', 'coinbase.api_key is the name of a key, not the key', {
      hint: 'It reads organizations/…/apiKeys/…',
    })
  }
  if (name === 'alerts.webhook_url') checkWebhook(value, name)
  if (name === 'store.url' && !/^postgres(ql)?:\/\//.test(value)) {
    throw new ConfigError('ERR_CONFIG_INVALID', `${name} is no postgres:// address`, {
      hint: 'It reads postgres://user:password@host:5432/database',
    })
  }
}
