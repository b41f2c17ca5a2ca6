import { ConfigError, type Environment } from '@tidegate/trading-model'
import { checkPrivateFile } from '../secrets/check-private-file.js'
import { Secret } from '../secrets/secret.js'
import type { Config } from './config.js'
import { readKeyFile } from './read-key-file.js'
import type { Resolve } from './resolve-settings.js'
import { settings } from './settings.js'

export interface KeyPlaces {
  readonly environment: Environment
  readonly inHome: (name: string) => string
  /** In the environment's folder. */
  readonly inFolder: (name: string) => string
  readonly readFile: (path: string) => string | undefined
}

export interface ResolvedKey {
  readonly key: Pick<Config['coinbase'], 'apiKey' | 'apiSecret'>
  readonly secrets: Config['secrets']
  readonly warnings: readonly string[]
}

/**
 * Finds the venue's key: sealed file before key file before variables and configuration. A sealed file is only found here; it is
 * opened when the gateway opens, for a process that merely attaches needs no key.
 *
 * @throws {ConfigError} for a key file that is absent, unreadable, or open to others.
 */
export function resolveKey(resolve: Resolve, places: KeyPlaces): ResolvedKey {
  const { inHome, inFolder, readFile, environment } = places
  const apiKey = resolve(settings.apiKey)
  const apiSecret = resolve(settings.apiSecret)
  const keyFile = resolve(settings.keyFile).value
  const secretsFile = resolve(settings.secretsFile)
  const file = inFolder(secretsFile.value)
  // Practice on defaults looks at no file at all.
  const mayBeSealed = environment === 'production' || secretsFile.origin.kind !== 'default'
  const isSealed = mayBeSealed && readFile(file)?.trimStart().startsWith('{') === true
  const passphraseFile = resolve(settings.secretsPassphraseFile).value
  const passphraseFd = resolve(settings.secretsPassphraseFd).value
  const given = apiSecret.value !== undefined
  const source = isSealed ? 'sealed file' : keyFile !== undefined ? 'key file' : given ? apiSecret.origin.kind : 'none'
  const secrets: Config['secrets'] = {
    file,
    isSealed,
    ...(passphraseFile === undefined ? {} : { passphraseFile: inHome(passphraseFile) }),
    ...(passphraseFd === undefined ? {} : { passphraseFd }),
    keySource: source === 'default' ? 'none' : source,
    ...(keyFile === undefined ? {} : { keyFile: inHome(keyFile) }),
  }
  const warnings: string[] = []
  if (environment === 'production' && given && source !== 'variable' && source !== 'file') {
    warnings.push(`${apiSecret.origin.label} is not used: the ${source} has the key`)
  }
  if (environment === 'production' && (source === 'variable' || source === 'file')) {
    warnings.push(
      `the key comes from ${apiSecret.origin.label}, in plain text; \`tidegate secrets init\` keeps it encrypted`,
    )
  }
  if (source === 'key file' && keyFile !== undefined && environment !== 'sandbox') {
    return { key: fromFile(inHome(keyFile), readFile), secrets, warnings }
  }
  const key = {
    ...(apiKey.value === undefined ? {} : { apiKey: apiKey.value }),
    ...(apiSecret.value === undefined ? {} : { apiSecret: apiSecret.value }),
  }
  return { key: isSealed && environment === 'production' ? {} : key, secrets, warnings }
}

function fromFile(path: string, readFile: KeyPlaces['readFile']): ResolvedKey['key'] {
  const text = readFile(path)
  if (text === undefined) {
    throw new ConfigError('ERR_CONFIG_MISSING', `coinbase.key_file names ${path}, which is not there`, {
      hint: 'Point it at the key file that Coinbase gave you; relative paths begin at TIDEGATE_HOME',
    })
  }
  checkPrivateFile('coinbase.key_file', path)
  const key = readKeyFile(text, path)
  return { apiKey: key.name, apiSecret: new Secret(key.privateKey) }
}
