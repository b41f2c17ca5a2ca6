import { InvariantError } from '@tidegate/trading-model'
import { applyEdit, type EditRefusal } from './edit-order.js'
import type { EngineCore } from './engine-core.js'
import type { EditPreview } from './engine-options.js'
import { judgeEdit } from './judge-edit.js'
import { planTake } from './plan-take.js'
import type { OrderEdit } from './records.js'
import { USER_CANCEL } from './run-due.js'
import { closeOrder } from './settle.js'
import { settleDown } from './settle-down.js'
import type { Work } from './work.js'

/** Changes price and total size of a resting order. @returns `undefined` when the edit was taken. */
export function editOrder(
  core: EngineCore,
  work: Work,
  orderId: string,
  edit: OrderEdit,
  portfolioId: string | undefined,
): EditRefusal | undefined {
  const { order, market, planned } = planEditOf(core, orderId, edit, portfolioId)
  if ('refusal' in planned) return planned.refusal
  if (!order || !market) throw new InvariantError('An edit without refusal lacks its order')
  const editDelayMs = core.options.editDelayMs ?? 0
  if (editDelayMs > 0) {
    work.apply({ kind: 'edit-queued', orderId, edit, atMs: work.nowMs })
    work.noteOrder(order)
    core.delays.add({ orderId, what: 'edit', atMs: work.nowMs + editDelayMs })
    return undefined
  }
  applyEdit(work, market, order, edit, planned)
  settleDown(work, market)
  return undefined
}

/** The same checks as {@link editOrder}, without doing anything. */
export function previewEdit(
  core: EngineCore,
  orderId: string,
  edit: OrderEdit,
  portfolioId: string | undefined,
): EditPreview {
  const { order, market, planned } = planEditOf(core, orderId, edit, portfolioId)
  if ('refusal' in planned || !order || !market) {
    const refusal = 'refusal' in planned ? planned.refusal : undefined
    return { refusal, order, market, plan: undefined, terms: undefined }
  }
  const { terms } = planned
  const plan = planTake(market, {
    side: terms.side,
    size: { kind: 'base', baseSize: edit.size.sub(order.filledSize) },
    takerRate: order.takerRate,
    limitTicks: market.ticksOf(terms.limitPrice),
  })
  return { refusal: undefined, order, market, plan, terms }
}

/** @returns `undefined` when the cancel was taken, else the venue's reason word. */
export function cancelOrder(
  core: EngineCore,
  work: Work,
  orderId: string,
  portfolioId: string | undefined,
): string | undefined {
  if (orderId.trim() === '') return 'INVALID_CANCEL_REQUEST'
  const order = core.orderIn(orderId, portfolioId)
  if (!order) return 'UNKNOWN_CANCEL_ORDER'
  if (order.status === 'FILLED') return 'ORDER_IS_FULLY_FILLED'
  if (order.status === 'CANCEL_QUEUED') return 'DUPLICATE_CANCEL_REQUEST'
  if (!core.state.live.has(orderId)) return 'NOT_ALLOWED_TO_CANCEL'
  const cancelDelayMs = core.options.cancelDelayMs ?? 0
  if (order.status === 'OPEN' || order.status === 'EDIT_QUEUED') {
    work.apply({ kind: 'cancel-queued', orderId, atMs: work.nowMs })
    work.noteOrder(order)
  }
  if (cancelDelayMs > 0) {
    core.delays.add({ orderId, what: 'cancel', atMs: work.nowMs + cancelDelayMs })
    return undefined
  }
  const market = core.market(order.terms.productId)
  if (market) closeOrder(work, market, order, 'CANCELLED', USER_CANCEL)
  return undefined
}

function planEditOf(core: EngineCore, orderId: string, edit: OrderEdit, portfolioId: string | undefined) {
  const order = core.orderIn(orderId, portfolioId)
  const market = order && core.market(order.terms.productId)
  const product = order && core.product(order.terms.productId)
  if (!order || !market || !product) {
    const refusal: EditRefusal = { reason: 'ORDER_NOT_FOUND', message: `there is no order ${orderId}` }
    return { order, market, planned: { refusal } }
  }
  if (order.status === 'EDIT_QUEUED') {
    const refusal: EditRefusal = { reason: 'ORDER_IS_ALREADY_BEING_REPLACED', message: 'one edit at a time' }
    return { order, market, planned: { refusal } }
  }
  return { order, market, planned: judgeEdit(core, order, market, product, edit) }
}
