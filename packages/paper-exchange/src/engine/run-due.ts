import { applyEdit } from './edit-order.js'
import type { EngineCore } from './engine-core.js'
import { activateOrder, sliceTwap } from './execute-order.js'
import { judgeEdit } from './judge-edit.js'
import type { Market } from './market.js'
import type { OrderRecord } from './records.js'
import { closeOrder } from './settle.js'
import { settleDown } from './settle-down.js'
import { endTimeOf } from './terms.js'
import type { Work } from './work.js'

/** Lets everything happen that the passing of time has brought: delayed opens, edits and cancels, expiries, slices. */
export function runDue(core: EngineCore, work: Work): void {
  const { state } = core
  const hasMarket = (orderId: string) => {
    const order = state.orders.get(orderId)
    return order !== undefined && core.market(order.terms.productId)?.dataAtMs !== undefined
  }
  for (const { orderId, what } of core.delays.ripe(work.nowMs, hasMarket)) {
    const order = state.live.get(orderId)
    const market = order && core.market(order.terms.productId)
    if (!order || !market) continue
    if (what === 'cancel') closeOrder(work, market, order, 'CANCELLED', USER_CANCEL)
    else if (what === 'edit') finishEdit(core, work, market, order)
    else if (order.status === 'PENDING') activate(work, market, order)
  }
  for (const order of state.live.values()) {
    const endTimeMs = endTimeOf(order.terms)
    if (endTimeMs === undefined || endTimeMs > work.nowMs) continue
    const market = core.market(order.terms.productId)
    if (market) closeOrder(work, market, order, 'EXPIRED', 'The end time has passed')
  }
  for (const market of core.markets.values()) {
    if (market.twaps.length === 0) continue
    for (const order of market.twaps.slice()) sliceTwap(work, market, order)
    settleDown(work, market)
  }
}

/** What an order that its owner cancelled says. */
export const USER_CANCEL = 'User requested cancel'

/** Brings an accepted order to the market, with everything that follows from it. */
export function activate(work: Work, market: Market, order: OrderRecord): void {
  activateOrder(work, market, order)
  if (market.twaps.includes(order)) sliceTwap(work, market, order)
  settleDown(work, market)
}

/** An edit arrives: on what the order is by now. It may have filled too far, or the money may be gone. */
function finishEdit(core: EngineCore, work: Work, market: Market, order: OrderRecord): void {
  const edit = order.pendingEdit
  const product = core.product(order.terms.productId)
  if (!edit || !product || order.status !== 'EDIT_QUEUED') return
  const planned = judgeEdit(core, order, market, product, edit)
  if ('refusal' in planned) {
    work.apply({ kind: 'edit-dropped', orderId: order.orderId, atMs: work.nowMs })
    work.noteOrder(order)
    return
  }
  applyEdit(work, market, order, edit, planned)
  settleDown(work, market)
}
