import type { Json, JsonObject } from '../backend.js'
import type { LoggedEvent } from '../log-reader.js'
import { showTime } from './show-values.js'
import { untrustedText, venueWord } from './untrusted-text.js'

const MAX_FIELDS = 40
const MAX_DEPTH = 4
const MAX_TEXT = 400
/** An id, a number, a time, a product, an endpoint: nothing that could be read as a sentence. */
const WORD = /^[A-Za-z0-9_.:/+-]{1,100}$/

/**
 * A line of the log for a model: fields flat, by dotted names. What is more than a word may have been written by the venue or by an
 * agent, and stands apart as text of others.
 */
export function showLogged({ atMs, level, event, fields }: LoggedEvent): JsonObject {
  const words: Record<string, Json> = {}
  const texts: Record<string, Json> = {}
  let left = MAX_FIELDS
  const add = (name: string, value: Json, depth: number): void => {
    if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
      for (const [key, item] of Object.entries(value)) add(name === '' ? key : `${name}.${key}`, item, depth + 1)
      return
    }
    if (left <= 0) return
    left--
    const key = venueWord(name, 80) || 'unnamed'
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) words[key] = value
    else {
      const text = typeof value === 'string' ? value : JSON.stringify(value)
      if (WORD.test(text)) words[key] = text
      else texts[key] = untrustedText(text, MAX_TEXT)
    }
  }
  add('', fields, 0)
  return {
    at: showTime(atMs),
    level,
    event: venueWord(event, 80),
    fields: words,
    ...(Object.keys(texts).length === 0 ? {} : { untrusted_venue_text: texts }),
    ...(left > 0 ? {} : { cut: true }),
  }
}
