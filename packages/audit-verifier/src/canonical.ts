import { isPlainlyCanonical } from './plainly-canonical.js'

/** The value of a text in canonical form, or `undefined` where the text is none. */
export function readCanonical(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    if (isPlainlyCanonical(text)) return value
    // Written again it must be the same text: no space, no second way to write a number or a letter, no key twice.
    return isSorted(value) && JSON.stringify(value) === text ? value : undefined
  } catch {
    // No JSON, or nested deeper than the stack.
    return undefined
  }
}

/** The canonical text of strings, nulls, booleans, numbers, lists and objects of them. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(sorted(value))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, sorted((value as Record<string, unknown>)[key])]))
}

/** Keys that are array indexes stand first in numeric order in every JavaScript object; all others by UTF-16 code unit. */
function isSorted(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isSorted)
  let before: string | undefined
  for (const key in value) {
    if (!isSorted((value as Record<string, unknown>)[key])) return false
    if (isIndex(key)) continue
    if (before !== undefined && key <= before) return false
    before = key
  }
  return true
}

function isIndex(key: string): boolean {
  const code = key.charCodeAt(0)
  return code >= 48 && code <= 57 && /^(0|[1-9]\d{0,9})$/.test(key)
}
