import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { order } from '../test-support/endpoint-samples.js'
import { clientOptions, json, memoryHttp, readJwt } from '../test-support/runtime.js'
import { row } from '../test-support/v2-samples.js'
import { type CoinbaseClient, createCoinbaseClient } from './index.js'

async function drain<T>(items: AsyncIterable<T>): Promise<{ got: T[]; error: unknown }> {
  const got: T[] = []
  try {
    for await (const item of items) got.push(item)
    return { got, error: undefined }
  } catch (error) {
    return { got, error }
  }
}

const account = (id: string) => ({
  uuid: id,
  name: '',
  currency: 'USD',
  available_balance: { value: '1', currency: 'USD' },
})
const product = (id: string) => ({
  product_id: id,
  base_increment: '1',
  quote_increment: '1',
  base_min_size: '1',
  base_max_size: '1',
  quote_min_size: '1',
  quote_max_size: '1',
})
const fill = (id: string) => ({
  entry_id: id,
  trade_id: id,
  order_id: 'o',
  trade_time: '2026-01-02T03:04:05Z',
  price: '1',
  size: '1',
  commission: '0',
  product_id: 'A-B',
  side: 'BUY',
})
const v2 = (data: unknown[], next: string | undefined, path = '/v2/x') => ({
  pagination: { next_starting_after: next ?? null, next_uri: next ? `${path}?limit=100&starting_after=${next}` : null },
  data,
})
const transfer = (id: string) => ({ id, status: 'completed', amount: { amount: '1', currency: 'USD' } })

interface Listing {
  readonly iterate: (client: CoinbaseClient) => AsyncIterable<unknown>
  /** The venue's page of these ids, with the mark of the next one. */
  readonly page: (ids: readonly string[], next: string | undefined) => unknown
  readonly cursor: string
}

const byCursor =
  (key: string, item: (id: string) => unknown) => (ids: readonly string[], next: string | undefined) => ({
    [key]: ids.map(item),
    has_next: next !== undefined,
    cursor: next ?? '',
  })
const v2Listing = (iterate: Listing['iterate'], item: (id: string) => unknown): Listing => ({
  iterate,
  page: (ids, next) => v2(ids.map(item), next),
  cursor: 'starting_after',
})

const listings: Record<string, Listing> = {
  iterateAccounts: {
    iterate: (client) => client.iterateAccounts(),
    page: byCursor('accounts', account),
    cursor: 'cursor',
  },
  iterateOrders: {
    iterate: (client) => client.iterateOrders({ statuses: ['FILLED'], sinceMs: 1_767_323_045_000 }),
    page: byCursor('orders', (id) => ({ ...order, order_id: id })),
    cursor: 'cursor',
  },
  iterateFills: {
    iterate: (client) => client.iterateFills({ productIds: ['A-B'] }),
    page: (ids, next) => ({ fills: ids.map(fill), cursor: next ?? '' }),
    cursor: 'cursor',
  },
  iterateProducts: {
    iterate: (client) => client.iterateProducts({ pageSize: 2 }),
    page: (ids, next) => ({
      products: ids.map(product),
      pagination: { next_cursor: next ?? '', has_next: next !== undefined },
    }),
    cursor: 'cursor',
  },
  iterateV2Accounts: v2Listing(
    (client) => client.iterateV2Accounts(),
    (id) => ({ id }),
  ),
  iterateV2Transactions: v2Listing(
    (client) => client.iterateV2Transactions('w'),
    (id) => ({ ...row, id }),
  ),
  iterateV2Deposits: v2Listing((client) => client.iterateV2Deposits('w'), transfer),
  iterateV2Withdrawals: v2Listing((client) => client.iterateV2Withdrawals('w'), transfer),
  iterateV2Addresses: v2Listing(
    (client) => client.iterateV2Addresses('w'),
    (id) => ({ id, address: id }),
  ),
  iterateV2AddressTransactions: v2Listing(
    (client) => client.iterateV2AddressTransactions('w', 'a'),
    (id) => ({ ...row, id }),
  ),
}

/** A venue whose list has these pages; a cursor is the number of its page. */
function serve(listing: Listing, pages: readonly (readonly string[])[], nextOf = (index: number) => index + 1) {
  const http = memoryHttp((_request, _path, query) => {
    const index = Number(query.get(listing.cursor) ?? '0')
    const next = nextOf(index)
    return json(listing.page(pages[index] ?? [], next < pages.length ? String(next) : undefined))
  })
  return { http, items: listing.iterate(createCoinbaseClient(clientOptions(http))) }
}

describe.each(Object.entries(listings))('%s', (_name, listing) => {
  it('hands out every item once, in order, over any cut into pages', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }), async (sizes) => {
        let count = 0
        const pages = sizes.map((size) => Array.from({ length: size }, () => `id-${count++}`))
        const { got, error } = await drain(serve(listing, pages).items)
        expect(error).toBeUndefined()
        expect(got).toHaveLength(count)
      }),
      { numRuns: 20 },
    )
  })

  it('asks for no page before it is wanted, and for none after a break', async () => {
    const { http, items } = serve(listing, [['a', 'b'], ['c'], ['d']])
    const iterator = items[Symbol.asyncIterator]()
    expect(http.requests).toHaveLength(0)
    await iterator.next()
    await iterator.next()
    expect(http.requests).toHaveLength(1)
    await iterator.next()
    expect(http.requests).toHaveLength(2)
    await iterator.return?.()
    expect((await iterator.next()).done).toBe(true)
    expect(http.requests).toHaveLength(2)
  })

  it('throws after what came before when the cursors go in a circle', async () => {
    const pages = [['a'], ['b'], ['c']]
    const { got, error } = await drain(serve(listing, pages, (index) => (index === 2 ? 1 : index + 1)).items)
    expect(error).toMatchObject({ code: 'ERR_VENUE_PROTOCOL' })
    expect(got.length).toBe(3)
  })

  it('throws when a cursor comes back, though its page brings new items', async () => {
    let count = 0
    const http = memoryHttp(() => json(listing.page([`id-${count++}`], 'always')))
    const { got, error } = await drain(listing.iterate(createCoinbaseClient(clientOptions(http))))
    expect(error).toMatchObject({ code: 'ERR_VENUE_PROTOCOL' })
    expect(got).toHaveLength(2)
  })

  it('throws when the same page comes again', async () => {
    const http = memoryHttp((_request, _path, query) =>
      json(listing.page(['a', 'b'], String(Number(query.get(listing.cursor) ?? '0') + 1))),
    )
    const { got, error } = await drain(listing.iterate(createCoinbaseClient(clientOptions(http))))
    expect(error).toMatchObject({ code: 'ERR_VENUE_PROTOCOL' })
    expect(got).toHaveLength(2)
    expect(http.requests).toHaveLength(2)
  })

  it('throws when a page is lost, and does not end as if it were the last', async () => {
    const http = memoryHttp((_request, _path, query) =>
      query.has(listing.cursor) ? json({ error: 'NOT_FOUND', message: 'gone' }, 404) : json(listing.page(['a'], '1')),
    )
    const { got, error } = await drain(listing.iterate(createCoinbaseClient(clientOptions(http))))
    expect(error).toMatchObject({ code: 'ERR_VENUE_REJECTED' })
    expect(got).toHaveLength(1)
  })

  it('signs the path alone on every page', async () => {
    const { http, items } = serve(listing, [['a'], ['b']])
    await drain(items)
    expect(http.requests).toHaveLength(2)
    for (const { url, headers } of http.requests) {
      const { claims } = readJwt((headers['authorization'] ?? '').replace('Bearer ', ''))
      expect(claims['uri']).toBe(`GET venue.example${new URL(url).pathname}`)
      expect(new URL(url).origin).toBe('https://venue.example')
    }
  })
})

describe('pages of the v2 interface', () => {
  const client = (pages: readonly object[]) => {
    let count = 0
    const http = memoryHttp(() => json(pages[Math.min(count++, pages.length - 1)]))
    return { http, client: createCoinbaseClient(clientOptions(http)) }
  }

  it('are followed by next_uri alone, of which nothing but the mark is used', async () => {
    const foreign = 'https://evil.example/v2/steal?starting_after=tx-1&limit=1'
    const { http, client: c } = client([
      { pagination: { next_uri: foreign }, data: [{ ...row, id: 'tx-1' }] },
      { pagination: { next_uri: null }, data: [{ ...row, id: 'tx-2' }] },
    ])
    expect(await c.listV2Transactions('w')).toHaveLength(2)
    expect(http.requests.map(({ url }) => url)).toEqual([
      'https://venue.example/v2/accounts/w/transactions?limit=100&order=desc',
      'https://venue.example/v2/accounts/w/transactions?limit=100&order=desc&starting_after=tx-1',
    ])
  })

  it('that announce a next one without a mark are no complete list', async () => {
    const { client: c } = client([{ pagination: { next_uri: '/v2/accounts/w/transactions?limit=1' }, data: [row] }])
    await expect(c.listV2Transactions('w')).rejects.toMatchObject({ code: 'ERR_VENUE_PROTOCOL' })
  })

  it('without pagination are the whole list', async () => {
    expect(await client([{ data: [row] }]).client.listV2Transactions('w')).toHaveLength(1)
  })
})

describe('filters of the order and fill iterators', () => {
  it('leave as repeated keys under the names of the venue', async () => {
    const http = memoryHttp((_request, path) => json(path.endsWith('fills') ? { fills: [] } : { orders: [] }))
    const client = createCoinbaseClient(clientOptions(http))
    await drain(
      client.iterateOrders({
        orderIds: ['a', 'b'],
        statuses: ['FILLED', 'CANCELLED'],
        timesInForce: ['FILL_OR_KILL'],
        orderTypes: ['TWAP'],
        assets: ['BTC'],
        side: 'BUY',
        untilMs: 1_767_323_045_000,
        sortBy: 'LAST_FILL_TIME',
      }),
    )
    await drain(client.iterateFills({ tradeIds: ['t'], sinceMs: 1_767_323_045_000, sortBy: 'PRICE' }))
    expect(http.requests.map(({ url }) => new URL(url).search)).toEqual([
      '?order_ids=a&order_ids=b&order_status=FILLED&order_status=CANCELLED&time_in_forces=FILL_OR_KILL&order_types=TWAP' +
        '&asset_filters=BTC&order_side=BUY&end_date=2026-01-02T03%3A04%3A05Z&sort_by=LAST_FILL_TIME&limit=250',
      '?trade_ids=t&start_sequence_timestamp=2026-01-02T03%3A04%3A05Z&sort_by=PRICE&limit=100',
    ])
  })
})
