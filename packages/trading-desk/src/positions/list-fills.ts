import type { Fill } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'
import { findIntent } from '../find-intent.js'

export interface FillsQuery {
  readonly productId?: string
  /** Intent id or venue order id. */
  readonly orderId?: string
  readonly sinceMs?: number
  readonly untilMs?: number
}

/**
 * Executions, oldest first: from the journal, and from the venue where the question reaches back before Tidegate kept the account.
 *
 * @throws {VenueError} When the older part was asked for and the venue does not tell it completely.
 */
export async function listFills(
  context: DeskContext,
  openedAtMs: () => Promise<number>,
  query: FillsQuery,
): Promise<readonly Fill[]> {
  const { journal, venue } = context
  const { orderId, ...rest } = query
  const intent = orderId === undefined ? undefined : await findIntent(context, orderId)
  const wanted = intent?.venueOrderId ?? orderId
  const recorded = await journal.listFills({ ...rest, ...(wanted === undefined ? {} : { orderId: wanted }) })
  if (query.sinceMs === undefined) return recorded
  const opened = await openedAtMs()
  if (query.sinceMs >= opened) return recorded
  const older = await venue.listFills({
    ...rest,
    untilMs: Math.min(query.untilMs ?? opened, opened),
    ...(wanted === undefined ? {} : { orderIds: [wanted] }),
  })
  const all = new Map([...older, ...recorded].map((fill) => [`${fill.orderId}\n${fill.tradeId}`, fill]))
  return [...all.values()].sort((a, b) => a.tradedAtMs - b.tradedAtMs)
}
