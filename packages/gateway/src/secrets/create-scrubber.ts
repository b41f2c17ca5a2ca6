import { redactText } from '@tidegate/trading-model'

const MASK = '[redacted]'
/** Shorter values would mask ordinary words. */
const SHORTEST = 8
const SHORTEST_LINE = 16

/** Last line of defence on the way out: masks every registered secret in the forms in which text travels. */
export interface Scrubber {
  /** Masks `secret` from now on; values shorter than 8 characters are left out. */
  register(secret: string): void
  scrub(text: string): string
}

/**
 * Makes an empty scrubber. Registered values are found raw, JSON-escaped (once and twice), URL-encoded, in hex and in base64
 * at any offset; a PEM also line by line. Key material that is recognisable by its form is masked unregistered.
 */
export function createScrubber(): Scrubber {
  const forms = new Set<string>()
  let ordered: readonly string[] = []

  return {
    register(secret) {
      for (const value of [secret, ...secret.split(/\\n|\r?\n/).filter((line) => line.length >= SHORTEST_LINE)]) {
        if (value.length < SHORTEST || value.startsWith('-----')) continue
        for (const form of formsOf(value)) if (form.length >= SHORTEST) forms.add(form)
      }
      // Longest first, so that a part never leaves the rest of a longer form standing.
      ordered = [...forms].sort((a, b) => b.length - a.length)
    },
    scrub(text) {
      let clean = redactText(text)
      for (const form of ordered) if (clean.includes(form)) clean = clean.replaceAll(form, MASK)
      return clean
    },
  }
}

function formsOf(value: string): readonly string[] {
  const once = JSON.stringify(value).slice(1, -1)
  const twice = JSON.stringify(once).slice(1, -1)
  const hex = Buffer.from(value, 'utf8').toString('hex')
  return [value, once, twice, encodeURIComponent(value), hex, hex.toUpperCase(), ...base64Forms(value)]
}

/** The part of the base64 text that does not depend on what stands before and after, for each of the three offsets. */
function base64Forms(value: string): readonly string[] {
  const found: string[] = []
  for (const encoding of ['base64', 'base64url'] as const) {
    for (let offset = 0; offset < 3; offset++) {
      const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(value, 'utf8')])
        .toString(encoding)
        .replace(/=+$/, '')
      const firstWhole = Math.ceil((offset * 4) / 3)
      const wholeBytes = Math.floor((offset + Buffer.byteLength(value)) / 3) * 3
      found.push(text.slice(firstWhole, (wholeBytes * 4) / 3))
    }
  }
  return found
}
