import { Decimal } from '@tidegate/trading-model'
import type { Prng } from '../core/prng.js'
import type { MarketDriver } from '../venue/market-driver.js'
import type { SimExchange } from '../venue/sim-exchange.js'

/** Another bot on the same account, of which Tidegate knows nothing. */
export interface Stranger {
  /** Ids under which it placed orders. */
  readonly clientOrderIds: ReadonlySet<string>
  place(): void
}

/** @returns A stranger who has not done anything yet. */
export function createStranger(exchange: SimExchange, market: MarketDriver, prng: Prng): Stranger {
  const clientOrderIds = new Set<string>()
  return {
    clientOrderIds,
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
          .mul(prng.pick([0.98, 1.02]))
          .toDecimalPlaces(2),
        postOnly: false,
      })
    },
  }
}
