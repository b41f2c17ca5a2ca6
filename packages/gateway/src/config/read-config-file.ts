import { ConfigError, suggest } from '@tidegate/trading-model'
import { parseDocument } from 'yaml'
import type { RawValue } from './raw-value.js'
import { allSettings } from './settings.js'

/** A file's values by path. Scalars are text as written. */
export type FileValues = ReadonlyMap<string, RawValue>

/**
 * Parses a configuration file and checks that every key in it is known.
 *
 * @param name - Path of the file, for messages.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` for text that is no YAML, repeated keys, and keys that nobody reads ("did you mean").
 */
export function readConfigFile(text: string, name: string): FileValues {
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: true })
  const problem = document.errors[0]
  if (problem) {
    throw new ConfigError('ERR_CONFIG_INVALID', `${name} is not valid YAML: ${problem.message.split('\n')[0]}`, {
      hint: 'Correct the line and start again',
    })
  }
  const tree = (document.toJS({ maxAliasCount: 20 }) ?? {}) as RawValue
  if (typeof tree === 'string' || Array.isArray(tree)) {
    // An empty document parses as empty text.
    if (tree === '') return new Map()
    throw new ConfigError('ERR_CONFIG_INVALID', `${name} is not a map of settings`, {
      hint: 'Begin with a section such as "coinbase:"',
    })
  }
  const values = new Map<string, RawValue>()
  collect(tree as { readonly [key: string]: RawValue }, '', name, values)
  return values
}

function collect(
  tree: { readonly [key: string]: RawValue },
  prefix: string,
  name: string,
  values: Map<string, RawValue>,
): void {
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix === '' ? key : `${prefix}.${key}`
    const setting = allSettings.find((item) => item.path === path)
    if (setting) {
      values.set(path, value)
      continue
    }
    const isSection = allSettings.some((item) => item.path.startsWith(`${path}.`))
    if (!isSection) throw unknownKey(path, key, prefix, name)
    if (value === '') continue
    if (typeof value === 'string' || Array.isArray(value)) {
      throw new ConfigError('ERR_CONFIG_INVALID', `${path} in ${name} is one value, not a section`, {
        hint: `Write its settings below it, indented`,
      })
    }
    collect(value as { readonly [key: string]: RawValue }, path, name, values)
  }
}

function unknownKey(path: string, key: string, prefix: string, name: string): ConfigError {
  const siblings = allSettings
    .filter((item) => prefix === '' || item.path.startsWith(`${prefix}.`))
    .map((item) => item.path.slice(prefix === '' ? 0 : prefix.length + 1).split('.')[0] ?? '')
  const sibling = suggest(key, [...new Set(siblings)])
  const elsewhere = allSettings.find((item) => item.path.split('.').at(-1) === key)?.path
  const meant = elsewhere ?? (sibling === undefined ? undefined : prefix === '' ? sibling : `${prefix}.${sibling}`)
  return new ConfigError('ERR_CONFIG_INVALID', `${name} has a key that nothing reads: ${path}`, {
    hint: meant === undefined ? 'Remove it, or see the README for the keys there are' : `Did you mean ${meant}?`,
  })
}
