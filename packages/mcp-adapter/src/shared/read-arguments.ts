import { productIdPattern } from '@tidegate/risk-engine'
import { InputError, type InputIssue } from '@tidegate/trading-model'
import { explainUnknown } from './explain-unknown.js'

/** Reads named values one by one, collects everything that is wrong, and reports it together in `check`. */
export interface ArgumentReader {
  /** `undefined` when absent. */
  text(name: string, pattern?: TextPattern): string | undefined
  /** Empty when absent or wrong: `check` throws then. */
  requiredText(name: string, pattern?: TextPattern): string
  choice<T extends string>(name: string, options: readonly T[]): T | undefined
  flag(name: string): boolean | undefined
  /** A whole number; digits in a string are taken as well. */
  count(name: string, min: number, max: number): number | undefined
  texts(name: string, pattern: TextPattern, max: number): readonly string[]
  /** Adds a finding of the caller's own. */
  refuse(issue: InputIssue): void
  /** @throws InputError with every finding, unknown names included. */
  check(): void
}

export interface TextPattern {
  readonly test: RegExp
  /** Completes "send … as", e.g. `a product id such as BTC-USD`. */
  readonly as: string
  /** What the caller probably meant, where that can be guessed. */
  readonly guess?: (value: string) => string | undefined
}

/** Homoglyphs, path tricks and other spellings are refused before anything is looked up. */
export const PRODUCT_ID: TextPattern = {
  test: productIdPattern,
  as: 'a product id such as BTC-USD',
  guess(value) {
    const upper = value
      .trim()
      .toUpperCase()
      .replace(/[/_:\s]+/g, '-')
    return PRODUCT_ID.test.test(upper) ? upper : undefined
  },
}
export const ORDER_ID: TextPattern = {
  // A host that means "nothing" writes such words; as an order's own name each would make the next order a repeat of the last.
  test: /^(?!(?:null|none|nil|undefined|nan)$)[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/i,
  as: 'the order_id or intent_id that place_order or get_orders returned',
}
export const CURSOR: TextPattern = {
  test: /^[A-Za-z0-9_-]{1,400}$/,
  as: 'the next_cursor of the previous page, unchanged',
}

/** True when a value came at all: JSON null is how some hosts leave one out. */
export function isGiven(values: Readonly<Record<string, unknown>>, name: string): boolean {
  return Object.hasOwn(values, name) && values[name] !== undefined && values[name] !== null
}

/**
 * The rule for what hosts make of values: what arrives is taken exactly or refused with the text to send instead. Beyond the schema only
 * what loses nothing is taken: null for a value left out, digits in a string for a count. A JSON number never becomes text or an amount,
 * since it was a float before it came here.
 *
 * @param values - Arguments of a tool, or query parameters of a URI (then all values are text).
 * @param allowed - Every name that may appear.
 */
export function readArguments(values: Readonly<Record<string, unknown>>, allowed: readonly string[]): ArgumentReader {
  const issues: InputIssue[] = []
  for (const name of Object.keys(values)) {
    if (!allowed.includes(name)) issues.push(explainUnknown(name, allowed))
  }
  const refuse = (field: string, problem: string, fix: string): undefined => {
    issues.push({ field, problem, fix })
    return undefined
  }
  const given = (name: string): unknown => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    return value === null ? undefined : value
  }

  const text = (name: string, pattern?: TextPattern): string | undefined => {
    const value = given(name)
    const as = pattern?.as ?? 'a string'
    if (value === undefined) return undefined
    if (typeof value === 'number') {
      return refuse(name, 'is a number, not a string', `put ${name} in quotes: send ${as}`)
    }
    if (typeof value !== 'string') return refuse(name, `is ${kindOf(value)}, not a string`, `send ${name} as ${as}`)
    if (value === '') return refuse(name, 'is empty', `leave ${name} out, or send ${as}`)
    if (pattern && !pattern.test.test(value)) {
      return refuse(name, `${quote(value)} is not ${pattern.as}`, `send ${name} as ${meant(pattern, value)}`)
    }
    return value
  }

  return {
    text,
    requiredText(name, pattern) {
      if (given(name) === undefined) {
        refuse(name, 'is missing', `send ${name} as ${pattern?.as ?? 'a string'}`)
        return ''
      }
      return text(name, pattern) ?? ''
    },
    choice(name, options) {
      const value = given(name)
      if (value === undefined) return undefined
      const match = options.find((option) => option === value)
      if (match !== undefined) return match
      const near =
        typeof value === 'string' ? options.find((option) => option.toLowerCase() === value.toLowerCase()) : undefined
      return refuse(
        name,
        `${typeof value === 'string' ? quote(value) : `is ${kindOf(value)}, which`} is none of ${options.join(', ')}`,
        near ? `write ${name} as ${near}` : `send one of ${options.join(', ')}`,
      )
    },
    flag(name) {
      const value = given(name)
      if (value === undefined || typeof value === 'boolean') return value
      return refuse(name, `is ${kindOf(value)}, not true or false`, `send ${name} as true or false without quotes`)
    },
    count(name, min, max) {
      const value = given(name)
      if (value === undefined) return undefined
      const whole = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
      if (typeof whole === 'number' && Number.isInteger(whole) && whole >= min && whole <= max) return whole
      const shown = typeof value === 'string' || typeof value === 'number' ? quote(String(value)) : kindOf(value)
      return refuse(name, `${shown} is not a whole number from ${min} to ${max}`, `send ${name} from ${min} to ${max}`)
    },
    texts(name, pattern, max) {
      const value = given(name)
      if (value === undefined) {
        refuse(name, 'is missing', `send ${name} as an array, such as ["BTC-USD"]`)
        return []
      }
      if (!Array.isArray(value)) {
        refuse(name, `is ${kindOf(value)}, not an array`, `send ${name} as ${arrayFrom(value)}`)
        return []
      }
      const items: readonly unknown[] = value
      if (items.length === 0 || items.length > max) {
        refuse(name, `has ${items.length} entries`, `send between 1 and ${max} entries in ${name}`)
        return []
      }
      const wrong = items.find((item) => typeof item !== 'string' || !pattern.test.test(item))
      if (wrong !== undefined) {
        refuse(
          name,
          `has an entry that is not ${pattern.as}: ${typeof wrong === 'string' ? quote(wrong) : kindOf(wrong)}`,
          `send each entry of ${name} as ${meant(pattern, wrong)}`,
        )
        return []
      }
      return [...new Set(items.filter((item) => typeof item === 'string'))]
    },
    refuse(issue) {
      issues.push(issue)
    },
    check() {
      if (issues.length > 0) throw new InputError(issues)
    },
  }
}

function meant(pattern: TextPattern, value: unknown): string {
  const guess = typeof value === 'string' ? pattern.guess?.(value) : undefined
  return guess === undefined ? pattern.as : JSON.stringify(guess)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'string') {
    return /^\s*\[/.test(value) ? 'a string that holds an array' : 'a string'
  }
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Shows the array the caller probably meant, from `"[\"BTC-USD\"]"` or `"BTC-USD, ETH-USD"`. */
function arrayFrom(value: unknown): string {
  if (typeof value !== 'string') return 'an array, such as ["BTC-USD"]'
  const words = value.match(/[A-Za-z0-9][A-Za-z0-9._/-]{0,39}/g) ?? []
  return words.length === 0
    ? 'an array, such as ["BTC-USD"]'
    : `an array without quotes around it: ${JSON.stringify(words.slice(0, 10))}`
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}
