import { InvariantError } from '@tidegate/trading-model'
import type { EngineCore } from './engine-core.js'
import { resumeOrder } from './execute-order.js'

/**
 * Puts every order that was live before a restart back where it waits, and what was on its way back on its way.
 *
 * @throws {InvariantError} for an order on a product that is not listed any more.
 */
export function resumeOrders(core: EngineCore): void {
  const atMs = core.options.clock.nowMs()
  const orders = [...core.state.live.values()].sort((a, b) => a.sequence - b.sequence)
  for (const order of orders) {
    const { orderId } = order
    const market = core.market(order.terms.productId)
    if (!market) {
      throw new InvariantError(`Order ${orderId} is open on ${order.terms.productId}, which is not listed`, {
        hint: 'start the exchange with the products that its state was made with',
      })
    }
    if (order.status === 'PENDING') core.delays.add({ orderId, what: 'open', atMs: 0, needsMarket: true })
    else resumeOrder(market, order)
    if (order.status === 'CANCEL_QUEUED') {
      core.delays.add({ orderId, what: 'cancel', atMs: Math.min(atMs, order.updatedAtMs) })
    }
    if (order.status === 'EDIT_QUEUED') core.delays.add({ orderId, what: 'edit', atMs: 0, needsMarket: true })
  }
}
