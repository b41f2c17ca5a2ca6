import { ORDER_TYPES, SIDES, TIMES_IN_FORCE } from '@tidegate/trading-model'
import type { PropertySchema } from './tool.js'

/** What describes an order; `place_order` and `check_trade_risk` share it, `parseOrderRequest` of risk-engine reads it. */
export const orderProperties = {
  product_id: { type: 'string', description: 'Trading pair, e.g. BTC-USD' },
  side: { type: 'string', enum: SIDES },
  order_type: { type: 'string', enum: ORDER_TYPES },
  size: {
    type: 'string',
    description: 'Base currency amount, decimal string such as "0.001"; either size or quote_size',
  },
  quote_size: { type: 'string', description: 'Quote currency amount with the fee inside, such as "10"' },
  limit_price: { type: 'string', description: 'Required for LIMIT and STOP_LIMIT' },
  stop_price: { type: 'string', description: 'Required for STOP_LIMIT' },
  post_only: { type: 'boolean', description: 'LIMIT only: never take liquidity', default: false },
  time_in_force: { type: 'string', enum: TIMES_IN_FORCE, description: 'Default GTC; MARKET is IOC' },
  end_time: { type: 'string', description: 'GTD only, ISO 8601 with zone' },
  stop_direction: {
    type: 'string',
    enum: ['UP', 'DOWN'],
    description: 'STOP_LIMIT; default UP for BUY, DOWN for SELL',
  },
} as const satisfies Readonly<Record<string, PropertySchema>>
