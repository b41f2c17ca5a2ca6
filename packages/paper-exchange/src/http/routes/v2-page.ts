import type { Query } from '../query.js'

/** Pages the v2 way: `starting_after` an id, the mark of the next page spelled out as a URI. */
export function paged<T extends { readonly id: string }>(rows: readonly T[], query: Query, path: string) {
  const limit = Math.min(100, query.count('limit') || 25)
  const after = query.text('starting_after')
  const from = after === undefined ? 0 : rows.findIndex((row) => row.id === after) + 1
  const ordered = query.text('order') === 'asc' ? [...rows].reverse() : rows
  const data = ordered.slice(from, from + limit)
  const last = from + limit < rows.length ? data.at(-1)?.id : undefined
  return {
    pagination: {
      ending_before: null,
      starting_after: after ?? null,
      previous_ending_before: null,
      next_starting_after: last ?? null,
      limit,
      order: query.text('order') ?? 'desc',
      previous_uri: null,
      next_uri: last === undefined ? null : `${path}?limit=${limit}&starting_after=${last}`,
    },
    data,
  }
}
