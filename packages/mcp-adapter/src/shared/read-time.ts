import type { ArgumentReader } from './read-arguments.js'

const iso = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2}))?$/

/**
 * Reads a moment: ISO 8601 with `Z` or an offset, a bare date (00:00 UTC), or a Unix time in seconds or milliseconds.
 *
 * @returns Ms since epoch (UTC); `undefined` when absent or wrong (then the reader's `check` throws).
 */
export function readTime(reader: ArgumentReader, name: string): number | undefined {
  const text = reader.text(name)
  if (text === undefined) return undefined
  const ms = parseTime(text)
  if (ms !== undefined) return ms
  reader.refuse({
    field: name,
    problem: 'is not a moment in time',
    fix: `write ${name} like 2026-11-24T12:00:00Z (a zone is needed), or as Unix seconds`,
  })
  return undefined
}

/** Reads `start` and `end` and refuses an end that is not after its start. */
export function readTimeRange(reader: ArgumentReader): {
  readonly startMs: number | undefined
  readonly endMs: number | undefined
} {
  const startMs = readTime(reader, 'start')
  const endMs = readTime(reader, 'end')
  if (startMs !== undefined && endMs !== undefined && endMs <= startMs) {
    reader.refuse({ field: 'end', problem: 'is not after start', fix: 'swap them, or leave one out' })
  }
  return { startMs, endMs }
}

/** `undefined` when the text is no moment, including dates that no calendar has. */
export function parseTime(text: string): number | undefined {
  if (/^\d{9,10}$/.test(text)) return Number(text) * 1000
  if (/^\d{12,13}$/.test(text)) return Number(text)
  const parts = iso.exec(text)
  if (!parts) return undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = parts
  const ms = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}${zone}`,
  )
  if (Number.isNaN(ms)) return undefined
  // The engine rolls 31 February over into March; a caller who wrote it meant something else.
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  return Number(day) <= lastDay ? ms : undefined
}
