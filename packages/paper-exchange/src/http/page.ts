import { badRequest } from './wire-fault.js'

export interface Page<T> {
  readonly rows: readonly T[]
  readonly hasNext: boolean
  /** Opaque to clients; `""` at the end. */
  readonly cursor: string
}

/**
 * Cuts a list into pages. The cursor is the number of the last row shown, so rows added meanwhile neither repeat nor shift anything.
 *
 * @param rows - In the order shown; `sequenceOf` must fall along them.
 */
export function pageOf<T>(
  rows: readonly T[],
  sequenceOf: (row: T) => number,
  limit: number | undefined,
  cursor: string | undefined,
): Page<T> {
  let from = rows
  if (cursor !== undefined) {
    if (!/^\d{1,15}$/.test(cursor)) throw badRequest('cursor is not one of ours')
    const after = Number(cursor)
    from = rows.filter((row) => sequenceOf(row) < after)
  }
  const shown = limit === undefined || limit === 0 ? from : from.slice(0, limit)
  const last = shown.at(-1)
  const hasNext = shown.length < from.length && last !== undefined
  return { rows: shown, hasNext, cursor: hasNext ? String(sequenceOf(last)) : '' }
}
