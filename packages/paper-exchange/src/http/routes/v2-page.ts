import type { Query } from '../query.js'

/** Pages the v2 way: `starting_after` an id, the mark of the next page spelled out as a URI. */
export function paged<T extends { readonly id: string }>(rows: readonly T[], query: Query, path: string) {
  const limit = Math.min(100, query.count('limit') || 25)
  const after = query.text('starting_after')
  const order = query.text('order') === 'asc' ? 'asc' : 'desc'
  const ordered = order === 'asc' ? [...rows].reverse() : rows
  const from = after === undefined ? 0 : ordered.findIndex((row) => row.id === after) + 1
  const data = ordered.slice(from, from + limit)
  const last = from + limit < rows.length ? data.at(-1)?.id : undefined
  return {
    pagination: {
      ending_before: null,
      starting_after: after ?? null,
      previous_ending_before: null,
      next_starting_after: last ?? null,
      limit,
      order,
      previous_uri: null,
      next_uri:
        last === undefined
          ? null
          : `${path}?limit=${limit}${order === 'asc' ? '&order=asc' : ''}&starting_after=${last}`,
    },
    data,
  }
}
