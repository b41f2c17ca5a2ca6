import type { IntentState } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { orderNotFound } from '../not-found.js'
import { isAllowed } from '../permissions.js'
import { ORDER_ID, readArguments } from '../shared/read-arguments.js'
import { newestFirst, showFill } from '../shared/show-fill.js'
import { showOrder } from '../shared/show-order.js'
import { knownTime } from '../shared/show-values.js'
import type { SurfaceContext } from '../surface-deps.js'
import type { ResourceDefinition, ResourceParams } from './resource.js'

const unresolved: ReadonlySet<IntentState> = new Set<IntentState>(['UNKNOWN', 'SUBMITTING', 'QUARANTINED'])

/**
 * One order with its executions, times and fees.
 *
 * @param orderId - The venue's order id, our intent id, or the caller's client_order_id.
 * @throws NotFoundError `ORDER_NOT_FOUND`.
 */
export async function showOrderStatus(context: SurfaceContext, orderId: string): Promise<JsonObject> {
  const intent = await context.desk.getOrder(orderId)
  if (!intent) throw orderNotFound(orderId)
  const nowMs = context.clock.nowMs()
  const mayReadFills = isAllowed(context.principal, ['read_fills'], context.adminTrades)
  const fills =
    mayReadFills && intent.venueOrderId ? newestFirst(await context.desk.fills({ orderId: intent.venueOrderId })) : []
  return {
    ...showOrder(intent, nowMs),
    fills: fills.map((fill) => showFill(fill, nowMs)),
    ...(mayReadFills ? {} : { fills_hidden: 'your role lacks read_fills' }),
    ...knownTime('last_fill_at', fills[0]?.tradedAtMs),
    env: context.desk.environment,
    ...(unresolved.has(intent.state)
      ? { next: 'Do not place it again: it may be live. Read this again until the state is resolved.' }
      : {}),
  }
}

/** @throws InputError when the path holds no order id. */
function orderOf(params: ResourceParams): string {
  const reader = readArguments(params.path, ['order_id'])
  const orderId = reader.requiredText('order_id', ORDER_ID)
  reader.check()
  return orderId
}

export const orderStatusResource: ResourceDefinition = {
  name: 'order_status',
  title: 'Order status',
  description: 'One order: state, fills, timestamps, fees. Takes order_id, intent_id or client_order_id.',
  path: 'order://status/{order_id}',
  query: [],
  permissions: ['read_orders'],
  read: (context, params) => showOrderStatus(context, orderOf(params)),
  watch(context, params, changed) {
    const orderId = orderOf(params)
    return context.desk.listen((event) => {
      if (event.type === 'fill' && event.fill.orderId === orderId) changed()
      if (event.type !== 'intent') return
      const { intentId, venueOrderId, clientOrderId, key } = event.intent
      if ([intentId, venueOrderId, clientOrderId, key].includes(orderId)) changed()
    })
  },
}
