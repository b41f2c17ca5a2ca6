import { Decimal } from '@tidegate/trading-model'
import type { Prng } from '../core/prng.js'
import type { MarketDriver } from '../venue/market-driver.js'
import type { SimExchange } from '../venue/sim-exchange.js'

/** Another bot on the same account, of which Tidegate knows nothing. */
export interface Stranger {
  /** Ids under which it placed orders. */
  readonly clientOrderIds: ReadonlySet<string>
  /** Orders of ours that it changed. */
  readonly editedOrderIds: ReadonlySet<string>
  place(): void
  /** Changes an order of ours that rests: somebody sits at the account's web page. */
  edit(): void
}

/** @returns A stranger who has not done anything yet. */
export function createStranger(exchange: SimExchange, market: MarketDriver, prng: Prng): Stranger {
  const clientOrderIds = new Set<string>()
  const editedOrderIds = new Set<string>()
  return {
    clientOrderIds,
    editedOrderIds,
    edit() {
      const resting = [...exchange.engine.state.live.values()].filter(
        ({ clientOrderId, status, terms }) =>
          !clientOrderIds.has(clientOrderId) && status === 'OPEN' && terms.orderType === 'LIMIT',
      )
      const order = resting.length === 0 ? undefined : prng.pick(resting)
      if (order?.terms.orderType !== 'LIMIT' || order.terms.size.kind !== 'base') return
      const { side, limitPrice, size } = order.terms
      editedOrderIds.add(order.orderId)
      // Never to more than is reserved for it: what a stranger adds is no limit of ours.
      exchange.engine.editOrder(order.orderId, {
        limitPrice: limitPrice.mul(side === 'BUY' ? 0.995 : 1.005).toDecimalPlaces(2),
        size: size.baseSize.mul(0.9).toDecimalPlaces(5),
      })
    },
    place() {
      const clientOrderId = `stranger-${clientOrderIds.size}`
      clientOrderIds.add(clientOrderId)
      exchange.engine.place(clientOrderId, {
        productId: 'BTC-USD',
        side: prng.pick(['BUY', 'SELL']),
        orderType: 'LIMIT',
        timeInForce: 'GTC',
        size: { kind: 'base', baseSize: new Decimal('0.0005') },
        limitPrice: market
          .mid('BTC-USD')
          .mul(prng.pick([0.98, 1.02, 0.9995, 1.0005]))
          .toDecimalPlaces(2),
        postOnly: false,
      })
    },
  }
}
