/** An object whose fields nobody has checked yet. */
export type Fields = Readonly<Record<string, unknown>>

/** The value when it is an object, else an empty one: what is missing reads as missing. */
export function asRecord(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

/** The items when it is a list of at most `most`, else the first `most` of it, else none. */
export function asList(value: unknown, most: number): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]).slice(0, most) : []
}

/** The text when it is one that holds something. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The number when it is a finite one. Never used for money. */
export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A moment in ms from ISO 8601. */
export function asTime(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isFinite(ms) ? ms : undefined
}

/**
 * What a tool said: its structured content, or where a host passes only text on, the same JSON from there.
 *
 * @param result - A `CallToolResult`.
 */
export function contentOf(result: Fields): Fields {
  const structured = asRecord(result['structuredContent'])
  if (Object.keys(structured).length > 0) return structured
  for (const block of asList(result['content'], 20)) {
    const { type, text } = asRecord(block)
    if (type !== 'text' || typeof text !== 'string') continue
    try {
      return asRecord(JSON.parse(text))
    } catch {
      // Words for a person: not ours to read.
    }
  }
  return {}
}
