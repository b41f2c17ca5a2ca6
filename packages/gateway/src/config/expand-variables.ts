import type { RawValue } from './raw-value.js'

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g

/** A value after `${NAME}` and `${NAME:-default}` were filled in; `unset` names the variables that are not set and have no default. */
export interface Expanded {
  readonly value: RawValue
  readonly unset: readonly string[]
}

/** Fills in variables in every text of a value. As in shells, `:-` also covers a variable that is set and empty. */
export function expandVariables(raw: RawValue, env: Readonly<Record<string, string | undefined>>): Expanded {
  const unset: string[] = []
  const walk = (value: RawValue): RawValue => {
    if (typeof value === 'string') {
      return value.replace(reference, (_, name: string, fallback: string | undefined) => {
        const found = env[name]
        if (fallback !== undefined) return found === undefined || found === '' ? fallback : found
        if (found === undefined) unset.push(name)
        return found ?? ''
      })
    }
    if (Array.isArray(value)) return (value as readonly RawValue[]).map(walk)
    return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, walk(item as RawValue)]))
  }
  return { value: walk(raw), unset }
}
