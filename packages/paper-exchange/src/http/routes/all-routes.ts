import type { Route } from '../route.js'
import { accountFactRoutes } from './account-facts.js'
import { accountRoutes } from './accounts.js'
import { derivativeRoutes } from './derivatives.js'
import { marketDataRoutes } from './market-data.js'
import { orderCommandRoutes } from './order-commands.js'
import { orderQueryRoutes } from './order-queries.js'
import { portfolioRoutes } from './portfolios.js'
import { productRoutes } from './products.js'
import { v2Routes } from './v2.js'
import { v2TransferRoutes } from './v2-transfers.js'

/** Every path this exchange serves. Anything else is a 404 in the venue's words. */
export const allRoutes: readonly Route[] = [
  ...accountRoutes,
  ...accountFactRoutes,
  ...portfolioRoutes,
  ...productRoutes,
  ...marketDataRoutes,
  ...orderCommandRoutes,
  ...orderQueryRoutes,
  ...derivativeRoutes,
  ...v2Routes,
  ...v2TransferRoutes,
]
