import type { Fill } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { cutPage, type PagePosition, readCursor } from '../shared/page.js'
import { type ArgumentReader, CURSOR, ORDER_ID, PRODUCT_ID, readArguments } from '../shared/read-arguments.js'
import { readTimeRange } from '../shared/read-time.js'
import { newestFirst, showFill } from '../shared/show-fill.js'
import { showAge } from '../shared/show-values.js'
import type { SurfaceContext } from '../surface-deps.js'
import type { ResourceDefinition } from './resource.js'

const PAGE_SIZE = 50

export interface FillFilter {
  readonly productId: string | undefined
  readonly orderId: string | undefined
  readonly startMs: number | undefined
  readonly endMs: number | undefined
  readonly after: PagePosition | undefined
  readonly pageSize: number
}

/** Reads `start, end, order_id, cursor` and the product under the name it has here. */
export function readFillFilter(reader: ArgumentReader, productName: string, pageSize = PAGE_SIZE): FillFilter {
  const productId = reader.text(productName, PRODUCT_ID)
  const orderId = reader.text('order_id', ORDER_ID)
  const { startMs, endMs } = readTimeRange(reader)
  const cursor = reader.text('cursor', CURSOR)
  reader.check()
  return { productId, orderId, startMs, endMs, after: cursor === undefined ? undefined : readCursor(cursor), pageSize }
}

/** Executions, newest first, `[start, end)`, with commission and maker/taker. */
export async function showFills(context: SurfaceContext, filter: FillFilter): Promise<JsonObject> {
  const found = await context.desk.fills({
    ...(filter.productId === undefined ? {} : { productId: filter.productId }),
    ...(filter.orderId === undefined ? {} : { orderId: filter.orderId }),
    ...(filter.startMs === undefined ? {} : { sinceMs: filter.startMs }),
    ...(filter.endMs === undefined ? {} : { untilMs: filter.endMs }),
  })
  const inRange = found.filter(
    (fill) =>
      (filter.startMs === undefined || fill.tradedAtMs >= filter.startMs) &&
      (filter.endMs === undefined || fill.tradedAtMs < filter.endMs),
  )
  const nowMs = context.clock.nowMs()
  const page = cutPage(newestFirst(inRange), positionOf, filter.after, filter.pageSize)
  return {
    count: page.rows.length,
    fills: page.rows.map((fill) => showFill(fill, nowMs)),
    ...(page.nextCursor ? { next_cursor: page.nextCursor } : {}),
    env: context.desk.environment,
    ...showAge(context.clock, nowMs),
  }
}

const positionOf = (fill: Fill): PagePosition => ({ atMs: fill.tradedAtMs, id: `${fill.orderId}/${fill.tradeId}` })

export const fillsResource: ResourceDefinition = {
  name: 'fills',
  title: 'Fills',
  description:
    'Executions, newest first, 50 a page: commission, maker or taker. product; start, end: ISO 8601; cursor: next_cursor of the page before.',
  path: 'history://fills',
  query: ['product', 'start', 'end', 'cursor'],
  permissions: ['read_fills'],
  read: (context, params) =>
    showFills(context, readFillFilter(readArguments(params.query, fillsResource.query), 'product')),
  watch: (context, _params, changed) =>
    context.desk.listen((event) => {
      if (event.type === 'fill') changed()
    }),
}
