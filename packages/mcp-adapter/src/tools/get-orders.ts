import { showActiveOrders } from '../resources/active-orders.js'
import { readOrderFilter, showOrderHistory } from '../resources/order-history.js'
import { showOrderStatus } from '../resources/order-status.js'
import { isGiven, ORDER_ID, PRODUCT_ID, readArguments } from '../shared/read-arguments.js'
import { outputSchema } from './output-schema.js'
import { argumentNames, type InputSchema, READS, type ToolDefinition } from './tool.js'

const SCOPES = ['active', 'history'] as const
const MAX_LIMIT = 100
const historyOnly = ['status', 'start', 'end', 'limit', 'cursor']

const inputSchema: InputSchema = {
  type: 'object',
  properties: {
    order_id: { type: 'string', description: 'One order with its fills (order_id, intent_id or client_order_id)' },
    scope: { type: 'string', enum: SCOPES, default: 'active' },
    product_id: { type: 'string' },
    status: { type: 'string', description: 'history: FILLED, OPEN, CANCELLED, UNKNOWN, DENIED, …' },
    start: { type: 'string', description: 'history: ISO 8601' },
    end: { type: 'string' },
    limit: { type: 'integer', minimum: 1, maximum: MAX_LIMIT },
    cursor: { type: 'string' },
  },
}

export const getOrdersTool: ToolDefinition = {
  name: 'get_orders',
  title: 'Orders',
  description: 'One order by id, the active orders, or the order history (newest first, 20 a page).',
  inputSchema,
  outputSchema: outputSchema(
    { env: 'string' },
    {
      count: 'integer',
      orders: 'objects',
      next_cursor: 'string',
      status: 'string',
      state: 'string',
      fills: 'objects',
      age_ms: 'integer',
    },
  ),
  hints: READS,
  permissions: ['read_orders'],
  async run(context, args) {
    const reader = readArguments(args, argumentNames(inputSchema))
    const orderId = reader.text('order_id', ORDER_ID)
    const scope =
      reader.choice('scope', SCOPES) ?? (historyOnly.some((name) => args[name] !== undefined) ? 'history' : 'active')
    if (orderId !== undefined) {
      for (const name of Object.keys(args).filter((name) => name !== 'order_id' && isGiven(args, name))) {
        reader.refuse({ field: name, problem: 'does not go with order_id', fix: `leave out ${name} or order_id` })
      }
      reader.check()
      return showOrderStatus(context, orderId)
    }
    if (scope === 'history') {
      const pageSize = reader.count('limit', 1, MAX_LIMIT) ?? 20
      return showOrderHistory(context, readOrderFilter(reader, 'product_id', pageSize))
    }
    for (const name of historyOnly.filter((name) => isGiven(args, name))) {
      reader.refuse({ field: name, problem: 'belongs to history', fix: `send scope history, or leave out ${name}` })
    }
    const productId = reader.text('product_id', PRODUCT_ID)
    reader.check()
    return showActiveOrders(context, productId)
  },
}
