import { redactText } from '@tidegate/trading-model'
import { formsOf } from './secret-forms.js'

export const MASK = '[redacted]'
/** Shorter values would mask ordinary words. */
const SHORTEST = 8
/** Characters looked at together. */
const WINDOW = 8
/** So many characters of a secret in a row are masked wherever they stand: any run as long holds one aligned window. */
const SHORTEST_RUN = 2 * WINDOW - 1

/** Last line of defence on the way out: masks every registered secret in the forms in which text travels. */
export interface Scrubber {
  /** Masks `secret` from now on; values shorter than 8 characters are left out. */
  register(secret: string): void
  scrub(text: string): string
  /** Masks every text in a value made of JSON's types; what needs no masking is returned as it is. */
  scrubValue<T>(value: T): T
  /** For text that arrives piece by piece: a secret cut in two by a write is masked in both pieces. */
  stream(): (chunk: string) => string
}

/**
 * Makes an empty scrubber. A registered value is found raw, JSON-escaped (once and twice), URL-encoded, in hex and in base64 at
 * any offset, whole or in pieces of 15 characters and more; a PEM also line by line. Key material that is recognisable by its
 * form is masked unregistered.
 *
 * One pass over the text looks at every eighth window of eight characters. Of secrets of 15 characters and more only hashes of
 * such windows are kept, never the text.
 */
export function createScrubber(): Scrubber {
  const windows = new Set<number>()
  const short = new Set<string>()

  const ranges = (text: string): Range[] => {
    const found: Range[] = []
    if (windows.size > 0) {
      const last = text.length - WINDOW
      for (let at = 0; at <= last; at += WINDOW) {
        if (!windows.has(hashAt(text, at))) continue
        let from = at
        while (from > 0 && windows.has(hashAt(text, from - 1))) from--
        let to = at
        while (to < last && windows.has(hashAt(text, to + 1))) to++
        const end = to + WINDOW
        if (end - from >= SHORTEST_RUN) found.push({ from: outOfEscape(text, from), to: pastEscape(text, end) })
        at += Math.floor((to - at) / WINDOW) * WINDOW
      }
    }
    for (const form of short) {
      for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length)) {
        found.push({ from: at, to: at + form.length })
      }
    }
    return found
  }

  const scrub = (text: string): string => mask(redactText(text), ranges)

  return {
    register(secret) {
      for (const form of formsOf(secret)) {
        if (form.length < SHORTEST) continue
        if (form.length < SHORTEST_RUN) short.add(form)
        else for (let at = 0; at + WINDOW <= form.length; at++) windows.add(hashAt(form, at))
      }
    },
    scrub,
    scrubValue: (value) => scrubDeep(value, scrub) as typeof value,
    stream() {
      let before = ''
      return (chunk) => {
        const seen = before + chunk
        const clean = mask(redactText(chunk), (text) => within(ranges(before + text), before.length))
        before = seen.slice(-4 * SHORTEST_RUN)
        return clean
      }
    },
  }
}

interface Range {
  readonly from: number
  readonly to: number
}

function mask(text: string, find: (text: string) => Range[]): string {
  const found = find(text)
  if (found.length === 0) return text
  found.sort((a, b) => a.from - b.from)
  let clean = ''
  let at = 0
  for (const { from, to } of found) {
    if (from >= at) clean += text.slice(at, from) + MASK
    at = Math.max(at, to)
  }
  return clean + text.slice(at)
}

/** What of the ranges lies behind the first `length` characters, counted from there. */
function within(found: readonly Range[], length: number): Range[] {
  return found
    .filter((range) => range.to > length)
    .map((range) => ({ from: Math.max(0, range.from - length), to: range.to - length }))
}

/** A hash of eight characters (FNV-1a, 32 bits). Wrong hits are rare, and eight of them in a row do not happen. */
function hashAt(text: string, at: number): number {
  let hash = 0x811c9dc5
  for (let index = at; index < at + WINDOW; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}

/** A mask must not leave half an escape behind: the line would be no JSON any more. */
function outOfEscape(text: string, from: number): number {
  return backslashesBefore(text, from) % 2 === 1 ? from - 1 : from
}

function pastEscape(text: string, to: number): number {
  return to < text.length && backslashesBefore(text, to) % 2 === 1 ? to + 1 : to
}

function backslashesBefore(text: string, at: number): number {
  let count = 0
  while (count < at && text[at - 1 - count] === '\\') count++
  return count
}

function scrubDeep(value: unknown, scrub: (text: string) => string): unknown {
  if (typeof value === 'string') return scrub(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map((item) => scrubDeep(item, scrub))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  let changed = false
  const copy: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    const name = scrub(key)
    copy[name] = scrubDeep(item, scrub)
    changed ||= name !== key || copy[name] !== item
  }
  return changed ? copy : value
}
