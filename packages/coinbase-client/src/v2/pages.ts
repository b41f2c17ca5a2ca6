import type { EndpointName } from '@tidegate/coinbase-wire'
import type { Call, HttpClient } from '../http/http-client.js'
import { iteratePages } from '../iterate-pages.js'
import { type FromWire, readWire } from '../read-wire.js'

const PAGE_SIZE = 100

interface V2Pagination {
  readonly next_starting_after?: string | undefined
  readonly next_uri?: string | undefined
}

interface V2Page<T> {
  readonly pagination?: V2Pagination | null | undefined
  readonly data: readonly T[]
}

/**
 * The mark of the next page: the last id seen. It stands in `next_starting_after`, or only in the query of `next_uri`,
 * which is never requested as it stands: it is text from outside, and the token signs the path alone.
 */
export function nextV2Cursor(pagination: V2Pagination | null | undefined): string | undefined {
  const { next_starting_after, next_uri } = pagination ?? {}
  if (next_starting_after !== undefined || next_uri === undefined) return next_starting_after
  return new URLSearchParams(next_uri.split('?')[1] ?? '').get('starting_after') ?? undefined
}

/** True where the venue says that there is more. */
export function hasNextV2Page(pagination: V2Pagination | null | undefined): boolean {
  return pagination?.next_starting_after !== undefined || pagination?.next_uri !== undefined
}

/** Follows the pages of a v2 list. @throws {VenueProtocolError} where it cannot be shown to be complete. */
export async function* iterateV2<T extends { readonly id: string }>(
  client: HttpClient,
  endpoint: EndpointName,
  parameters: Readonly<Record<string, string>>,
  schema: Call<V2Page<T>>['schema'],
): AsyncGenerator<FromWire<T>, void, undefined> {
  const rows = iteratePages<T>({
    endpoint,
    fetch: async (cursor) => {
      const page = await client.call(endpoint, {
        schema,
        parameters,
        query: { limit: PAGE_SIZE, order: 'desc', starting_after: cursor },
      })
      return { items: page.data, cursor: nextV2Cursor(page.pagination), hasNext: hasNextV2Page(page.pagination) }
    },
    keyOf: (row) => row.id,
  })
  for await (const row of rows) yield readWire(row)
}

/** Collects what an iterator hands out. */
export async function listV2<T>(rows: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = []
  for await (const row of rows) found.push(row)
  return found
}
