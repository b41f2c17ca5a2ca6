import type { Decimal } from '@tidegate/trading-model'
import { attachChild } from './attach-child.js'
import { executeOrder } from './execute-order.js'
import type { Market } from './market.js'
import type { OrderRecord } from './records.js'
import { withdraw } from './settle.js'
import type { Work } from './work.js'

/** Lets everything that the last prints set off happen: triggers, and brackets for fresh fills, until the market is quiet. */
export function settleDown(work: Work, market: Market): void {
  do {
    const parents = [...work.toAttach]
    work.toAttach.clear()
    for (const parent of parents) attachChild(work, market, parent)
    if (!market.isAuction) wakeStops(work, market)
  } while (work.toAttach.size > 0)
}

/** Wakes orders whose trigger the last trade has reached, oldest first, until their own trades wake no more (R16). */
function wakeStops(work: Work, market: Market): void {
  for (;;) {
    const order = market.stops.find((candidate) => isReached(candidate, market.lastPrice))
    if (!order) return
    // A bracket leaves its take profit: from now on it is a stop-limit.
    withdraw(work, market, order)
    const priority = work.state.nextPriority()
    work.apply({ kind: 'triggered', orderId: order.orderId, atMs: work.nowMs, priority })
    work.noteOrder(order)
    executeOrder(work, market, order)
  }
}

function isReached(order: OrderRecord, last: Decimal | undefined): boolean {
  const { terms } = order
  if (!last) return false
  if (terms.orderType === 'BRACKET') {
    return terms.side === 'SELL' ? last.lte(terms.stopTriggerPrice) : last.gte(terms.stopTriggerPrice)
  }
  if (terms.orderType !== 'STOP_LIMIT') return false
  return terms.stopDirection === 'UP' ? last.gte(terms.stopPrice) : last.lte(terms.stopPrice)
}
