import { iteratePages, type PageOptions } from './iterate-pages.js'

export interface CollectOptions<T> extends PageOptions<T> {
  /** Stops early once this many items are there. Without it the list is complete or nothing. */
  readonly enough?: number
}

/**
 * Collects all pages of a list. One that cannot be shown to be complete is an error, never a shorter list.
 *
 * @throws {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 */
export async function collectPages<T>(options: CollectOptions<T>): Promise<readonly T[]> {
  const found: T[] = []
  for await (const item of iteratePages(options)) {
    found.push(item)
    if (options.enough !== undefined && found.length >= options.enough) break
  }
  return found
}
