import { activeOrdersResource } from './active-orders.js'
import { balancesResource } from './balances.js'
import { candlesResource } from './candles.js'
import { fillsResource } from './fills.js'
import { orderHistoryResource } from './order-history.js'
import { orderStatusResource } from './order-status.js'
import { orderbookResource } from './orderbook.js'
import { positionsResource } from './positions.js'
import { productsResource } from './products.js'
import { profileResource } from './profile.js'
import type { ResourceDefinition } from './resource.js'
import { tickerResource } from './ticker.js'
import { transfersResource } from './transfers.js'

/** The twelve resources, in the order clients see them. */
export const resources: readonly ResourceDefinition[] = [
  balancesResource,
  positionsResource,
  profileResource,
  tickerResource,
  orderbookResource,
  candlesResource,
  productsResource,
  activeOrdersResource,
  orderHistoryResource,
  orderStatusResource,
  fillsResource,
  transfersResource,
]
