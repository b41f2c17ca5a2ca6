import { INTENT_STATES, type Intent, type IntentState } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { cutPage, type PagePosition, readCursor } from '../shared/page.js'
import { type ArgumentReader, CURSOR, PRODUCT_ID, readArguments } from '../shared/read-arguments.js'
import { readTimeRange } from '../shared/read-time.js'
import { showOrder, stateOfStatus, statusWord } from '../shared/show-order.js'
import { showAge } from '../shared/show-values.js'
import type { SurfaceContext } from '../surface-deps.js'
import type { ResourceDefinition } from './resource.js'
import { watchAccount } from './watch-account.js'

/** Words that `status` accepts. */
export const STATUS_WORDS: readonly string[] = INTENT_STATES.map(statusWord)
const PAGE_SIZE = 50

export interface OrderFilter {
  readonly productId: string | undefined
  readonly status: string | undefined
  readonly startMs: number | undefined
  readonly endMs: number | undefined
  readonly after: PagePosition | undefined
  readonly pageSize: number
}

/** Reads `start, end, status, cursor` and the product under the name it has here. */
export function readOrderFilter(reader: ArgumentReader, productName: string, pageSize = PAGE_SIZE): OrderFilter {
  const productId = reader.text(productName, PRODUCT_ID)
  const status = reader.choice('status', STATUS_WORDS)
  const { startMs, endMs } = readTimeRange(reader)
  const cursor = reader.text('cursor', CURSOR)
  reader.check()
  return { productId, status, startMs, endMs, after: cursor === undefined ? undefined : readCursor(cursor), pageSize }
}

/** Orders by creation time, newest first, `[start, end)`. */
export async function showOrderHistory(context: SurfaceContext, filter: OrderFilter): Promise<JsonObject> {
  const rows = await fetchFrom(context, filter)
  const nowMs = context.clock.nowMs()
  const page = cutPage(rows, positionOf, filter.after, filter.pageSize)
  return {
    count: page.rows.length,
    orders: page.rows.map((intent) => showOrder(intent, nowMs)),
    ...(page.nextCursor ? { next_cursor: page.nextCursor } : {}),
    env: context.desk.environment,
    ...showAge(context.clock, nowMs),
  }
}

const positionOf = (intent: Intent): PagePosition => ({ atMs: intent.createdAtMs, id: intent.intentId })

/** Rows from the cursor's moment on; asks for more until the page and one row beyond it are there. */
async function fetchFrom(context: SurfaceContext, filter: OrderFilter): Promise<readonly Intent[]> {
  const untilMs = filter.after ? Math.min(filter.after.atMs + 1, filter.endMs ?? Number.MAX_SAFE_INTEGER) : filter.endMs
  for (let limit = filter.pageSize + 50; ; limit *= 4) {
    const found = await context.desk.listOrders({
      ...(filter.status === undefined ? {} : { states: [stateOfStatus(filter.status) as IntentState] }),
      ...(filter.productId === undefined ? {} : { productId: filter.productId }),
      ...(filter.startMs === undefined ? {} : { sinceMs: filter.startMs }),
      ...(untilMs === undefined ? {} : { untilMs }),
      limit,
    })
    const rows = found.filter(
      (intent) =>
        (filter.startMs === undefined || intent.createdAtMs >= filter.startMs) &&
        (filter.endMs === undefined || intent.createdAtMs < filter.endMs),
    )
    const enough = cutPage(rows, positionOf, filter.after, filter.pageSize + 1).rows.length > filter.pageSize
    if (enough || found.length < limit) return rows
  }
}

export const orderHistoryResource: ResourceDefinition = {
  name: 'order_history',
  title: 'Order history',
  description:
    'Orders, newest first, 50 a page. start, end: ISO 8601 (creation time); product; status such as FILLED, OPEN, CANCELLED; cursor: next_cursor of the page before.',
  path: 'order://history',
  query: ['start', 'end', 'product', 'status', 'cursor'],
  permissions: ['read_orders'],
  read: (context, params) =>
    showOrderHistory(context, readOrderFilter(readArguments(params.query, orderHistoryResource.query), 'product')),
  watch: (context, _params, changed) => watchAccount(context, changed),
}
