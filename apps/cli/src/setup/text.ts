import { isDeepStrictEqual } from 'node:util'
import { TOKEN_VARIABLE } from './clients.js'

/** The line an offset stands in, from 1. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** Whether two values say the same, whatever made them: order of keys and `undefined` aside. */
export function sameValue(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(plain(a), plain(b))
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const pairs = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(pairs.map(([key, item]): [string, unknown] => [key, plain(item)]).toSorted(byKey))
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** A value whose name says that it may be a secret. */
const namedSecret = /((?:token|secret|key|password|authorization)[\w-]*["']?\s*[:=]\s*)(["'])((?:\\.|(?!\2).)*)\2/gi

/** What only names a secret is none. */
function maskSecrets(line: string): string {
  return line.replace(namedSecret, (whole, name: string, quote: string, value: string) =>
    value.includes('${') || value === TOKEN_VARIABLE ? whole : `${name}${quote}…${quote}`,
  )
}

/**
 * The lines that differ, as `-` and `+` with the line they begin at. Values whose name says that they are secret are not shown: a file of
 * a client holds more than ours.
 */
export function diffLines(before: string, after: string): readonly string[] {
  if (before === after) return []
  const [old, now] = [toLines(before), toLines(after)]
  let from = 0
  while (from < old.length && from < now.length && old[from] === now[from]) from++
  let end = 0
  while (end < old.length - from && end < now.length - from && old.at(-1 - end) === now.at(-1 - end)) end++
  const show = (sign: string, lines: readonly string[]): readonly string[] =>
    lines.slice(from, lines.length - end).map((line) => `${sign} ${maskSecrets(line)}`)
  return [`@@ line ${from + 1} @@`, ...show('-', old), ...show('+', now)]
}

function toLines(text: string): readonly string[] {
  if (text === '') return []
  return text.replace(/\r?\n$/, '').split(/\r?\n/)
}
