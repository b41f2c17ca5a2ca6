import type { Decimal, VenueOrder } from '@tidegate/trading-model'

/** Orders remembered; the oldest are forgotten first. */
const MAX_ORDERS = 10_000

const ENDED = 2
const RANK: Readonly<Record<string, number>> = {
  PENDING: 0,
  QUEUED: 0,
  FILLED: ENDED,
  CANCELLED: ENDED,
  EXPIRED: ENDED,
  FAILED: ENDED,
}

/** What the stream has said about our orders so far. */
export interface OrderProgress {
  /**
   * Compares an update with what is known. Statuses are ranked (waiting, live, ended) and amounts are cumulative, so neither
   * goes back.
   *
   * @returns The update as it may be told: with the further status where only its amounts are news. `late`: it is older than
   * what was told. `contradiction`: it takes back amounts, or one end follows another, so only the venue's REST answer helps.
   */
  advance(order: VenueOrder): VenueOrder | 'late' | 'contradiction'
}

/** Remembers the furthest state of each order. */
export function createOrderProgress(): OrderProgress {
  const known = new Map<string, { status: string; filledSize: Decimal }>()

  return {
    advance: (order) => {
      const last = known.get(order.orderId)
      const verdict = last ? compare(last, order) : order
      if (typeof verdict !== 'string') {
        known.delete(order.orderId)
        known.set(order.orderId, { status: verdict.status, filledSize: verdict.filledSize })
        if (known.size > MAX_ORDERS) known.delete(known.keys().next().value ?? '')
      }
      return verdict
    },
  }
}

function compare(
  last: { readonly status: string; readonly filledSize: Decimal },
  order: VenueOrder,
): VenueOrder | 'late' | 'contradiction' {
  const before = rankOf(last.status)
  const now = rankOf(order.status)
  const isLess = order.filledSize.lt(last.filledSize)
  const isMore = order.filledSize.gt(last.filledSize)
  if (before === ENDED && now === ENDED && order.status !== last.status) return 'contradiction'
  if (now > before) return isLess ? 'contradiction' : order
  if (isLess) return 'late'
  if (now === before) return order
  return isMore ? { ...order, status: last.status as VenueOrder['status'] } : 'late'
}

/** A status that we do not know is a live one: only what is known to be final may end an order. */
function rankOf(status: string): number {
  return RANK[status] ?? 1
}
