import type { CancelOneResult } from '@tidegate/trading-desk'
import type { JsonObject } from '../backend.js'
import { ORDER_ID, readArguments } from '../shared/read-arguments.js'
import { statusWord } from '../shared/show-order.js'
import { untrustedText, venueWord } from '../shared/untrusted-text.js'
import { outputSchema } from './output-schema.js'
import { argumentNames, type InputSchema, type ToolDefinition } from './tool.js'

const inputSchema: InputSchema = {
  type: 'object',
  properties: {
    order_id: { type: 'string', description: 'Order ID to cancel (order_id, intent_id or client_order_id)' },
  },
  required: ['order_id'],
}

export const cancelOrderTool: ToolDefinition = {
  name: 'cancel_order',
  title: 'Cancel order',
  description:
    'Cancel an existing order. Repeating it is safe. outcome: cancelled, requested, refused, unknown, not_found.',
  inputSchema,
  outputSchema: outputSchema(
    { success: 'boolean', outcome: 'string', order_id: 'string', cancel: 'string', env: 'string', next: 'string' },
    {
      error: 'object',
      state: 'string',
      status: 'string',
      intent_id: 'string',
      filled_size: 'string',
      untrusted_venue_text: 'object',
    },
  ),
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  permissions: ['cancel_order'],
  isUrgent: true,
  async run(context, args) {
    const reader = readArguments(args, argumentNames(inputSchema))
    const orderId = reader.requiredText('order_id', ORDER_ID)
    reader.check()
    const result = await context.desk.cancel(context.principal, orderId)
    return { ...showCancel(result), env: context.desk.environment, next: nextOf[result.outcome] }
  },
}

const nextOf: Readonly<Record<CancelOneResult['outcome'], string>> = {
  cancelled: 'It is gone; what filled before stays filled.',
  requested: 'The venue took the cancel; it may still fill until get_orders shows CANCELLED.',
  refused: 'It was not cancelled: read its state with get_orders, it may be filled or finished.',
  unknown: 'No clear answer: the cancel may be repeated safely. Read get_orders before you rely on it.',
  not_found: 'List orders with get_orders and use an order_id from there.',
}

const errorOf: Readonly<Partial<Record<CancelOneResult['outcome'], readonly [string, string]>>> = {
  refused: ['ERR_VENUE_REJECTED', 'The order was not cancelled'],
  unknown: ['ERR_VENUE_OUTCOME_UNKNOWN', 'The cancel was sent and no clear answer came back'],
  not_found: ['ORDER_NOT_FOUND', 'No such order here or at the venue'],
}

/** One cancellation; `success` when the order is gone or the venue took the request. */
export function showCancel(result: CancelOneResult): JsonObject {
  const { intent } = result
  const error = errorOf[result.outcome]
  return {
    success: result.outcome === 'cancelled' || result.outcome === 'requested',
    outcome: result.outcome,
    order_id: venueWord(intent?.venueOrderId ?? result.id, 128),
    ...(intent
      ? {
          intent_id: intent.intentId,
          product_id: venueWord(intent.terms.productId),
          state: intent.state,
          status: statusWord(intent.state),
          filled_size: intent.filledSize,
        }
      : {}),
    cancel: result.cancel,
    ...(error ? { error: { code: error[0], message: error[1], fix: nextOf[result.outcome] } } : {}),
    ...(result.reason ? { untrusted_venue_text: { reason: untrustedText(result.reason) } } : {}),
  }
}
