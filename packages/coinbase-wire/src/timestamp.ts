const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/

/**
 * Reads an RFC 3339 timestamp with 0 to 9 fractional digits.
 *
 * @returns Ms since epoch (UTC), cut below the millisecond; `undefined` for `""`, nonsense, and the two zero times
 * (`0001-01-01T00:00:00Z`, `1970-01-01T00:00:00Z`), which stand for "none".
 */
export function parseTimestamp(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const match = rfc3339.exec(value)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone] = match as unknown as string[]
  if (year === '0001') return undefined
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > 31) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined
  const ms = Number((fraction ?? '').padEnd(3, '0').slice(0, 3))
  const utc = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), ms)
  const shifted = utc - zoneOffsetMs(zone ?? 'Z')
  return shifted === 0 ? undefined : shifted
}

function zoneOffsetMs(zone: string): number {
  if (zone === 'Z') return 0
  const sign = zone.startsWith('-') ? -1 : 1
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))) * 60_000
}

/** Writes ms since epoch (UTC) the way the venue does: RFC 3339, `Z`, no trailing zeros in the fraction. */
export function formatTimestamp(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace(/(\.\d*?)0+Z$/, '$1Z')
    .replace('.Z', 'Z')
}
