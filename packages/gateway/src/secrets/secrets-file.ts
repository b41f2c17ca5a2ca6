import { createKeySigner } from '@tidegate/coinbase-client'
import { type Clock, ConfigError, type Disk, type Environment, type Random } from '@tidegate/trading-model'
import { checkPrivateFile } from './check-private-file.js'
import { checkWebhook } from './check-webhook.js'
import { NEXT, type SecretName } from './names.js'
import { createSealed, openSealed, type Sealed, type SealedEntries } from './sealed-file.js'

const FILE_MODE = 0o600

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
}

/** Makes the file. @throws {ConfigError} when there is one, or the passphrase is too short to protect anything. */
export function createSecretsFile(options: SecretsFileOptions): SecretsFile {
  const { path, disk, passphrase } = options
  if (disk.readText(path) !== undefined) {
    throw new ConfigError('ERR_CONFIG_INVALID', `there is a secrets file already: ${path}`, {
      hint: 'Use `tidegate secrets set`, or move the file away first',
    })
  }
  if (passphrase.length < 12) {
    throw new ConfigError('ERR_CONFIG_INVALID', `the passphrase has ${passphrase.length} characters, fewer than 12`, {
      hint: 'Take several words, or let a password manager make one',
    })
  }
  const sealed = createSealed(options.environment, passphrase, options.random)
  disk.writeTextAtomically(path, sealed.seal({}), FILE_MODE)
  return over(sealed, options)
}

/** Opens the file. @throws {ConfigError} when it is not there, open to others, or not to be opened; see {@link openSealed}. */
export function openSecretsFile(options: SecretsFileOptions): SecretsFile {
  const { path, environment, passphrase, random } = options
  return over(openSealed(readSealed(options), environment, passphrase, random), { ...options, path })
}

function readSealed({ path, disk }: Pick<SecretsFileOptions, 'path' | 'disk'>): string {
  checkPrivateFile('secrets.file', path)
  const text = disk.readText(path)
  if (text !== undefined) return text
  throw new ConfigError('ERR_CONFIG_MISSING', `there is no secrets file ${path}`, {
    hint: 'Make one with `tidegate secrets init`',
  })
}

function over(first: Sealed, options: SecretsFileOptions): SecretsFile {
  const { path, disk, clock, environment } = options
  let sealed = first
  const write = (entries: SealedEntries): void => {
    const text = sealed.seal(entries)
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

  return {
    list: () => Object.entries(sealed.entries).map(([name, { setAt }]) => ({ name, setAt })),
    get: (name) => sealed.entries[name]?.value,
    set(name, value) {
      checkValue(name, value, environment)
      write({ ...sealed.entries, [name]: entry(value) })
    },
    key: () => keyOf(''),
    nextKey: () => keyOf(NEXT),
    stageNext(key) {
      createKeySigner(key.name, key.secret)
      write({
        ...sealed.entries,
        [`coinbase.api_key${NEXT}`]: entry(key.name),
        [`coinbase.api_secret${NEXT}`]: entry(key.secret),
      })
    },
    settleNext(verdict) {
      const next = keyOf(NEXT)
      const kept = Object.fromEntries(Object.entries(sealed.entries).filter(([name]) => !name.endsWith(NEXT)))
      if (next === undefined || verdict === 'refused') return write(kept)
      write({ ...kept, 'coinbase.api_key': entry(next.name), 'coinbase.api_secret': entry(next.secret) })
    },
    reload() {
      sealed = sealed.reopen(readSealed(options))
    },
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
