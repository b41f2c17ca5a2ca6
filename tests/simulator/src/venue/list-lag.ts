type Fields = Record<string, unknown>

/**
 * What a venue's lists do not show yet: orders and executions younger than the lag. Single orders are found at once, as seen in
 * production.
 *
 * @param seenUntilMs - Everything created after this moment is hidden.
 */
export function hideYoung(body: unknown, path: string, seenUntilMs: number): unknown {
  if (typeof body !== 'object' || body === null) return body
  const fields = body as Fields
  if (path.endsWith('/orders/historical/batch')) return without(fields, 'orders', 'created_time', seenUntilMs)
  if (path.endsWith('/orders/historical/fills')) return without(fields, 'fills', 'trade_time', seenUntilMs)
  return body
}

function without(fields: Fields, list: string, time: string, seenUntilMs: number): Fields {
  const items = fields[list]
  if (!Array.isArray(items)) return fields
  const seen = items.filter((item) => Date.parse(String((item as Fields)[time])) <= seenUntilMs)
  return seen.length === items.length ? fields : { ...fields, [list]: seen }
}
