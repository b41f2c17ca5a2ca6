import { calculatePositionMetricsTool } from './calculate-position-metrics.js'
import { cancelAllOrdersTool } from './cancel-all-orders.js'
import { cancelOrderTool } from './cancel-order.js'
import { checkTradeRiskTool } from './check-trade-risk.js'
import { editOrderTool } from './edit-order.js'
import { getAccountTool } from './get-account.js'
import { getHistoricalCandlesTool } from './get-historical-candles.js'
import { getHistoryTool } from './get-history.js'
import { getMarketDataTool } from './get-market-data.js'
import { getOrdersTool } from './get-orders.js'
import { haltTradingTool } from './halt-trading.js'
import { listProductsTool } from './list-products.js'
import { modifyConfigTool } from './modify-config.js'
import { placeOrderTool } from './place-order.js'
import { subscribeTickerTool } from './subscribe-ticker.js'
import type { ToolDefinition } from './tool.js'
import { viewLogsTool } from './view-logs.js'
import { waitForEventTool } from './wait-for-event.js'

/** Every tool, in the order clients see them: the same for everybody who may see it. */
export const tools: readonly ToolDefinition[] = [
  placeOrderTool,
  cancelOrderTool,
  cancelAllOrdersTool,
  editOrderTool,
  checkTradeRiskTool,
  getMarketDataTool,
  getHistoricalCandlesTool,
  subscribeTickerTool,
  waitForEventTool,
  listProductsTool,
  getAccountTool,
  getOrdersTool,
  getHistoryTool,
  calculatePositionMetricsTool,
  haltTradingTool,
  modifyConfigTool,
  viewLogsTool,
]
