import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectPages } from './collect-pages.js'
import type { Page } from './iterate-pages.js'

type Item = { id: string }
const items = (...ids: string[]): Item[] => ids.map((id) => ({ id }))
/** Serves the pages in order, whatever cursor is asked for. */
function serve(pages: Page<Item>[], asked: (string | undefined)[] = []) {
  return collectPages<Item>({
    endpoint: 'listFills',
    maxPages: 20,
    fetch: async (cursor) => {
      asked.push(cursor)
      return pages[Math.min(asked.length, pages.length) - 1] as Page<Item>
    },
    keyOf: (item) => item.id,
  })
}

describe('collectPages', () => {
  it('follows cursors until has_next is false', async () => {
    const asked: (string | undefined)[] = []
    const all = await serve(
      [
        { items: items('a', 'b'), cursor: '1', hasNext: true },
        { items: items('c'), cursor: '2', hasNext: false },
      ],
      asked,
    )
    expect(all).toEqual(items('a', 'b', 'c'))
    expect(asked).toEqual([undefined, '1'])
  })

  it('without has_next goes on while there is a cursor, until a page is empty', async () => {
    expect(
      await serve([
        { items: items('a'), cursor: '1', hasNext: undefined },
        { items: items(), cursor: '2', hasNext: undefined },
      ]),
    ).toEqual(items('a'))
    expect(await serve([{ items: items('a'), cursor: undefined, hasNext: undefined }])).toEqual(items('a'))
  })

  it('takes an overlap between pages for what it is', async () => {
    expect(
      await serve([
        { items: items('a', 'b'), cursor: '1', hasNext: true },
        { items: items('b', 'c'), cursor: undefined, hasNext: false },
      ]),
    ).toEqual(items('a', 'b', 'c'))
  })

  it.each<[string, Page<Item>[]]>([
    ['a page that only repeats', [{ items: items('a'), cursor: '1', hasNext: true }]],
    [
      'a repeated page that claims to be the last',
      [
        { items: items('a', 'b'), cursor: '1', hasNext: true },
        { items: items('a', 'b'), cursor: undefined, hasNext: false },
      ],
    ],
    [
      'cursors in a circle',
      [
        { items: items('a'), cursor: '1', hasNext: true },
        { items: items('b'), cursor: '2', hasNext: true },
        { items: items('c'), cursor: '1', hasNext: true },
      ],
    ],
    ['a next page without a cursor', [{ items: items('a'), cursor: undefined, hasNext: true }]],
    [
      'a list without end',
      Array.from({ length: 30 }, (_, index) => ({ items: items(`i${index}`), cursor: `c${index}`, hasNext: true })),
    ],
  ])('throws on %s instead of returning a shorter list', async (_what, pages) => {
    await expect(serve(pages)).rejects.toMatchObject({ code: 'ERR_VENUE_PROTOCOL' })
  })

  it('returns every item of any list, however it is cut into pages', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 60 }), fc.integer({ min: 1, max: 7 }), fc.boolean(), async (total, size, says) => {
        const all = Array.from({ length: total }, (_, index) => ({ id: String(index) }))
        const got = await collectPages<Item>({
          endpoint: 'listOrders',
          fetch: async (cursor) => {
            const start = Number(cursor ?? 0)
            const end = start + size
            const more = end < total
            return {
              items: all.slice(start, end),
              cursor: more ? String(end) : undefined,
              hasNext: says ? more : undefined,
            }
          },
          keyOf: (item) => item.id,
        })
        expect(got).toEqual(all)
      }),
    )
  })
})
