import type { EndpointName } from '@tidegate/coinbase-wire'
import { unreadable } from './protocol-error.js'

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly cursor: string | undefined
  /** `undefined` where the request has no such field: then the cursor alone decides. */
  readonly hasNext: boolean | undefined
}

export interface PageOptions<T> {
  readonly endpoint: EndpointName
  readonly fetch: (cursor: string | undefined) => Promise<Page<T>>
  readonly keyOf: (item: T) => string
  /** @default 1000 */
  readonly maxPages?: number
}

/**
 * Follows cursors to the end and hands out each item once. Ends only where the list is shown to be complete; otherwise it
 * throws: a cursor that comes back, a page that only repeats, a further page without a cursor, too many pages.
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 */
export async function* iteratePages<T>(options: PageOptions<T>): AsyncGenerator<T, void, undefined> {
  const seen = new Set<string>()
  const cursors = new Set<string>()
  let cursor: string | undefined
  for (let count = 0; count < (options.maxPages ?? 1000); count++) {
    const page = await options.fetch(cursor)
    const before = seen.size
    for (const item of page.items) {
      const key = options.keyOf(item)
      // The first sight is the newest page; an overlap between pages is normal while the list grows.
      if (seen.has(key)) continue
      seen.add(key)
      yield item
    }
    if (count > 0 && page.items.length > 0 && seen.size === before) {
      throw unreadable(options.endpoint, 'a page only repeats earlier ones, so the list may be cut')
    }
    const isLast = page.hasNext === undefined ? page.items.length === 0 || page.cursor === undefined : !page.hasNext
    if (isLast) return
    if (page.cursor === undefined) throw unreadable(options.endpoint, 'there is a next page but no cursor to it')
    if (cursors.has(page.cursor)) throw unreadable(options.endpoint, 'its cursors go in a circle')
    cursors.add(page.cursor)
    cursor = page.cursor
  }
  throw unreadable(options.endpoint, 'the list does not end')
}
