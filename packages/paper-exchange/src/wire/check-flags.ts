import { presentConfigurationKeys, type WireOrderConfiguration } from '@tidegate/coinbase-wire'
import type { Refusal } from '../engine/validate-order.js'

/** Fields that a variant or a spot product does not take: refused rather than passed over, because they change what an order means. */
export function checkFlags(configuration: WireOrderConfiguration): Refusal | undefined {
  for (const key of presentConfigurationKeys(configuration)) {
    const fields = configuration[key]
    if (fields?.reduce_only === true) {
      return { reason: 'REDUCE_ONLY_NOT_ALLOWED_ON_SPOT_PRODUCTS', message: 'on spot there is no position to reduce' }
    }
    if (key === 'market_market_ioc' && fields?.limit_price !== undefined) {
      return { reason: 'PRICE_NOT_ALLOWED_FOR_MARKET_ORDERS', message: 'a market order has no limit_price' }
    }
  }
  return undefined
}
