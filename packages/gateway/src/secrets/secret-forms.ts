/** Lines of a PEM below this length say nothing. */
const SHORTEST_LINE = 16

/**
 * The forms in which a secret may stand in text: raw, JSON-escaped once and twice, URL-encoded, hex, base64 and base64url at any
 * offset. Of a text with several lines each line counts for itself, and all of them joined; frames of a PEM are no secret.
 */
export function formsOf(secret: string): readonly string[] {
  const lines = secret.split(/\\n|\r?\n/).filter((line) => !line.startsWith('-----'))
  const parts = lines.filter((line) => line.length >= SHORTEST_LINE)
  const values = lines.length === 1 ? lines : [...parts, lines.join(''), lines.join('\n')]
  return [...new Set(values.flatMap(encodings))]
}

function encodings(value: string): readonly string[] {
  const once = JSON.stringify(value).slice(1, -1)
  const twice = JSON.stringify(once).slice(1, -1)
  const percent = encodePercent(value)
  const hex = Buffer.from(value, 'utf8').toString('hex')
  const lower = percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())
  return [value, once, twice, percent, lower, hex, hex.toUpperCase(), ...base64Forms(value)]
}

/** As `encodeURIComponent`, which refuses half a surrogate pair. */
function encodePercent(value: string): string {
  return encodeURIComponent(Buffer.from(value, 'utf8').toString('utf8'))
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
