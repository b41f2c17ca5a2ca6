import { INTENT_STATES, isTerminal } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { showOrder } from '../shared/show-order.js'
import { showAge } from '../shared/show-values.js'
import type { SurfaceContext } from '../surface-deps.js'
import type { ResourceDefinition } from './resource.js'
import { watchAccount } from './watch-account.js'

const MAX_ACTIVE = 500
const liveStates = INTENT_STATES.filter((state) => !isTerminal(state))

/** Everything that can still trade or wait: approvals, submits under way, unknown, pending, open, partly filled. */
export async function showActiveOrders(context: SurfaceContext, productId?: string): Promise<JsonObject> {
  const nowMs = context.clock.nowMs()
  const intents = await context.desk.listOrders({
    states: liveStates,
    ...(productId === undefined ? {} : { productId }),
    limit: MAX_ACTIVE + 1,
  })
  return {
    count: Math.min(intents.length, MAX_ACTIVE),
    ...(intents.length > MAX_ACTIVE ? { truncated: true } : {}),
    orders: intents.slice(0, MAX_ACTIVE).map((intent) => showOrder(intent, nowMs)),
    env: context.desk.environment,
    ...showAge(context.clock, nowMs),
  }
}

export const activeOrdersResource: ResourceDefinition = {
  name: 'active_orders',
  title: 'Active orders',
  description: 'All orders that are not finished, across products: waiting for approval, pending, open, partly filled.',
  path: 'order://active',
  query: [],
  permissions: ['read_orders'],
  read: (context) => showActiveOrders(context),
  watch: (context, _params, changed) => watchAccount(context, changed),
}
