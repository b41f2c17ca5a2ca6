import { ConfigError, suggest } from '@tidegate/trading-model'
import { expandVariables } from './expand-variables.js'
import type { Origin, RawValue } from './raw-value.js'
import type { FileValues } from './read-config-file.js'
import { allSettings, otherFlags, otherVariables, type Setting, variableOf } from './settings.js'

export type Variables = Readonly<Record<string, string | undefined>>
/** By setting path (`safety.dry_run_mode`) or short name (`port`). */
export type Flags = Readonly<Record<string, string | boolean | undefined>>

/** A value with the place it came from. */
export interface Resolved<T> {
  readonly value: T
  readonly origin: Origin
}

/** Gives each setting its value: flag over variable over file over default. */
export type Resolve = <T>(setting: Setting<T>) => Resolved<T>

/** What the values are taken from. */
export interface Sources {
  readonly flags: Flags
  readonly env: Variables
  readonly file: FileValues
  readonly fileName: string
  /** True when an unset `${VARIABLE}` in the file is an error. */
  readonly isStrict: boolean
}

/**
 * Makes the resolver.
 *
 * @throws {ConfigError} when called: a value that cannot be read, two variables that contradict each other, or (strict) an unset variable.
 */
export function createResolver(sources: Sources): Resolve {
  return <T>(setting: Setting<T>): Resolved<T> => {
    const found = fromFlags(setting, sources) ?? fromVariables(setting, sources) ?? fromFile(setting, sources)
    if (!found) return { value: setting.fallback, origin: { kind: 'default', label: `the default of ${setting.path}` } }
    return { value: setting.read(found.raw, found.origin), origin: found.origin }
  }
}

interface Found {
  readonly raw: RawValue
  readonly origin: Origin
}

function fromFlags(setting: Setting<unknown>, { flags }: Sources): Found | undefined {
  for (const name of [setting.path, setting.flag]) {
    const value = name === undefined ? undefined : flags[name]
    if (value !== undefined) return { raw: String(value), origin: { kind: 'flag', label: `--${name}` } }
  }
  return undefined
}

function fromVariables(setting: Setting<unknown>, { env }: Sources): Found | undefined {
  const names = [variableOf(setting.path), ...(setting.variables ?? [])].filter((name) => env[name] !== undefined)
  const name = names[0]
  if (name === undefined) return undefined
  const contradicting = names.find((other) => env[other] !== env[name])
  if (contradicting !== undefined) {
    throw new ConfigError('ERR_CONFIG_INVALID', `${name} and ${contradicting} say different things`, {
      hint: 'Unset one of them',
    })
  }
  return { raw: env[name] ?? '', origin: { kind: 'variable', label: name } }
}

function fromFile(setting: Setting<unknown>, { file, fileName, env, isStrict }: Sources): Found | undefined {
  const written = file.get(setting.path)
  if (written === undefined) return undefined
  const { value, unset } = expandVariables(written, env)
  if (unset.length === 0) return { raw: value, origin: { kind: 'file', label: `${setting.path} in ${fileName}` } }
  if (isStrict && !setting.isIgnored) {
    throw new ConfigError(
      'ERR_CONFIG_MISSING',
      `${setting.path} in ${fileName} needs the variable ${unset[0]}, which is not set`,
      {
        hint: `Set ${unset[0]}, or write \${${unset[0]}:-default}`,
      },
    )
  }
  return undefined
}

/** @throws {ConfigError} `ERR_CONFIG_INVALID` for a flag that nothing reads. */
export function checkFlags(flags: Flags): void {
  const known = [
    ...otherFlags,
    ...allSettings.map((setting) => setting.path),
    ...allSettings.flatMap((setting) => (setting.flag === undefined ? [] : [setting.flag])),
  ]
  for (const [name, value] of Object.entries(flags)) {
    if (value === undefined || known.includes(name)) continue
    throw new ConfigError('ERR_CONFIG_INVALID', `there is no option --${name}`, { hint: didYouMean(name, known, '--') })
  }
}

/** @throws {ConfigError} `ERR_CONFIG_INVALID` for a `TIDEGATE_` variable that nothing reads: a limit misspelt must not pass unseen. */
export function checkVariables(env: Variables): void {
  const known = [
    ...otherVariables,
    ...allSettings.map((setting) => variableOf(setting.path)),
    ...allSettings.flatMap((setting) => setting.variables ?? []),
  ]
  for (const name of Object.keys(env)) {
    if (env[name] === undefined || !name.startsWith('TIDEGATE_') || name.startsWith('TIDEGATE_TEST_')) continue
    if (known.includes(name)) continue
    throw new ConfigError('ERR_CONFIG_INVALID', `nothing reads the variable ${name}`, {
      hint: didYouMean(name, known, ''),
    })
  }
}

function didYouMean(name: string, known: readonly string[], prefix: string): string {
  const meant = suggest(name, known)
  return meant === undefined ? 'Remove it, or see the README for what there is' : `Did you mean ${prefix}${meant}?`
}
