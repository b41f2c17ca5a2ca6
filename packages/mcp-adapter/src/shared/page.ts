import { InputError } from '@tidegate/trading-model'

/** Position in a newest-first list: the last row that was shown. */
export interface PagePosition {
  readonly atMs: number
  readonly id: string
}

/** Opaque text for a position: URL-safe, no meaning promised. */
export function writeCursor(position: PagePosition): string {
  return Buffer.from(`${position.atMs} ${position.id}`, 'utf8').toString('base64url')
}

/** @throws InputError when the text is no cursor of ours. */
export function readCursor(text: string): PagePosition {
  const match = /^(\d{1,15}) (\S{1,250})$/.exec(Buffer.from(text, 'base64url').toString('utf8'))
  if (!match?.[1] || !match[2]) {
    throw new InputError([
      {
        field: 'cursor',
        problem: 'is not a cursor of this list',
        fix: 'send next_cursor of the previous page unchanged, or leave it out to begin at the newest',
      },
    ])
  }
  return { atMs: Number(match[1]), id: match[2] }
}

export interface Page<T> {
  readonly rows: readonly T[]
  readonly nextCursor: string | undefined
}

/**
 * Cuts one page out of a newest-first list. Rows with equal times keep the list's order, so nothing is shown twice
 * and nothing is skipped while new rows appear at the top.
 *
 * @param sorted - Newest first, at least everything from the position on.
 */
export function cutPage<T>(
  sorted: readonly T[],
  positionOf: (row: T) => PagePosition,
  after: PagePosition | undefined,
  pageSize: number,
): Page<T> {
  const from = after === undefined ? 0 : indexAfter(sorted, positionOf, after)
  const rows = sorted.slice(from, from + pageSize)
  const last = rows.at(-1)
  return { rows, nextCursor: last && sorted.length > from + pageSize ? writeCursor(positionOf(last)) : undefined }
}

function indexAfter<T>(sorted: readonly T[], positionOf: (row: T) => PagePosition, after: PagePosition): number {
  const exact = sorted.findIndex((row) => {
    const position = positionOf(row)
    return position.atMs === after.atMs && position.id === after.id
  })
  if (exact >= 0) return exact + 1
  const older = sorted.findIndex((row) => positionOf(row).atMs < after.atMs)
  return older < 0 ? sorted.length : older
}
