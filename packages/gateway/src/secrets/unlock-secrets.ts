import { readFileSync } from 'node:fs'
import { ConfigError } from '@tidegate/trading-model'
import type { Config } from '../config/config.js'
import { readKeyFile } from '../config/read-key-file.js'
import type { Runtime } from '../runtime.js'
import { checkPrivateFile } from './check-private-file.js'
import { Secret } from './secret.js'
import { type NamedKey, openSecretsFile, type SecretsFile } from './secrets-file.js'

/** A descriptor can be read once; a home may be opened again by the same process. */
const readDescriptors = new Map<number, Secret>()

/** Where the next key of the venue comes from, and what becomes of it. */
export interface KeySource {
  /** The key that is to take over; `undefined` when none waits. */
  next(inForce: string): NamedKey | undefined
  /** Called with the verdict; the sealed file then forgets the other key. */
  settle(verdict: 'taken' | 'refused'): void
}

export interface Unlocked {
  /** The configuration with the secrets in their places. */
  readonly config: Config
  readonly keys: KeySource
  /** The sealed file, where there is one. */
  readonly file?: SecretsFile
}

/**
 * Opens the sealed file, when there is one, and puts its secrets where the configuration has a place for them; what the configuration
 * says itself gives way.
 *
 * @param passphrase - From a person; absent: the configured descriptor or file is read.
 * @throws {ConfigError} `ERR_CONFIG_MISSING` without a passphrase, `ERR_CONFIG_INVALID` as {@link openSecretsFile}.
 */
export function unlockSecrets(config: Config, runtime: Runtime, passphrase?: Secret): Unlocked {
  if (!config.secrets.isSealed) return { config, keys: plainSource(config) }
  const given = passphrase ?? readPassphrase(config)
  if (!given) {
    throw new ConfigError('ERR_CONFIG_MISSING', `${config.secrets.file} needs its passphrase`, {
      hint: 'Start from a terminal to be asked, or set secrets.passphrase_file or secrets.passphrase_fd',
    })
  }
  const file = openSecretsFile({
    path: config.secrets.file,
    environment: config.environment,
    passphrase: given.reveal(),
    passphraseAgain: () => passphraseInFile(config)?.reveal(),
    ...runtime,
  })
  return { config: withSecrets(config, file), keys: sealedSource(file, config), file }
}

/** The passphrase as descriptor or file say it, without the line's end. */
export function readPassphrase(config: Pick<Config, 'secrets'>): Secret | undefined {
  const { passphraseFd } = config.secrets
  if (passphraseFd !== undefined) {
    const known = readDescriptors.get(passphraseFd)
    if (known) return known
    const secret = new Secret(firstLine(readFileSync(passphraseFd, 'utf8')))
    readDescriptors.set(passphraseFd, secret)
    return secret
  }
  return passphraseInFile(config)
}

function passphraseInFile({ secrets: { passphraseFile } }: Pick<Config, 'secrets'>): Secret | undefined {
  if (passphraseFile === undefined) return undefined
  checkPrivateFile('secrets.passphrase_file', passphraseFile)
  try {
    return new Secret(firstLine(readFileSync(passphraseFile, 'utf8')))
  } catch (cause) {
    throw new ConfigError('ERR_CONFIG_MISSING', `secrets.passphrase_file ${passphraseFile} cannot be read`, { cause })
  }
}

function firstLine(text: string): string {
  return text.split(/\r?\n/)[0] ?? ''
}

function withSecrets(config: Config, file: SecretsFile): Config {
  const key = file.key()
  const storeUrl = file.get('store.url')
  const webhookUrl = file.get('alerts.webhook_url')
  if (config.environment === 'production' && !key) {
    throw new ConfigError('ERR_CONFIG_MISSING', `there is no key in ${config.secrets.file}`, {
      hint: 'Run `tidegate secrets set --key-file FILE` with the file Coinbase gave you',
    })
  }
  return {
    ...config,
    coinbase: key ? { ...config.coinbase, apiKey: key.name, apiSecret: new Secret(key.secret) } : config.coinbase,
    store: storeUrl === undefined ? config.store : { ...config.store, url: new Secret(storeUrl) },
    alerts: webhookUrl === undefined ? config.alerts : { ...config.alerts, webhookUrl: new Secret(webhookUrl) },
  }
}

function sealedSource(file: SecretsFile, config: Config): KeySource {
  return {
    next(inForce) {
      checkPrivateFile('secrets.file', config.secrets.file)
      file.reload()
      const staged = file.nextKey()
      if (staged) return staged
      const current = file.key()
      return current?.name === inForce ? undefined : current
    },
    settle: (verdict) => {
      if (file.nextKey()) file.settleNext(verdict)
    },
  }
}

/** A key file may have been replaced; variables and configuration cannot change under a running process. */
function plainSource(config: Config): KeySource {
  return {
    next(inForce) {
      const { keyFile, keySource } = config.secrets
      if (keySource !== 'key file' || keyFile === undefined) {
        throw new ConfigError(
          'ERR_CONFIG_INVALID',
          'the key stands in the environment or the configuration of this process',
          {
            hint: 'Only a sealed file (`tidegate secrets init`) or a coinbase.key_file can be changed without a restart',
          },
        )
      }
      checkPrivateFile('coinbase.key_file', keyFile)
      const { name, privateKey } = readKeyFile(readFileSync(keyFile, 'utf8'), keyFile)
      return name === inForce ? undefined : { name, secret: privateKey }
    },
    settle: () => {},
  }
}
