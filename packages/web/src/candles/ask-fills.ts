import type { HostLink } from '../host/host-link.js'
import { asRecord, asText, contentOf, type Fields } from '../shared/read-fields.js'
import { refusalOf } from '../shared/refusal.js'
import type { CandlesView } from './candles-model.js'
import { type FillRow, type FillsView, readFills } from './fills-model.js'

/** Fills are asked for in pages of this many, at most so many pages: three calls of the caller's budget. */
const PAGE_SIZE = 100
const MAX_PAGES = 3

/**
 * Asks for the caller's own fills under the candles. Only reads; what the caller may not read stays unknown, and is said so.
 *
 * - Wire: `tools/call` of `get_history`, through the host, with the caller's own permissions.
 */
export async function askFills(link: HostLink, capabilities: Fields, view: CandlesView): Promise<FillsView> {
  const [first, last] = [view.rows[0], view.rows.at(-1)]
  if (!first || !last) return { state: 'known', rows: [], note: '' }
  if (capabilities['serverTools'] === undefined) {
    return { state: 'no_way', rows: [], note: 'This host lets pages ask for nothing, so your fills are not marked.' }
  }
  const range = {
    kind: 'fills',
    product_id: view.productId,
    start: new Date(first.startS * 1000).toISOString(),
    end: new Date((last.startS + view.stepS) * 1000).toISOString(),
    limit: PAGE_SIZE,
  }
  const rows: FillRow[] = []
  let cursor: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await ask(link, { ...range, ...(cursor === undefined ? {} : { cursor }) })
    if ('problem' in answer) {
      return {
        state: rows.length > 0 ? 'partly' : 'refused',
        rows,
        note: `Your fills are not all known: ${answer.problem}`,
      }
    }
    rows.push(...readFills(answer.content, view.productId))
    rows.sort((a, b) => b.atMs - a.atMs)
    cursor = asText(answer.content['next_cursor'])
    if (cursor === undefined) return { state: 'known', rows, note: '' }
  }
  return {
    state: 'partly',
    rows,
    note: `There are more fills than these ${rows.length}; the older ones are not marked.`,
  }
}

async function ask(link: HostLink, args: object): Promise<{ readonly content: Fields } | { readonly problem: string }> {
  try {
    const result = await link.request('tools/call', { name: 'get_history', arguments: args })
    const content = contentOf(result)
    const refusal = refusalOf(content)
    if (refusal) return { problem: refusal.join(' ') }
    if (!Array.isArray(asRecord(content)['fills'])) return { problem: 'the answer holds none that this page can read.' }
    return { content }
  } catch (error) {
    return { problem: error instanceof Error ? `${error.message}.` : 'the host refused.' }
  }
}
