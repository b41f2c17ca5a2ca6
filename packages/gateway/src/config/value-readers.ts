import { type Decimal, readDecimal, ZERO } from '@tidegate/trading-model'
import { Secret } from '../secrets/secret.js'
import type { PriceChoice } from './config.js'
import { asText, type Origin, quote, type RawValue, refuseValue } from './raw-value.js'

/** Turns a value as written into a value as used, or refuses it with a cure. */
export type ReadValue<T> = (raw: RawValue, origin: Origin) => T

/** Any text that is not empty. */
export const readText: ReadValue<string> = (raw, origin) => {
  const text = asText(raw, origin)
  if (text.trim() === '') throw refuseValue(origin, 'is empty', 'give it a value or leave the key out')
  return text
}

/** One of `words`, exactly as written. */
export function readWord<const W extends string>(words: readonly W[]): ReadValue<W> {
  return (raw, origin) => {
    const text = asText(raw, origin)
    const found = words.find((word) => word === text)
    if (found === undefined) {
      throw refuseValue(
        origin,
        `is ${quote(text)}, which is none of ${words.join(', ')}`,
        `write ${words.join(' or ')}`,
      )
    }
    return found
  }
}

/** Where a paper exchange gets its prices. */
export const readPriceSource: ReadValue<PriceChoice> = (raw, origin) => {
  const text = asText(raw, origin)
  if (text === 'synthetic' || text === 'live') return { kind: text }
  const file = /^tape:(.+)$/.exec(text)?.[1]
  if (file !== undefined) return { kind: 'tape', file }
  throw refuseValue(origin, `is ${quote(text)}`, 'write synthetic, live, or tape: and a file, e.g. tape:monday.jsonl')
}

/** `true` or `false`. */
export const readBoolean: ReadValue<boolean> = (raw, origin) => {
  const text = asText(raw, origin)
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (/^(false|False|FALSE)$/.test(text)) return false
  throw refuseValue(origin, `is ${quote(text)}, neither true nor false`, 'write true or false')
}

/** A whole number between `low` and `high`, both included. */
export function readInteger(low: number, high: number): ReadValue<number> {
  return (raw, origin) => {
    const text = asText(raw, origin)
    const value = /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN
    if (!Number.isSafeInteger(value) || value < low || value > high) {
      throw refuseValue(
        origin,
        `is ${quote(text)}, not a whole number from ${low} to ${high}`,
        `write a whole number from ${low} to ${high}`,
      )
    }
    return value
  }
}

/** A decimal above zero (or from zero) and at most `high`, exact. */
export function readAmount(
  unit: string,
  range: { readonly high?: string; readonly allowZero?: boolean } = {},
): ReadValue<Decimal> {
  return (raw, origin) => {
    const text = asText(raw, origin)
    const value = readDecimal(text)
    const isTooLow = !value || value.lt(ZERO) || (value.isZero() && !range.allowZero)
    if (isTooLow || (range.high !== undefined && value.gt(range.high))) {
      const low = range.allowZero ? 'from 0' : 'greater than 0'
      throw refuseValue(
        origin,
        `is ${quote(text)}, not ${unit} ${low}${range.high === undefined ? '' : ` and at most ${range.high}`}`,
        'write plain digits such as 1000 or 0.5',
      )
    }
    return value
  }
}

/** Seconds as written, ms as used; fractions are allowed down to a millisecond. */
export function readSeconds(lowMs: number, highMs: number): ReadValue<number> {
  return (raw, origin) => {
    const text = asText(raw, origin)
    const ms = readDecimal(text)?.mul(1_000)
    if (!ms?.isInteger() || ms.lt(lowMs) || ms.gt(highMs)) {
      throw refuseValue(
        origin,
        `is ${quote(text)}, not seconds from ${lowMs / 1_000} to ${highMs / 1_000}`,
        'write seconds such as 5 or 0.5',
      )
    }
    return ms.toNumber()
  }
}

/** A secret; empty counts as not given, because compose files pass unset variables as empty. */
export const readSecret: ReadValue<Secret | undefined> = (raw, origin) => {
  const text = asText(raw, origin)
  if (text.trim() !== '' && origin.kind === 'flag') {
    throw refuseValue(
      origin,
      'is a secret, and every process on the machine can read a command line',
      'use `tidegate secrets set`, or the environment',
    )
  }
  return text.trim() === '' ? undefined : new Secret(text)
}

/** Text that may be empty, meaning not given. */
export const readOptionalText: ReadValue<string | undefined> = (raw, origin) => {
  const text = asText(raw, origin)
  return text.trim() === '' ? undefined : text
}

/** A list; as one text its items are separated by commas. */
export const readList: ReadValue<readonly string[]> = (raw, origin) => {
  if (typeof raw === 'string') return raw === '' ? [] : raw.split(',').map((item) => item.trim())
  if (!Array.isArray(raw)) throw refuseValue(origin, 'is a map, not a list', 'write a list such as [BTC-USD, ETH-USD]')
  return (raw as readonly RawValue[]).map((item) => readText(item, origin))
}

/** A list of product ids. */
export const readProducts: ReadValue<readonly string[]> = (raw, origin) =>
  readList(raw, origin).map((id) => checkName(id, /^[A-Z0-9]{1,20}(-[A-Z0-9]{1,20}){1,3}$/, 'product id', origin))

/** Decimals above zero (or not below it) by name; as one text `BTC-USD=1,ETH-USD=20`. */
export function readAmounts(
  what: 'product id' | 'currency',
  allowZero: boolean,
): ReadValue<Readonly<Record<string, Decimal>>> {
  const form = what === 'currency' ? /^[A-Z0-9]{1,20}$/ : /^[A-Z0-9]{1,20}(-[A-Z0-9]{1,20}){1,3}$/
  return (raw, origin) => {
    const result: Record<string, Decimal> = {}
    for (const [name, value] of pairsOf(raw, origin)) {
      const amount = readDecimal(value)
      if (!amount || amount.lt(ZERO) || (!allowZero && amount.isZero())) {
        throw refuseValue(
          origin,
          `gives ${name} ${quote(JSON.stringify(value))}, not a decimal ${allowZero ? 'from 0' : 'above 0'}`,
          'write plain digits such as 1.5',
        )
      }
      result[checkName(name, form, what, origin)] = amount
    }
    return result
  }
}

function pairsOf(raw: RawValue, origin: Origin): readonly (readonly [string, RawValue])[] {
  if (typeof raw === 'string') {
    return raw === ''
      ? []
      : raw.split(',').map((pair) => {
          const [name = '', value = ''] = pair.split('=')
          return [name.trim(), value.trim()] as const
        })
  }
  if (Array.isArray(raw)) throw refuseValue(origin, 'is a list, not a map', 'write NAME: AMOUNT, one a line')
  return Object.entries(raw as { readonly [key: string]: RawValue })
}

function checkName(name: string, form: RegExp, what: string, origin: Origin): string {
  if (!form.test(name)) {
    const example = what === 'currency' ? 'USD' : 'BTC-USD'
    throw refuseValue(origin, `names ${quote(name)}, which is no ${what}`, `write a ${what} such as ${example}`)
  }
  return name
}

/** An `https`/`wss` address; plain `http`/`ws` only to this machine. */
export function readUrl(secure: 'https:' | 'wss:', plain: 'http:' | 'ws:'): ReadValue<string> {
  return (raw, origin) => {
    const text = readText(raw, origin)
    let url: URL
    try {
      url = new URL(text)
    } catch {
      throw refuseValue(origin, `is ${quote(text)}, not a URL`, `write a URL such as ${secure}//host`)
    }
    if (url.username || url.password || url.search || url.hash) {
      throw refuseValue(origin, 'carries a user, a query or a fragment', 'write scheme, host, port and path only')
    }
    const isLoopback = isLoopbackHost(url.hostname)
    if (url.protocol !== secure && !(url.protocol === plain && isLoopback)) {
      throw refuseValue(
        origin,
        `is ${quote(text)}: nothing off this machine is spoken to without TLS`,
        `write ${secure}// (plain ${plain}// only for localhost)`,
      )
    }
    return text.replace(/\/+$/, '')
  }
}

/** True for names and addresses that cannot leave this machine. */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  return bare === 'localhost' || bare === '::1' || /^127(\.\d{1,3}){3}$/.test(bare)
}
