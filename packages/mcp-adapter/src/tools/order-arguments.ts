import { ORDER_TYPES, PRICE_DISTRIBUTIONS, SIDES, SIZE_DISTRIBUTIONS, TIMES_IN_FORCE } from '@tidegate/trading-model'
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
  limit_price: { type: 'string', description: 'For LIMIT, STOP_LIMIT, TWAP' },
  stop_price: { type: 'string', description: 'Required for STOP_LIMIT' },
  post_only: { type: 'boolean', description: 'LIMIT only: never take liquidity', default: false },
  time_in_force: { type: 'string', enum: TIMES_IN_FORCE, description: 'Default GTC; MARKET is IOC' },
  end_time: { type: 'string', description: 'GTD and TWAP, ISO 8601 with zone' },
  stop_direction: {
    type: 'string',
    enum: ['UP', 'DOWN'],
    description: 'STOP_LIMIT; default UP for BUY, DOWN for SELL',
  },
  take_profit_price: { type: 'string', description: 'Both exits: a BRACKET, or attached to a MARKET or LIMIT buy' },
  stop_loss_price: { type: 'string' },
  start_time: { type: 'string', description: 'TWAP; default now' },
  num_orders: { type: 'integer', description: 'TWAP slices, SCALED orders' },
  min_price: { type: 'string', description: 'SCALED, with max_price' },
  max_price: { type: 'string' },
  price_distribution: { type: 'string', enum: PRICE_DISTRIBUTIONS },
  size_distribution: { type: 'string', enum: SIZE_DISTRIBUTIONS },
} as const satisfies Readonly<Record<string, PropertySchema>>
