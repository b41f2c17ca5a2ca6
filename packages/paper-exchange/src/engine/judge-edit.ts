import type { Product } from '@tidegate/trading-model'
import { type EditPlan, type EditRefusal, planEdit } from './edit-order.js'
import type { EngineCore } from './engine-core.js'
import type { Market } from './market.js'
import { isLive, type OrderEdit, type OrderRecord } from './records.js'

/** Judges an edit against the order, its market and the money as they are now. */
export function judgeEdit(
  core: EngineCore,
  order: OrderRecord,
  market: Market,
  product: Product,
  edit: OrderEdit,
): EditPlan | { readonly refusal: EditRefusal } {
  const parent = order.originatingOrderId && core.state.orders.get(order.originatingOrderId)
  return planEdit({
    order,
    edit,
    product,
    market,
    nowMs: core.nowMs(),
    available: core.state.walletsOf(order.portfolioId).available(order.holdCurrency),
    isParentLive: parent !== undefined && parent !== '' && isLive(parent),
  })
}
