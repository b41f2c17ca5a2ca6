const isoTime = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-](\d{2}):(\d{2}))$/

/**
 * Reads an ISO 8601 time that names its zone. Days and hours that do not exist are refused, not rolled over.
 *
 * @returns Ms since epoch (UTC), or `undefined` when it is no such time.
 */
export function parseEndTime(value: unknown): number | undefined {
  const parts = typeof value === 'string' ? isoTime.exec(value) : null
  if (!parts || typeof value !== 'string') return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zoneHour = 0, zoneMinute = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0))
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const exists =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysInMonth &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59 &&
    zoneHour <= 14 &&
    zoneMinute <= 59
  const ms = Date.parse(value)
  return exists && Number.isFinite(ms) ? ms : undefined
}
