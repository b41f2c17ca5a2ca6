/** Everything that happened in a run, as one hash that grows with it; the text is kept only when somebody wants to read it. */
export interface Trace {
  note(atMs: number, what: string, detail?: string): void
  /** Words for the reader alone; they are not part of the hash. */
  say(atMs: number, what: string, detail: string): void
  hash(): string
  lines(): readonly string[]
}

/** @param keepsLines - Keep the text, too: for a person who looks at one seed. */
export function createTrace(keepsLines: boolean, startMs: number): Trace {
  let high = 0x811c9dc5
  let low = 0x01000193
  const kept: string[] = []
  const add = (text: string): void => {
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      high = Math.imul(high ^ code, 0x01000193)
      low = Math.imul(low + code, 0x85ebca6b) ^ (high >>> 13)
    }
    high ^= low >>> 7
  }
  return {
    note(atMs, what, detail = '') {
      const seconds = atMs - startMs
      high = Math.imul(high ^ seconds, 0x9e3779b1)
      add(what)
      if (detail !== '') add(detail)
      if (keepsLines) kept.push(`${(seconds / 1000).toFixed(3).padStart(9)} ${what} ${detail}`.trimEnd())
    },
    say(atMs, what, detail) {
      if (keepsLines) kept.push(`${((atMs - startMs) / 1000).toFixed(3).padStart(9)} ${what} ${detail}`)
    },
    hash: () => (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0'),
    lines: () => kept,
  }
}
